import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { startPostgres, type LocalPostgres } from '../../services/platform/postgres/index.ts'
import { apart, freePort, startChildServer } from '../parts/childServer.ts'

/** A server under measurement, as a process with its own PostgreSQL. */
export interface Subject {
  readonly url: string
  readonly pid: number
  /** Undefined where the subject has no database. */
  readonly postgres: LocalPostgres | undefined
  stop(): Promise<void>
}

/** A folder and a PostgreSQL in it; `folder` given is kept, else it goes with the server. */
export async function startDatabase(folder?: string): Promise<LocalPostgres & { dispose(): Promise<void> }> {
  const own = folder ?? mkdtempSync(join(tmpdir(), 'parcours-bench-'))
  const postgres = await startPostgres({ folder: join(own, 'postgres') })
  return Object.assign(postgres, {
    async dispose() {
      await postgres.stop()
      if (folder === undefined) rmSync(own, { recursive: true, force: true })
    },
  })
}

/** The product: `node index.ts` on that database, as an operator runs it; address limits off, warnings logged. */
export async function startParcours(
  postgres: LocalPostgres,
  masterKey: Buffer = randomBytes(32),
): Promise<Subject & { masterKey: Buffer }> {
  const folder = mkdtempSync(join(tmpdir(), 'parcours-bench-'))
  const port = await freePort()
  const { connection } = postgres
  const server = startChildServer(
    `http://localhost:${port}`,
    apart(process.env, {
      PORT: String(port),
      DATA_DIR: folder,
      // Over the same private socket as a server that starts its own.
      DATABASE_URL: `postgres://${connection.user}@localhost:${connection.port}/${connection.database}?host=${encodeURIComponent(connection.host)}`,
      MASTER_KEY: masterKey.toString('base64'),
      RATE_LIMIT: 'off',
      LOG_LEVEL: 'warn',
    }),
    { shown: false },
  )
  await server.ready()
  return {
    url: server.url,
    pid: server.pid,
    postgres,
    masterKey,
    async stop() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** What the product is compared with: one of `bench/contenders/`. */
export async function startContender(name: 'sample' | 'limit', postgres?: LocalPostgres): Promise<Subject> {
  const port = await freePort()
  const file = fileURLToPath(new URL(`../../bench/contenders/${name}.ts`, import.meta.url))
  const child = spawn(process.execPath, [file, String(port), JSON.stringify(postgres?.connection ?? {})], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await firstLine(child)
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    postgres,
    stop: () =>
      new Promise((resolve) => {
        child.once('close', () => resolve())
        child.kill('SIGTERM')
      }),
  }
}

/** Runs one of `bench/`'s measuring processes and reads the JSON that it prints. */
export async function measure<T>(script: string, options: Readonly<Record<string, string | number>>): Promise<T> {
  const file = fileURLToPath(new URL(`../../bench/${script}`, import.meta.url))
  const words = Object.entries(options).map(([name, value]) => `--${name}=${value}`)
  const child = spawn(process.execPath, [file, ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => void (output += chunk.toString()))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`bench/${script} ended with ${code}`)
  return JSON.parse(output) as T
}

/** Statements that were planned on empty tables read them whole until their statistics are made. */
export async function analyse({ connection }: LocalPostgres): Promise<void> {
  const client = new pg.Client(connection)
  await client.connect()
  await client.query('analyze')
  await client.end()
}

function firstLine(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', () => resolve())
    child.once('close', (code) => reject(new Error(`ended with ${code}`)))
  })
}
