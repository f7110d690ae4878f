import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sabotage } from './sabotages.ts'

const REGISTER = import.meta.resolve('../sabotage/register.ts')

/** What a test said: of the sabotaged product, or of the product as it is. */
export interface Said {
  /** The fault was really loaded. */
  inPlace: boolean
  passed: number
  /** Each test that failed, and why. Neither a hook that failed nor time that ran out: they would catch anything. */
  failed: { test: string; because: string }[]
  seconds: number
  /** Everything printed, for when it did not go as it should. */
  output: string
}

interface Report {
  stats: { passes: number }
  failures: { fullTitle: string; err: { message?: string } }[]
}

/**
 * Runs the test that must notice a sabotage, in a mocha of its own: with the fault, or `whole` without.
 * Uses the PostgreSQL of this run if there is one (`TEST_PG`).
 */
export async function tryTest({ name, caughtBy }: Sabotage, how: 'sabotaged' | 'whole'): Promise<Said> {
  const folder = mkdtempSync(join(tmpdir(), 'parcours-sabotage-'))
  const report = join(folder, 'report.json')
  const started = performance.now()
  const child = spawn(
    process.execPath,
    [
      ...(how === 'sabotaged' ? ['--import', REGISTER] : []),
      join('node_modules', 'mocha', 'bin', 'mocha.js'),
      '--exit',
      '--reporter=json',
      `--reporter-option=output=${report}`,
      `--fgrep=${caughtBy.test}`,
      caughtBy.file,
    ],
    // The long run of a test shows nothing more here.
    { env: { ...process.env, SABOTAGE: name, TEST_LONG: '', PROOFS: undefined }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  const late = setTimeout(() => child.kill('SIGKILL'), 60_000)
  try {
    await new Promise((resolve) => child.once('close', resolve))
    const output = Buffer.concat(chunks).toString()
    const { stats, failures } = readReport(report)
    return {
      inPlace: output.includes(`sabotage in place: ${name}\n`),
      passed: stats.passes,
      failed: failures
        .filter(({ fullTitle, err }) => !fullTitle.includes('" hook') && !err.message?.startsWith('Timeout of'))
        .map(({ fullTitle, err }) => ({ test: fullTitle, because: firstLine(err.message) })),
      seconds: (performance.now() - started) / 1000,
      output,
    }
  } finally {
    clearTimeout(late)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A mocha that could not load its file writes no report: nothing passed, and nothing was caught. */
function readReport(file: string): Report {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report
  } catch {
    return { stats: { passes: 0 }, failures: [] }
  }
}

const firstLine = (text = ''): string => text.split('\n')[0]?.slice(0, 120) ?? ''
