import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { startBot } from '../bots/bot.ts'
import { createTurns } from '../bots/turn.ts'
import { findOrCreateConversation } from '../services/conversations/index.ts'
import { randomId, type ConversationId } from '../services/platform/ids.ts'
import { openLog } from '../services/platform/log.ts'
import { migrate } from '../services/platform/migrate.ts'
import { openPlatform } from '../services/platform/platform.ts'
import { startPostgres } from '../services/platform/postgres/index.ts'
import { readSettings } from '../services/platform/settings.ts'

/** What one turn asked of the database. */
export interface TurnTrips {
  said: string
  /** How often its connection was waited for: statements sent together count as one. */
  roundTrips: number
  statements: number
}

/**
 * Counts the round trips of turns, one after the other, on a database of their own. A round trip is a
 * time at which a connection had nothing outstanding and was given something. The bell's notification
 * leaves after the turn was acknowledged, and is not counted.
 */
export async function countRoundTrips(said: readonly string[]): Promise<TurnTrips[]> {
  const folder = mkdtempSync(join(tmpdir(), 'parcours-bench-'))
  const settings = readSettings({ DATA_DIR: folder, RATE_LIMIT: 'off' })
  const postgres = await startPostgres({ folder: join(folder, 'postgres') })
  await migrate(postgres.connection)
  const platform = openPlatform(settings, postgres.connection, { log: openLog('silent') })
  const count = countOn(platform.database.pool)
  const bot = await startBot(platform.keys)
  try {
    const turns = createTurns(platform, bot)
    const id = randomId() as ConversationId
    await findOrCreateConversation(platform.database, platform.keys, {
      id,
      channel: 'directline',
      contact: id,
      userId: 'bench',
      language: 'en',
    })
    await turns.take({ conversationId: id, externalId: `${id}/start`, kind: 'start', body: { text: '' } })
    const trips: TurnTrips[] = []
    for (const [index, text] of said.entries()) {
      const before = { ...count }
      await turns.take({ conversationId: id, externalId: `${id}/${index}`, kind: 'message', body: { text } })
      trips.push({
        said: text,
        roundTrips: count.roundTrips - before.roundTrips,
        statements: count.statements - before.statements,
      })
    }
    return trips
  } finally {
    await bot.stop()
    await platform.close()
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Count {
  roundTrips: number
  statements: number
}

/** Counts what the pool's connections are given from now on. */
function countOn(pool: pg.Pool): Count {
  const count = { roundTrips: 0, statements: 0 }
  pool.on('connect', (client) => {
    let outstanding = 0
    const query = client.query.bind(client) as (...given: unknown[]) => unknown
    const counted = (...given: unknown[]): unknown => {
      const asked = query(...given)
      if (!(asked instanceof Promise)) return asked // the bell's, by callback
      if (outstanding === 0) count.roundTrips += 1
      outstanding += 1
      count.statements += 1
      const settled = (): void => void (outstanding -= 1)
      asked.then(settled, settled)
      return asked
    }
    Object.assign(client, { query: counted })
  })
  return count
}
