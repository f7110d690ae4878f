import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { loadAnswers } from '../../services/answers/index.ts'
import { openCatalogue } from '../../services/catalogue/index.ts'
import { openDatabase } from '../../services/platform/database.ts'
import { openLog } from '../../services/platform/log.ts'
import { migrate } from '../../services/platform/migrate.ts'
import { startPostgres } from '../../services/platform/postgres/index.ts'

/** A real PostgreSQL for the tests: one server a run, migrated once, a copy of its template each time. */
export interface TestDatabase {
  connection: pg.PoolConfig
  /** Ends whoever is connected and drops it. */
  drop(): Promise<void>
}

const TEMPLATE = 'parcours_template'
let server: Promise<pg.PoolConfig> | undefined

/** A fresh, migrated, empty database; about 30 ms. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const connection = await (server ??= serverOfThisRun())
  const database = `t_${randomBytes(6).toString('hex')}`
  await asAdmin(connection, `create database ${database} template ${TEMPLATE}`)
  return {
    connection: { ...connection, database },
    drop: () => asAdmin(connection, `drop database if exists ${database} with (force)`),
  }
}

/** The run's server when `commands/test.ts` started one (`TEST_PG`), else one of this process. */
async function serverOfThisRun(): Promise<pg.PoolConfig> {
  const given = process.env['TEST_PG']
  if (given !== undefined) return JSON.parse(given) as pg.PoolConfig
  const started = await startTestPostgres()
  // mocha ends the process with --exit; what is left then is stopped here.
  process.once('beforeExit', () => void started.stop())
  process.once('exit', () => {
    try {
      process.kill(started.pid, 'SIGINT')
    } catch {
      // it has ended already
    }
  })
  return started.connection
}

/** Starts a PostgreSQL in a temporary folder and makes the migrated template. */
export async function startTestPostgres(): Promise<{ connection: pg.PoolConfig; pid: number; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'parcours-test-'))
  const postgres = await startPostgres({
    folder: join(folder, 'postgres'),
    settings: { max_connections: '200', fsync: 'off' },
  })
  const connection = { ...postgres.connection, database: 'postgres' }
  await asAdmin(connection, `create database ${TEMPLATE}`)
  await migrate({ ...connection, database: TEMPLATE })
  // As a start finds them the second time: to make them takes a while.
  const database = openDatabase({ ...connection, database: TEMPLATE }, openLog('silent'))
  await loadAnswers(database, (await openCatalogue()).answers())
  await database.close()
  return {
    connection,
    pid: postgres.pid,
    async stop() {
      await postgres.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function asAdmin(connection: pg.PoolConfig, statement: string): Promise<void> {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
