import type { Duplex } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { Kysely, PostgresDialect, type CompiledQuery, type PostgresPool } from 'kysely'
import pg from 'pg'
import type { Schema } from '../schema.ts'
import { unavailable } from './errors.ts'
import type { Log } from './log.ts'

/** A statement that waits for the end of its transaction: Kysely's, or raw and named (then prepared once). */
export type Statement = CompiledQuery | { name: string; text: string; values: unknown[] }

/**
 * One transaction on one connection. Reads go through `db` or `named`; writes that nothing reads
 * back are handed to `later` and leave together with the COMMIT, in one round trip.
 */
export interface Transaction {
  readonly db: Kysely<Schema>
  named<Row extends pg.QueryResultRow>(name: string, text: string, values: unknown[]): Promise<Row[]>
  later(statement: Statement): void
  /** Runs once the commit is known; never when it failed. Must not throw. */
  afterCommit(callback: () => void): void
}

export interface Database {
  /** Reads outside a transaction. Never decide from them what a transaction must guarantee. */
  readonly db: Kysely<Schema>
  readonly pool: pg.Pool
  /** READ COMMITTED; rolled back if `work` throws or `deadlineMs` passes (its connection is then cut). */
  transaction<T>(work: (tx: Transaction) => Promise<T>, options?: { deadlineMs?: number }): Promise<T>
  /**
   * Runs `work` again while the database is away or a transaction lost a race, up to `holdMs`; then
   * throws `unavailable`, at the latest 5 s later, whatever the last try does. `work` must be idempotent:
   * a try may have committed unheard, or may do so yet.
   */
  hold<T>(work: () => Promise<T>, holdMs?: number): Promise<T>
  close(): Promise<void>
}

/** A transaction took longer than its deadline and was rolled back. */
export class DeadlinePassed extends Error {
  readonly code = 'deadline'
  constructor() {
    super('a transaction passed its deadline')
    this.name = 'DeadlinePassed'
  }
}

/** The COMMIT was answered ROLLBACK: a statement before it had failed. */
class NotCommitted extends Error {
  readonly code = 'notCommitted'
}

const LOST_RACE = new Set(['40001', '40P01'])
/** PostgreSQL gave the statement up: it waited too long for a lock, or took too long. */
const TOO_SLOW = new Set(['55P03', '57014'])
const AWAY_CLASSES = ['08', '57P', '53']

/**
 * How long a connection may owe an answer, in ms; then it is cut, because one that is half open says nothing for
 * ever. PostgreSQL gives up its locks and statements sooner, so that what is only slow is told apart from what is
 * dead; and it frees what a dead connection has locked soon after.
 */
const PATIENCE = { lock: 4_000, statement: 6_000, answer: 7_000, idleInTransaction: 12_000 } as const
/** How long a `hold` lasts that is not told: with the last try and a sign-in that waits, less than the desk's 20 s. */
export const HOLD_MS = 8_000
/** How long the last try of a `hold` may still take. */
const LAST_TRY_MS = 5_000

/** True when the work may be tried again later: the connection went, or the server is starting, stopping, full or too slow. */
export function isAway(error: unknown): boolean {
  return isInDoubt(error) || TOO_SLOW.has(String((error as { code?: unknown } | undefined)?.code))
}

/** True when nothing can be said of the connection either. */
function isInDoubt(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, message } = error as Error & { code?: unknown }
  if (typeof code === 'string') {
    if (AWAY_CLASSES.some((prefix) => code.startsWith(prefix))) return true
    if (/^(ECONN|EPIPE|ENOENT|ETIMEDOUT|EHOSTUNREACH)/.test(code)) return true
  }
  return /connection (terminated|timeout|error)|not queryable|timeout exceeded when trying to connect|Client (has|was)|Query read timeout/i.test(
    message,
  )
}

/** The name of the unique or check constraint that a statement broke, if that is what happened. */
export function brokenConstraint(error: unknown): string | undefined {
  const { code, constraint } = error as { code?: unknown; constraint?: unknown }
  return typeof code === 'string' && code.startsWith('23') && typeof constraint === 'string' ? constraint : undefined
}

