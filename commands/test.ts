import { spawn } from 'node:child_process'
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureWebBuild } from '../api/webBuild.ts'
import { startTestPostgres } from '../test/support/database.ts'
import { quickDisk } from './test/quickDisk.ts'
import { readProofs, showProofs, unproven } from './test/proofTable.ts'

/** A part of the tests: which files, and how long they may take on two cores. */
interface Part {
  name: string
  files: string
  budgetSeconds: number
  /** Runs after the others, when a slow answer is most likely the product's own. */
  last?: boolean
}

const PARTS: Part[] = [
  { name: 'services', files: 'test/{services,bots,dialogs,checks}/**/*.test.ts', budgetSeconds: 130 },
  { name: 'api', files: 'test/api/**/*.test.ts', budgetSeconds: 90 },
  { name: 'operations', files: 'test/operations/**/*.test.ts', budgetSeconds: 80 },
  { name: 'channels', files: 'test/channels/**/*.test.ts', budgetSeconds: 110 },
  { name: 'races', files: 'test/races/**/*.test.ts', budgetSeconds: 60 },
  { name: 'providers', files: 'test/providers/**/*.test.ts', budgetSeconds: 40 },
  { name: 'web', files: 'test/web/**/*.test.ts', budgetSeconds: 40 },
  { name: 'conversations', files: 'test/conversations/**/*.test.ts', budgetSeconds: 20 },
  { name: 'browser', files: 'test/browser/**/*.test.ts', budgetSeconds: 130, last: true },
  { name: 'durability', files: 'test/durability/**/*.test.ts', budgetSeconds: 130, last: true },
]
const LANES = 2

interface Result {
  passed: number
  failed: number
  skipped: number
}

/**
 * `npm test`: one PostgreSQL for the run, migrated once; each part is a mocha of its own. Parts go
 * two at a time; those that kill and those that look at a browser go last. Words after `--` choose parts by name. Ends with
 * the table of what was proven; `--json FILE` writes that too.
 */
async function main(): Promise<void> {
  const { values, positionals: chosen } = parseArgs({
    options: { long: { type: 'boolean', default: false }, json: { type: 'string' } },
    allowPositionals: true,
  })
  const { long } = values
  const parts = PARTS.filter((part) => chosen.length === 0 || chosen.includes(part.name)).filter(
    (part) => globSync(part.files).length > 0,
  )
  const started = performance.now()
  const folder = quickDisk()
  // What this process and its children keep for the time of a run.
  process.env['TMPDIR'] = folder
  const proofs = join(folder, 'proofs.jsonl')
  writeFileSync(proofs, '')
  const postgres = await startTestPostgres()
  await ensureWebBuild()
  console.log(`ready to test in ${seconds(started)} s`)
  const total: Result = { passed: 0, failed: 0, skipped: 0 }
  const run = async (part: Part): Promise<void> => {
    const result = await runPart(part, JSON.stringify(postgres.connection), long, proofs)
    total.passed += result.passed
    total.failed += result.failed
    total.skipped += result.skipped
  }
  try {
    for (const wave of [parts.filter(({ last }) => last !== true), parts.filter(({ last }) => last === true)])
      await Promise.all(
        Array.from({ length: LANES }, async () => {
          for (let part = wave.shift(); part !== undefined; part = wave.shift()) await run(part)
        }),
      )
  } finally {
    await postgres.stop()
  }
  const proven = readProofs(readFileSync(proofs, 'utf8'))
  rmSync(folder, { recursive: true, force: true })
  // A row that no test tried any more is a promise that nobody keeps: it fails the run as a test would.
  const missing = chosen.length > 0 ? [] : unproven(proven)
  total.failed += missing.length
  console.log(showProofs(proven, missing))
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(proven, null, 2)}\n`)
  console.log(`all parts: ${seconds(started)} s`)
  console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`)
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0
}

async function runPart(part: Part, pg: string, long: boolean, proofs: string): Promise<Result> {
  const started = performance.now()
  const child = spawn(
    process.execPath,
    [mochaBin(), '--exit', '--timeout', long ? '600000' : '20000', '--forbid-only', '--no-color', part.files],
    {
      env: {
        ...process.env,
        TEST_PG: pg,
        TEST_LONG: long ? '1' : '',
        PROOFS: proofs,
        // Every part, and every server that a test starts, loads the same code: compiled once.
        NODE_COMPILE_CACHE: join(dirname(proofs), 'compiled'),
        LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'silent',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  // A part that hangs is ended, and counted as a failure, well after its budget.
  const late = setTimeout(() => child.kill('SIGKILL'), part.budgetSeconds * (long ? 20 : 3) * 1000)
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  clearTimeout(late)
  const output = Buffer.concat(chunks).toString()
  const count = (word: string): number => Number(new RegExp(`^ {2}(\\d+) ${word}`, 'm').exec(output)?.[1] ?? 0)
  const result = { passed: count('passing'), failed: count('failing'), skipped: count('pending') }
  if (code !== 0 && result.failed === 0) result.failed = 1
  const took = Number(seconds(started))
  console.log(output.trimEnd())
  console.log(
    `== ${part.name}: ${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped; ${took} s of ${part.budgetSeconds} s${took > part.budgetSeconds && !long ? ' (over its budget)' : ''}\n`,
  )
  return result
}

function mochaBin(): string {
  const bin = join('node_modules', 'mocha', 'bin', 'mocha.js')
  if (!existsSync(bin)) throw new Error('mocha is missing: npm ci')
  return bin
}

const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(1)

await main()
