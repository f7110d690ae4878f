import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { serveNothing } from '../bench/nothing.ts'
import { countRoundTrips } from '../bench/roundTrips.ts'
import type { BenchResult } from '../bench/turns.ts'
import { startPostgres, type LocalPostgres } from '../services/platform/postgres/index.ts'
import { apart, freePort, startChildServer } from './parts/childServer.ts'

const CLIENTS = fileURLToPath(new URL('../bench/turns.ts', import.meta.url))
/** Said one after the other to count round trips: a question, an answer that is saved, free talk, a request for a person. */
const COUNTED = [
  'English',
  'Yes, I agree',
  'My name is Oleksandr',
  'In Québec',
  'That’s right',
  'where do I find a flat?',
  'I need a person',
]

/**
 * `npm run bench`: turns a second and their times through the real route, between a server process with
 * its own PostgreSQL and a process of clients on the same machine; and the round trips of single turns.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { clients: { type: 'string', default: '32' }, seconds: { type: 'string', default: '10' } },
  })
  const { clients, seconds } = values
  for (const trip of await countRoundTrips(COUNTED))
    console.log(`${trip.roundTrips} round trips, ${trip.statements} statements: ${trip.said}`)

  const show = (what: string, { turns, failed, p50, p99, max }: BenchResult): void => {
    const times = `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, slowest ${max.toFixed(0)} ms`
    console.log(
      `${what}: ${Math.round(turns / Number(seconds))}/s; ${times}; ${turns} in ${seconds} s, ${clients} clients, ${failed} failed`,
    )
  }
  const nothing = await serveNothing()
  show('a server that does nothing', await run(nothing.url, 'free', clients, seconds))
  nothing.stop()

  const folder = mkdtempSync(join(tmpdir(), 'parcours-bench-'))
  const postgres = await startPostgres({ folder: join(folder, 'postgres') })
  const port = await freePort()
  const env = apart(process.env, {
    PORT: String(port),
    DATA_DIR: folder,
    DATABASE_URL: urlOf(postgres),
    MASTER_KEY: randomBytes(32).toString('base64'),
    RATE_LIMIT: 'off',
    LOG_LEVEL: 'error',
  })
  const server = startChildServer(`http://localhost:${port}`, env, { shown: false })
  try {
    await server.ready()
    // Fills, so that the statistics below are of tables that hold something; and the reader of dates, which
    // takes a core for some seconds when first needed, is warm after it.
    await run(server.url, 'onboarding', '4', '10')
    await analyse(postgres)
    for (const talk of ['free', 'onboarding']) show(talk, await run(server.url, talk, clients, seconds))
    console.log(
      `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores for server, PostgreSQL and clients together, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, ${process.platform}`,
    )
  } finally {
    await server.stop()
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function run(url: string, talk: string, clients: string, seconds: string): Promise<BenchResult> {
  const child = spawn(
    process.execPath,
    [CLIENTS, '--url', url, '--talk', talk, '--clients', clients, '--seconds', seconds],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => void (output += chunk.toString()))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`the clients ended with ${code}`)
  return JSON.parse(output) as BenchResult
}

/** Statements that were planned on empty tables read them whole until their statistics are made. */
async function analyse({ connection }: LocalPostgres): Promise<void> {
  const client = new pg.Client(connection)
  await client.connect()
  await client.query('analyze')
  await client.end()
}

/** Over the same private socket as a server that starts its own. */
const urlOf = ({ connection }: LocalPostgres): string =>
  `postgres://${connection.user}@localhost:${connection.port}/${connection.database}?host=${encodeURIComponent(connection.host)}`

await main()
