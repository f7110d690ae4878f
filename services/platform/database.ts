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
   * throws `unavailable`. `work` must be idempotent: the first try may have committed unheard.
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
const AWAY_CLASSES = ['08', '57P', '53']

/** True when nothing can be said of the statement: the connection went, or the server is starting, stopping or full. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, message } = error as Error & { code?: unknown }
  if (typeof code === 'string') {
    if (AWAY_CLASSES.some((prefix) => code.startsWith(prefix))) return true
    if (/^(ECONN|EPIPE|ENOENT|ETIMEDOUT|EHOSTUNREACH)/.test(code)) return true
  }
  return /connection (terminated|timeout|error)|not queryable|timeout exceeded when trying to connect|Client (has|was)/i.test(
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
    statement_timeout: 15_000,
    lock_timeout: 12_000,
    idle_in_transaction_session_timeout: 20_000,
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
      const begun = client.query('begin')
      begun.catch(() => {}) // awaited with the commit; here only so that it is not "unhandled" meanwhile
      const tx: Transaction = {
        db: boundTo(client),
        named: async <Row extends pg.QueryResultRow>(name: string, text: string, values: unknown[]) =>
          (await client.query<Row>({ name, text, values })).rows,
        later: (statement) => laters.push(statement),
        afterCommit: (callback) => callbacks.push(callback),
      }
      const result = await withDeadline(work(tx), deadlineMs)
      const ends = await Promise.allSettled([
        begun,
        ...laters.map((statement) => client.query(asQuery(statement))),
        client.query('commit'),
      ])
      const failed = ends.find((end) => end.status === 'rejected')
      if (failed !== undefined) throw failed.reason
      const commit = ends.at(-1)
      if (commit?.status !== 'fulfilled' || commit.value.command !== 'COMMIT') throw new NotCommitted()
      for (const callback of callbacks) callback()
      return result
    } catch (error) {
      spoiled = error
      if (!isAway(error) && !(error instanceof DeadlinePassed))
        await client
          .query('rollback')
          .catch((lost: unknown) => void (spoiled = new Error('rollback failed', { cause: lost })))
      throw error
    } finally {
      // A connection in doubt is cut, which rolls back and frees its locks.
      client.release(
        spoiled instanceof DeadlinePassed ||
          isAway(spoiled) ||
          (spoiled as Error | undefined)?.message === 'rollback failed',
      )
    }
  }

  async function hold<T>(work: () => Promise<T>, holdMs = 15_000): Promise<T> {
    const until = Date.now() + holdMs
    for (let wait = 25; ; wait = Math.min(wait * 2, 500)) {
      try {
        return await work()
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
