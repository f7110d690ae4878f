import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import type { Temporal } from 'temporal-polyfill'
import {
  append,
  findOrCreateConversation,
  openConversation,
  readLog,
  saveConversation,
  type OpenConversation,
} from '../../services/conversations/index.ts'
import { requestPerson, type Reason } from '../../services/handoff/index.ts'
import { openBell } from '../../services/platform/bell.ts'
import { toDate } from '../../services/platform/clock.ts'
import { openDatabase, type Transaction } from '../../services/platform/database.ts'
import { randomId, type AgentId, type ConversationId } from '../../services/platform/ids.ts'
import { openKeys } from '../../services/platform/keys.ts'
import { openLog } from '../../services/platform/log.ts'
import { openMetrics } from '../../services/platform/metrics.ts'
import type { Platform } from '../../services/platform/platform.ts'
import { readSettings } from '../../services/platform/settings.ts'
import { testClock, type TestClock } from './clock.ts'
import { createTestDatabase } from './database.ts'

export interface TestAgent {
  id: AgentId
  name: string
  role: 'agent' | 'supervisor' | 'administrator'
}

/** Agents and conversations on a node, as the tests of the desk want them. */
export interface DeskPeople {
  agent(name: string, role?: TestAgent['role']): Promise<TestAgent>
  conversation(language?: string): Promise<ConversationId>
  /** A conversation that waits in the queue since now. */
  waiting(reason?: Reason, language?: string): Promise<ConversationId>
  /** What a turn would do, in a transaction of its own. */
  turn<T>(
    id: ConversationId,
    work: (tx: Transaction, c: OpenConversation, at: Temporal.Instant) => T | Promise<T>,
  ): Promise<T>
  /** The newcomer writes; resolves to the position in the log. */
  says(id: ConversationId, text: string): Promise<number>
  /** `author: text` of the log, oldest first. */
  lines(id: ConversationId): Promise<string[]>
  state(id: ConversationId): Promise<ConversationState>
}

/** A database with agents and conversations, and one or more nodes on it; no bot and no port. */
export interface DeskWorld extends DeskPeople {
  readonly clock: TestClock
  readonly nodes: readonly Platform[]
  /** The first node. */
  readonly platform: Platform
  /** To their database: for a node in another process. */
  readonly connection: pg.PoolConfig
  close(): Promise<void>
}

export interface ConversationState {
  mode: string
  heldBy: string | null
  agentId: string | null
  epoch: number
  handoff: string | undefined
}

/** Opens a world at an ISO instant. `publicUrl` decides the cookie's name. */
export async function openDeskWorld({
  nodes = 1,
  at = '2026-11-24T15:00:00Z',
  publicUrl = 'http://localhost:3978',
} = {}): Promise<DeskWorld> {
  const { connection, drop } = await createTestDatabase()
  const clock = testClock(at)
  const settings = readSettings({
    DATABASE_URL: 'postgres://test',
    MASTER_KEY: randomBytes(32).toString('base64'),
    PUBLIC_URL: publicUrl,
    DESK_GRACE_SECONDS: '120',
  })
  const log = openLog('silent')
  const platforms = Array.from({ length: nodes }, (): Platform => {
    const database = openDatabase(connection, log)
    const bell = openBell(connection, database.pool, log)
    return { settings, database, keys: openKeys(settings.masterKey), bell, clock, log, metrics: openMetrics() }
  })
  const platform = platforms[0] as Platform
  return {
    ...deskPeople(platform),
    clock,
    nodes: platforms,
    platform,
    connection,
    async close() {
      for (const node of platforms) {
        await node.bell.close()
        await node.database.close()
      }
      await drop()
    },
  }
}

/** Agents and conversations on a node that somebody else opens and closes. */
export function deskPeople({ database, keys, bell, clock }: Platform): DeskPeople {
  const world: DeskPeople = {
    async agent(name, role = 'agent') {
      const id = randomId() as AgentId
      await database.db.insertInto('agents').values({ id, name, role, region: null, created_by: null }).execute()
      return { id, name, role }
    },
    async conversation(language = 'fr') {
      const userId = randomId()
      return (
        await findOrCreateConversation(database, keys, { channel: 'directline', contact: userId, userId, language })
      ).id
    },
    async waiting(reason = 'asked', language) {
      const id = await world.conversation(language)
      await world.says(id, 'Bonjour')
      await world.turn(id, (tx, c, now) => requestPerson(tx, c, { reason, lastWords: 'Bonjour', known: {}, at: now }))
      return id
    },
    turn: (id, work) =>
      database.transaction(async (tx) => {
        const c = await openConversation(tx, keys, id)
        if (c === undefined) throw new Error('no such conversation')
        const result = await work(tx, c, clock.now())
        saveConversation(tx, c, toDate(clock.now()))
        tx.afterCommit(() => {
          bell.ring(`conversation:${id}`)
          bell.ring('queue')
        })
        return result
      }),
    says: (id, text) => world.turn(id, (_tx, c) => append(c, { author: 'newcomer', body: { text } }).seq),
    async lines(id) {
      const { messages } = await readLog(database.db, keys, id, 'last')
      return messages.map(({ author, body }) => `${author}: ${body.text}`)
    },
    async state(id) {
      const row = await database.db
        .selectFrom('conversations as c')
        .leftJoin('handoffs as h', (join) => join.onRef('h.conversation_id', '=', 'c.id').on('h.state', '<>', 'closed'))
        .select(['c.mode', 'c.held_by', 'c.agent_id', 'c.epoch', 'h.state'])
        .where('c.id', '=', id)
        .executeTakeFirstOrThrow()
      const { mode, epoch } = row
      return { mode, heldBy: row.held_by, agentId: row.agent_id, epoch, handoff: row.state ?? undefined }
    },
  }
  return world
}

/** The code with which a promise was refused, or `done`. */
export async function refusal(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'done',
    (error: unknown) => String((error as { code?: unknown }).code ?? error),
  )
}
