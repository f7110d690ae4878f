import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  append,
  findOrCreateConversation,
  openConversation,
  saveConversation,
} from '../../services/conversations/index.ts'
import { toDate } from '../../services/platform/clock.ts'
import { randomId } from '../../services/platform/ids.ts'
import { openLog } from '../../services/platform/log.ts'
import { migrate } from '../../services/platform/migrate.ts'
import { openPlatform, type Platform } from '../../services/platform/platform.ts'
import { startPostgres } from '../../services/platform/postgres/index.ts'
import { readSettings } from '../../services/platform/settings.ts'

const MESSAGES_A_CONVERSATION = 100
const WRITERS = 4

/** Fills a data folder with this many messages, through the conversations' own door. The folder is then as a server leaves it. */
export async function libraryIn(dataDir: string, messages: number): Promise<void> {
  mkdirSync(dataDir, { recursive: true })
  const settings = readSettings({ DATA_DIR: dataDir })
  const postgres = await startPostgres({ folder: join(dataDir, 'postgres'), settings: { fsync: 'off' } })
  await migrate(postgres.connection)
  const platform = openPlatform(settings, postgres.connection, { log: openLog('silent') })
  let left = messages / MESSAGES_A_CONVERSATION
  const write = async (): Promise<void> => {
    for (; left > 0; left -= 1) await writeConversation(platform)
  }
  await Promise.all(Array.from({ length: WRITERS }, write))
  await platform.database.pool.query('analyze')
  await platform.close()
  await postgres.stop()
}

async function writeConversation({ database, keys, clock }: Platform): Promise<void> {
  const contact = randomId()
  const wanted = { channel: 'directline', contact, userId: contact, language: 'en' }
  const { id } = await findOrCreateConversation(database, keys, wanted)
  await database.transaction(async (tx) => {
    const c = await openConversation(tx, keys, id)
    if (c === undefined) throw new Error('no conversation')
    for (let n = 0; n < MESSAGES_A_CONVERSATION; n += 1)
      append(c, {
        author: n % 2 === 0 ? 'newcomer' : 'bot',
        body: { text: `message ${n}: where do I find a flat, and what is a lease in Québec?` },
        ...(n % 2 === 0 ? { externalId: `${id}/${n}` } : {}),
      })
    saveConversation(tx, c, toDate(clock.now()))
  })
}
