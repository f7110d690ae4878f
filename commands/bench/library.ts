import { randomBytes } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import pg from 'pg'
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
import { startPostgres, type LocalPostgres } from '../../services/platform/postgres/index.ts'
import { readSettings } from '../../services/platform/settings.ts'

/**
 * Databases with many messages in them, kept between runs in `data/bench`: made once a size and
 * schema, through the conversations' own door, and measured on copies, so that they stay what they are.
 */
export interface Library {
  readonly masterKey: Buffer
  /** A fresh copy of a database that holds `messages` messages, in this PostgreSQL. */
  copy(messages: number): Promise<{ postgres: LocalPostgres; drop(): Promise<void> }>
  close(): Promise<void>
}

const MESSAGES_A_CONVERSATION = 100
const WRITERS = 4

/** Opens it, and says on the console when a database must be made first. */
export async function openLibrary(folder = join('data', 'bench')): Promise<Library> {
  mkdirSync(folder, { recursive: true })
  const masterKey = keptKey(join(folder, 'master.key'))
  const postgres = await startPostgres({ folder: join(folder, 'postgres') })
  const schema = schemaMark()
  await run(postgres, async (client) => {
    // What an older schema left, and copies of a run that was killed.
    const { rows } = await client.query<{ datname: string }>(
      "select datname from pg_database where datname like 'messages%' and datname not like $1",
      [`messages\\_${schema}\\_%`],
    )
    for (const { datname } of rows) await client.query(`drop database "${datname}" with (force)`)
  })
  return {
    masterKey,
    async copy(messages) {
      const source = `messages_${schema}_${messages}`
      if (!(await exists(postgres, source))) await make(postgres, source, masterKey, messages)
      const name = `messages_copy_${messages}`
      await run(postgres, async (client) => {
        await client.query(`drop database if exists ${name} with (force)`)
        await client.query(`create database ${name} template ${source} strategy file_copy`)
      })
      return {
        postgres: at(postgres, name),
        drop: () =>
          run(postgres, async (client) => {
            await client.query(`drop database ${name} with (force)`)
          }),
      }
    },
    close: () => postgres.stop(),
  }
}

async function make(postgres: LocalPostgres, name: string, masterKey: Buffer, messages: number): Promise<void> {
  const started = performance.now()
  const fresh = `${name}_new`
  await run(postgres, async (client) => {
    await client.query(`drop database if exists ${fresh} with (force)`)
    await client.query(`create database ${fresh}`)
  })
  const { connection } = at(postgres, fresh)
  await migrate(connection)
  const settings = readSettings({
    DATABASE_URL: 'postgres://bench.invalid/never-used',
    MASTER_KEY: masterKey.toString('base64'),
  })
  const platform = openPlatform(settings, connection, { log: openLog('silent') })
  let left = messages / MESSAGES_A_CONVERSATION
  await Promise.all(
    Array.from({ length: WRITERS }, async () => {
      while (left > 0) {
        left -= 1
        await writeConversation(platform)
      }
    }),
  )
  await platform.database.pool.query('vacuum analyze')
  await platform.close()
  await run(postgres, (client) => client.query(`alter database ${fresh} rename to ${name}`))
  console.log(
    `made ${messages} messages in ${((performance.now() - started) / 1000).toFixed(0)} s, kept for the next run`,
  )
}

async function writeConversation({ database, keys, clock }: Platform): Promise<void> {
  const contact = randomId()
  const wanted = { channel: 'directline', contact, userId: contact, language: 'en' }
  const { id } = await findOrCreateConversation(database, keys, wanted)
  await database.transaction(async (tx) => {
    const c = await openConversation(tx, keys, id)
    if (c === undefined) throw new Error('no conversation')
    for (let n = 0; n < MESSAGES_A_CONVERSATION; n += 1) {
      const author = n % 2 === 0 ? 'newcomer' : 'bot'
      const body = { text: `message ${n}: where do I find a flat, and what is a lease in Québec?` }
      append(c, { author, body, ...(author === 'newcomer' ? { externalId: `${id}/${n}` } : {}) })
    }
    saveConversation(tx, c, toDate(clock.now()))
  })
}

/** The same server, another of its databases. */
const at = (postgres: LocalPostgres, database: string): LocalPostgres => ({
  connection: { ...postgres.connection, database },
  pid: postgres.pid,
  onRestart: (listener) => postgres.onRestart(listener),
  stop: () => postgres.stop(),
})

const exists = (postgres: LocalPostgres, name: string): Promise<boolean> =>
  run(
    postgres,
    async (client) => (await client.query('select 1 from pg_database where datname = $1', [name])).rows.length > 0,
  )

async function run<T>(postgres: LocalPostgres, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...postgres.connection, database: 'postgres' })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function keptKey(file: string): Buffer {
  if (!existsSync(file)) writeFileSync(file, randomBytes(32), { mode: 0o600 })
  return readFileSync(file)
}

/** Tells one schema from another: databases of an older one are made again. */
function schemaMark(): string {
  const hash = createHash('sha256')
  for (const file of globSync('services/migrations/*').sort()) hash.update(readFileSync(file))
  return hash.digest('hex').slice(0, 12)
}
