import { readdir, readFile } from 'node:fs/promises'
import { runMigrations } from 'graphile-worker'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { Migrator, type Migration } from 'kysely/migration'
import pg from 'pg'

const FOLDER = new URL('../migrations/', import.meta.url)
const LOCK = 7_201_908 // one number for all nodes: whoever holds it migrates, the others wait

/** Every `services/migrations/NNNN-name.sql`, in order. They only go forward: expand, deploy, contract. */
async function migrations(): Promise<Record<string, Migration>> {
  const found: Record<string, Migration> = {}
  for (const file of (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort()) {
    const text = await readFile(new URL(file, FOLDER), 'utf8')
    found[file.replace(/\.sql$/, '')] = { up: async (db) => void (await sql.raw(text).execute(db)) }
  }
  return found
}

/**
 * Brings a database to this version, our tables and graphile-worker's, under an advisory lock so
 * that nodes may start at once. Safe to run again. Throws what PostgreSQL said if it cannot.
 */
export async function migrate(connection: pg.PoolConfig): Promise<void> {
  const guard = new pg.Client(connection)
  await guard.connect()
  const pool = new pg.Pool({ ...connection, max: 2 })
  // A lost connection is reported by the statement that was running on it.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  try {
    await expectRecent(guard)
    await guard.query('select pg_advisory_lock($1)', [LOCK])
    const known = await migrations()
    const migrator = new Migrator({
      db: new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) }),
      provider: { getMigrations: () => Promise.resolve(known) },
    })
    const { error } = await migrator.migrateToLatest()
    if (error !== undefined) throw error instanceof Error ? error : new Error('migration failed')
    await runMigrations({ pgPool: pool })
  } finally {
    await pool.end()
    await guard.end()
  }
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
