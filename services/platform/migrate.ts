import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { runMigrations } from 'graphile-worker'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { Migrator, type Migration } from 'kysely/migration'
import pg from 'pg'

const FOLDER = new URL('../migrations/', import.meta.url)
/**
 * How long a migration waits for a table that is in use, in ms: all turns that want the table stand behind it
 * meanwhile. Then the start fails, and the next one tries again.
 */
const LOCK_TIMEOUT_MS = 3_000
const LOCK = 7_201_908 // one number for all nodes: whoever holds it migrates, the others wait

/** Every `services/migrations/NNNN-name.sql`, in order. They only go forward: expand, deploy, contract. */
async function migrations(): Promise<Record<string, Migration>> {
  const found: Record<string, Migration> = {}
  for (const [name, text] of await texts()) found[name] = { up: async (db) => void (await sql.raw(text).execute(db)) }
  return found
}

async function texts(): Promise<[name: string, text: string][]> {
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    files.map(async (file): Promise<[string, string]> => [
      file.replace(/\.sql$/, ''),
      await readFile(new URL(file, FOLDER), 'utf8'),
    ]),
  )
}

/** The names of this version's migrations, or of those among them that are named, with a digest of their text. */
export async function migrationMarks(names?: readonly string[]): Promise<{ name: string; sha256: string }[]> {
  const known = new Map(await texts())
  return (names ?? [...known.keys()]).map((name) => ({
    name,
    sha256: createHash('sha256')
      .update(known.get(name) ?? '')
      .digest('hex'),
  }))
}

/**
 * Brings a database to this version, our tables and graphile-worker's, under an advisory lock so
 * that nodes may start at once. Safe to run again. Throws what PostgreSQL said if it cannot.
 * `upTo`: no further than this migration, as a backup of an earlier version was.
 */
export async function migrate(connection: pg.PoolConfig, { upTo }: { upTo?: string | undefined } = {}): Promise<void> {
  const guard = new pg.Client(connection)
  await guard.connect()
  const pool = new pg.Pool({ ...connection, max: 2, lock_timeout: LOCK_TIMEOUT_MS })
  // A lost connection is reported by the statement that was running on it.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  try {
    await expectRecent(guard)
    await guard.query('select pg_advisory_lock($1)', [LOCK])
    const known = { ...(await migrations()), ...(await laterOnes(pool)) }
    const migrator = new Migrator({
      db: new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) }),
      provider: { getMigrations: () => Promise.resolve(known) },
    })
    const { error } = await (upTo === undefined ? migrator.migrateToLatest() : migrator.migrateTo(upTo))
    if (error !== undefined) throw error instanceof Error ? error : new Error('migration failed')
    await runMigrations({ pgPool: pool })
  } finally {
    await pool.end()
    await guard.end()
  }
}

/**
 * What a later version has done to this database before this one was put back: nothing to do, and no reason not to
 * start, because a migration leaves the version before it working. Kysely would say that their files are lost.
 */
async function laterOnes(pool: pg.Pool): Promise<Record<string, Migration>> {
  const made = await pool.query<{ yes: boolean }>("select to_regclass('kysely_migration') is not null as yes")
  if (made.rows[0]?.yes !== true) return {}
  const newest = (await texts()).at(-1)?.[0] ?? ''
  const { rows } = await pool.query<{ name: string }>('select name from kysely_migration')
  const later = rows.filter(({ name }) => name > newest)
  return Object.fromEntries(later.map(({ name }) => [name, { up: () => Promise.resolve() }]))
}

/** PostgreSQL 15 is the oldest that our SQL is written for. Throws `feature_not_supported` as it would itself. */
async function expectRecent(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: number }>(
    "select current_setting('server_version_num')::int as version",
  )
  if ((rows[0]?.version ?? 0) < 150_000) throw Object.assign(new Error('PostgreSQL is too old'), { code: '0A000' })
}

/** True when every migration of this version is in the database. */
export async function isMigrated(pool: pg.Pool): Promise<boolean> {
  const known = Object.keys(await migrations())
  const { rows } = await pool.query<{ name: string }>('select name from kysely_migration')
  const done = new Set(rows.map((row) => row.name))
  return known.every((name) => done.has(name))
}
