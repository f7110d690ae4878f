import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'

/** A violation as somebody might write it, and the words with which the rule must answer. */
const PLANTED: { rule: string; file: string; code: string; says: RegExp }[] = [
  {
    rule: 'services/ does not import botbuilder',
    file: 'services/a.ts',
    code: `import type { Activity } from 'botbuilder-core'\nexport type A = Activity\n`,
    says: /neither the bot framework nor HTTP/,
  },
  {
    rule: 'services/ does not import restify',
    file: 'services/b/c.ts',
    code: `import restify from 'restify'\nexport const s = restify\n`,
    says: /neither the bot framework nor HTTP/,
  },
  {
    rule: 'services/ does not import what is above it',
    file: 'services/d.ts',
    code: `import { x } from '../bots/x.ts'\nexport const y = x\n`,
    says: /services\/ is the bottom/,
  },
  {
    rule: 'dialogs/ has no SQL',
    file: 'dialogs/e.ts',
    code: `import { sql } from 'kysely'\nexport const q = sql\n`,
    says: /SQL is in services/,
  },
  {
    rule: 'dialogs/ does not import botbuilder',
    file: 'dialogs/f.ts',
    code: `import { Dialog } from 'botbuilder-dialogs'\nexport const d = Dialog\n`,
    says: /Only dialogs\/kit\/scriptDialog/,
  },
  {
    rule: 'a channel knows nothing of dialogs',
    file: 'bots/channels/g.ts',
    code: `import { onboarding } from '../../dialogs/onboarding.ts'\nexport const o = onboarding\n`,
    says: /A channel knows its wire/,
  },
  {
    rule: 'bots/ does not import api/',
    file: 'bots/h.ts',
    code: `import { serve } from '../api/server.ts'\nexport const v = serve\n`,
    says: /below api/,
  },
  {
    rule: 'a page imports only the API types',
    file: 'web/i.ts',
    code: `import { x } from '../services/platform/keys.ts'\nexport const y = x\n`,
    says: /by api\/types\.ts only/,
  },
  {
    rule: 'nothing imports index.ts',
    file: 'api/j.ts',
    code: `import { x } from '../index.ts'\nexport const y = x\n`,
    says: /Nothing imports index/,
  },
  {
    rule: 'no promise floats',
    file: 'services/k.ts',
    code: `export const go = async (): Promise<void> => {}\nexport function f(): void {\n  go()\n}\n`,
    says: /no-floating-promises/,
  },
  {
    rule: 'no promise where a condition stands',
    file: 'services/l.ts',
    code: `export const ok = async (): Promise<boolean> => true\nexport function f(): number {\n  if (ok()) return 1\n  return 2\n}\n`,
    says: /no-misused-promises/,
  },
  { rule: 'no any', file: 'services/m.ts', code: `export const f = (x: any): unknown => x\n`, says: /no-explicit-any/ },
]

describe('the import rules catch', () => {
  let folder = ''
  let found: Finding[] = []

  before('lint a folder of planted violations', async function () {
    this.timeout(30_000)
    folder = mkdtempSync(join(tmpdir(), 'parcours-lint-'))
    for (const file of ['.oxlintrc.json', 'tsconfig.json', 'package.json']) cpSync(file, join(folder, file))
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
    for (const { file, code } of PLANTED) {
      mkdirSync(join(folder, dirname(file)), { recursive: true })
      writeFileSync(join(folder, file), code)
    }
    found = await lint(folder)
  })

  after(() => rmSync(folder, { recursive: true, force: true }))

  for (const { rule, file, says } of PLANTED)
    it(rule, () => {
      const said = found.filter(({ filename }) => filename.replaceAll('\\', '/').endsWith(file))
      expect(said.map(({ code, help }) => `${code} ${help ?? ''}`).join('\n'), `what was said of ${file}`).to.match(
        says,
      )
    })
})

interface Finding {
  code: string
  help?: string
  filename: string
}

async function lint(folder: string): Promise<Finding[]> {
  const bin = resolve('node_modules/oxlint/bin/oxlint')
  const run = promisify(execFile)(process.execPath, [bin, '--type-aware', '--format', 'json', '.'], { cwd: folder })
  const output = await run.then(
    ({ stdout }) => stdout,
    (error: { stdout?: string }) => error.stdout ?? '',
  )
  return (JSON.parse(output) as { diagnostics: Finding[] }).diagnostics
}
