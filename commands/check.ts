import { spawn } from 'node:child_process'
import { join } from 'node:path'

/** What `npm run check` asks, each by its own tool. Texts are checked by `test/services/locales.test.ts`. */
const CHECKS: { name: string; bin: string; args: string[] }[] = [
  // The longest first: the others go beside it.
  {
    name: 'texts and rules',
    bin: 'mocha/bin/mocha.js',
    args: ['--exit', '--reporter', 'dot', 'test/checks/**/*.test.ts', 'test/services/locales*.test.ts'],
  },
  {
    name: 'types',
    bin: 'typescript/bin/tsc',
    args: ['-p', '.', '--incremental', '--tsBuildInfoFile', 'node_modules/.cache/tsc.tsbuildinfo'],
  },
  { name: 'lint, imports and promises', bin: 'oxlint/bin/oxlint', args: ['--type-aware', '--deny-warnings', '.'] },
  { name: 'format', bin: 'oxfmt/bin/oxfmt', args: ['--check', '.'] },
  { name: 'unused code', bin: 'knip/bin/knip.js', args: ['--no-progress'] },
]

/** Runs them all, two at a time, prints what failed, and fails if one did. */
async function main(): Promise<void> {
  const started = performance.now()
  const left = [...CHECKS]
  let failed = 0
  const lane = async (): Promise<void> => {
    for (let check = left.shift(); check !== undefined; check = left.shift()) {
      const { code, output, took } = await run(check.bin, check.args)
      console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${check.name} (${took} s)`)
      if (code !== 0) {
        failed += 1
        console.log(output)
      }
    }
  }
  await Promise.all([lane(), lane()])
  console.log(
    `${CHECKS.length - failed} of ${CHECKS.length} checks pass, ${((performance.now() - started) / 1000).toFixed(1)} s`,
  )
  process.exitCode = failed > 0 ? 1 : 0
}

async function run(bin: string, args: string[]): Promise<{ code: number; output: string; took: string }> {
  const started = performance.now()
  const child = spawn(process.execPath, [join('node_modules', bin), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return {
    code: code ?? 1,
    output: Buffer.concat(chunks).toString(),
    took: ((performance.now() - started) / 1000).toFixed(1),
  }
}

await main()
