import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startPostgres } from '../../../services/platform/postgres/index.ts'
import { eventually } from '../eventually.ts'
import { processesWorkingIn } from '../postgresProbes.ts'

/** The PostgreSQL of a world: a direct child in a folder of its own, with fsync, started again when it dies. */
export interface WorldPostgres {
  readonly connection: pg.ClientConfig
  /** The path of its socket, for a proxy. */
  readonly socketPath: string
  /** One statement on a session of its own, past the proxy and its faults. */
  ask<Row extends pg.QueryResultRow>(statement: string, values?: unknown[]): Promise<Row[]>
  /** `kill -9` of the postmaster and all its backends at once; resolves, in ms, when it answers again. */
  kill(): Promise<number>
  /** A shutdown as an operator asks for it (`fast` ends sessions, `immediate` crashes); resolves, in ms, when it answers again. */
  restart(how: 'fast' | 'immediate'): Promise<number>
  /** What it wrote to its log. */
  log(): string
  stop(): Promise<void>
}

export async function startWorldPostgres(): Promise<WorldPostgres> {
  const place = mkdtempSync(join(tmpdir(), 'parcours-world-'))
  const folder = join(place, 'postgres')
  const postgres = await startPostgres({ folder, settings: { log_min_messages: 'info', max_connections: '60' } })
  const { connection } = postgres

  async function ask<Row extends pg.QueryResultRow>(statement: string, values: unknown[] = []): Promise<Row[]> {
    const client = new pg.Client({ ...connection, connectionTimeoutMillis: 5_000 })
    client.on('error', () => {}) // told by the statement
    try {
      await client.connect()
      return (await client.query<Row>(statement, values)).rows
    } finally {
      await client.end().catch(() => {})
    }
  }
  async function until(again: number): Promise<number> {
    const began = performance.now()
    await eventually(
      'PostgreSQL answers again',
      async () => {
        if (postgres.pid === again) return false
        return ask('select 1').then(
          () => true,
          () => false,
        )
      },
      60_000,
    )
    return performance.now() - began
  }
  return {
    connection,
    socketPath: join(connection.host, '.s.PGSQL.5432'),
    ask,
    async kill() {
      const { pid } = postgres
      for (const one of await processesWorkingIn(folder)) killOne(one, 'SIGKILL')
      return until(pid)
    },
    async restart(how) {
      const { pid } = postgres
      killOne(pid, how === 'fast' ? 'SIGINT' : 'SIGQUIT')
      return until(pid)
    },
    log: () => readFileSync(`${folder}.log`, 'utf8'),
    async stop() {
      await postgres.stop()
      rmSync(place, { recursive: true, force: true })
    },
  }
}

function killOne(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // it has ended meanwhile, which is what was wanted
  }
}