/** Opens the pool. It connects when first used. */
export function openDatabase(connection: pg.PoolConfig, log: Log): Database {
  const settings: pg.PoolConfig & { pipeline: boolean } = {
    max: 16,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000, // the system's own is two hours
    lock_timeout: PATIENCE.lock,
    statement_timeout: PATIENCE.statement,
    query_timeout: PATIENCE.answer,
    idle_in_transaction_session_timeout: PATIENCE.idleInTransaction,
    application_name: 'parcours',
    ...connection,
    pipeline: true,
  }
  const pool = new pg.Pool(settings)
  // Without both listeners a connection that dies while idle, or while it is out, ends the process.
  pool.on('error', (error) => log.warn('database.idle_connection_lost', { error }))
  pool.on('connect', (client) => client.on('error', (error) => log.debug('database.connection_lost', { error })))

  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) })
  const bound = new WeakMap<pg.PoolClient, Kysely<Schema>>()
  const boundTo = (client: pg.PoolClient): Kysely<Schema> => {
    let kysely = bound.get(client)
    if (kysely === undefined) bound.set(client, (kysely = kyselyOver(client)))
    return kysely
  }

  async function transaction<T>(
    work: (tx: Transaction) => Promise<T>,
    { deadlineMs }: { deadlineMs?: number } = {},
  ): Promise<T> {
    const client = await pool.connect()
    const laters: Statement[] = []
    const callbacks: (() => void)[] = []
    let spoiled: unknown
    try {
      const tx: Transaction = {
        db: boundTo(client),
        named: async <Row extends pg.QueryResultRow>(name: string, text: string, values: unknown[]) =>
          (await client.query<Row>({ name, text, values })).rows,
        later: (statement) => laters.push(statement),
        afterCommit: (callback) => callbacks.push(callback),
      }
      // What the work asks at once, before it first waits, leaves with the BEGIN.
      const [begun, working] = inOnePacket(client, () => [client.query('begin'), work(tx)] as const)
      begun.catch(() => {}) // awaited with the commit; here only so that it is not "unhandled" meanwhile
      const result = await withDeadline(working, deadlineMs)
      const ending = inOnePacket(client, () => [
        begun,
        ...laters.map((statement) => client.query(asQuery(statement))),
        client.query('commit'),
      ])
      const ends = await Promise.allSettled(ending)
      const failed = ends.find((end) => end.status === 'rejected')
      if (failed !== undefined) throw failed.reason
      const commit = ends.at(-1)
      if (commit?.status !== 'fulfilled' || commit.value.command !== 'COMMIT') throw new NotCommitted()
      for (const callback of callbacks) callback()
      return result
    } catch (error) {
      spoiled = error
      if (!isInDoubt(error) && !(error instanceof DeadlinePassed))
        await client
          .query('rollback')
          .catch((lost: unknown) => void (spoiled = new Error('rollback failed', { cause: lost })))
      throw error
    } finally {
      // A connection in doubt is cut, which rolls back and frees its locks.
      const doubtful =
        spoiled instanceof DeadlinePassed ||
        isInDoubt(spoiled) ||
        (spoiled as Error | undefined)?.message === 'rollback failed'
      if (doubtful) cut(client)
      client.release(doubtful)
    }
  }

  async function hold<T>(work: () => Promise<T>, holdMs = HOLD_MS): Promise<T> {
    const until = Date.now() + holdMs
    for (let wait = 25; ; wait = Math.min(wait * 2, 500)) {
      try {
        return await inTime(work(), until + LAST_TRY_MS - Date.now())
      } catch (error) {
        const lostRace = LOST_RACE.has(String((error as { code?: unknown }).code))
        if (!lostRace && !isAway(error)) throw error
        if (Date.now() + wait > until) throw unavailable(error)
        log.debug('database.retry', { error })
        await delay(wait / 2 + Math.random() * wait)
      }
    }
  }

  return { db, pool, transaction, hold, close: () => pool.end() }
}

/**
 * Sends the statements that `ask` hands to a connection in one packet: a system call for each, and
 * PostgreSQL woken for each, cost more than most statements do.
 */
function inOnePacket<T>(client: pg.PoolClient, ask: () => T): T {
  const { stream } = (client as pg.PoolClient & { connection: { stream: Duplex } }).connection
  stream.cork()
  try {
    return ask()
  } finally {
    stream.uncork()
  }
}

/** Ends a connection now: its own end waits for the answers that are owed, and those may never come. */
function cut(client: pg.PoolClient): void {
  ;(client as pg.PoolClient & Pick<pg.Client, 'connection'>).connection.stream.destroy()
}

/** Throws `unavailable` when `work` has not ended in `ms`. It goes on; its end is not heard. */
async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(unavailable()), ms)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}

/** Kysely over one connection that somebody else opens, commits and releases. */
function kyselyOver(client: pg.PoolClient): Kysely<Schema> {
  const lent = { query: client.query.bind(client), release: () => {} }
  const pool: PostgresPool = {
    connect: () => Promise.resolve(lent as never),
    end: () => Promise.resolve(),
    options: {},
  }
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) })
}

function asQuery(statement: Statement): pg.QueryConfig {
  if ('text' in statement) return statement
  return { text: statement.sql, values: [...statement.parameters] }
}

async function withDeadline<T>(work: Promise<T>, deadlineMs: number | undefined): Promise<T> {
  if (deadlineMs === undefined) return work
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new DeadlinePassed()), deadlineMs)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
    work.catch(() => {}) // late end of abandoned work: its connection is gone
  }
}
