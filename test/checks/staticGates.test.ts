import { execFile } from 'node:child_process'
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { brokenRules, CODE_RULES } from '../support/codeRules.ts'
import { proves } from '../support/proofs.ts'

/** A violation as somebody might write it, and the words with which oxlint must answer. */
const LINTED: { rule: string; file: string; code: string; says: RegExp }[] = [
  {
    rule: 'no promise floats',
    file: 'services/a.ts',
    code: `export const go = async (): Promise<void> => {}\nexport function f(): void {\n  go()\n}\n`,
    says: /no-floating-promises/,
  },
  {
    rule: 'no promise is taken for a yes',
    file: 'services/b.ts',
    code: `export const ok = async (): Promise<boolean> => true\nexport const f = (): number => (ok() ? 1 : 2)\n`,
    says: /no-misused-promises/,
  },
  {
    rule: 'no promise goes where nobody awaits it',
    file: 'services/c.ts',
    code: `export const f = (): void => [1].forEach(async (n) => { await Promise.resolve(n) })\n`,
    says: /no-misused-promises/,
  },
  ...['innerHTML', 'outerHTML', 'srcdoc'].map((name) => ({
    rule: `no ${name}`,
    file: `web/${name}.ts`,
    code: `export const f = (e: HTMLIFrameElement, t: string): void => void (e.${name} = t)\n`,
    says: /there is no HTML/,
  })),
  {
    rule: 'no insertAdjacentHTML',
    file: 'web/d.ts',
    code: `export const f = (e: Element, t: string): void => e.insertAdjacentHTML('beforeend', t)\n`,
    says: /there is no HTML/,
  },
  {
    rule: 'no document.write',
    file: 'web/e.ts',
    code: `export const f = (t: string): void => document.write(t)\n`,
    says: /there is no HTML/,
  },
  {
    rule: 'no dangerouslySetInnerHTML',
    file: 'web/f.tsx',
    code: `export const F = ({ t }: { t: string }) => <p dangerouslySetInnerHTML={{ __html: t }} />\n`,
    says: /no-danger/,
  },
  { rule: 'no eval', file: 'web/g.ts', code: `export const f = (t: string): unknown => eval(t)\n`, says: /no-eval/ },
  {
    rule: 'no code from text',
    file: 'web/h.ts',
    code: `export const f = (t: string): unknown => new Function(t)\n`,
    says: /no-new-func|no-implied-eval/,
  },
  ...['services', 'bots', 'dialogs', 'api'].map((folder) => ({
    rule: `no fetch in ${folder}/`,
    file: `${folder}/fetches.ts`,
    code: `export const f = (u: string): Promise<Response> => fetch(u)\n`,
    says: /calls nobody/,
  })),
  {
    rule: 'no fetch by its long name',
    file: 'services/i.ts',
    code: `export const f = (u: string): Promise<Response> => globalThis.fetch(u)\n`,
    says: /calls nobody/,
  },
  ...['services/conversations/j.ts', 'services/handoff/j.ts', 'bots/turn.ts'].map((file) => ({
    rule: `no Date.now() in ${dirname(file)}`,
    file,
    code: `export const f = (): number => Date.now()\n`,
    says: /Order is the log's/,
  })),
]

/** Violations of our own rules, each in a file to which it applies. */
const READ: { rule: string; file: string; code: string }[] = [
  ...[
    'export const f = (c, a) => c.query(`select 1 from t where a = ${a}`)',
    "export const f = (c, a) => c.query('select 1 from t where a = ' + a)",
    "export const f = (tx, a) => tx.named('x', `where ${a}`, [])",
    'export const f = (a) => ({ text: `select a from t order by ${a}`, values: [] })',
    'export const f = (sql, a) => sql.raw(a)',
    'const q = (a) => `delete from t where a = ${a}`\nexport const f = (c, a) => c.query(q(a))',
    "export const f = (c, a) => c.query('update t set b = 1 where a = ' + `${a}`)",
  ].map((code) => ({ rule: 'SQL is not built of strings', file: 'services/a.ts', code })),
  ...[
    "import { request } from 'node:https'\nexport const f = request",
    "import { request } from 'node:http'\nexport const f = request",
    "import http from 'http'\nexport const f = http",
    "import * as net from 'node:net'\nexport const f = net",
    "import { WebSocket } from 'ws'\nexport const f = WebSocket",
    "import axios from 'axios'\nexport const f = axios",
    "export const f = async () => import('undici')",
  ].map((code) => ({ rule: 'the server calls nobody', file: 'bots/a.ts', code })),
  ...['new Date()', 'performance.now()', 'Math.random()'].map((what) => ({
    rule: 'order and moments come from the turn',
    file: 'services/conversations/a.ts',
    code: `export const f = () => ${what}`,
  })),
  ...[
    'export const F = (t: string) => <iframe srcdoc={t} />',
    "export const f = (h: (...all: unknown[]) => unknown, t: string) => h('p', { dangerouslySetInnerHTML: { __html: t } })",
  ].map((code) => ({ rule: 'text is text', file: 'web/a.tsx', code })),
  ...["process.on('unhandledRejection', () => {})", "process.on('uncaughtException', () => void stop(1))"].map(
    (code) => ({
      rule: 'what nobody handles ends the process',
      file: 'index.ts',
      code,
    }),
  ),
]

/** What the rules allow, so that they are not obeyed by writing nothing. */
const ALLOWED: { file: string; code: string }[] = [
  { file: 'services/a.ts', code: 'export const f = (sql, db, a) => sql`select 1 from t where a = ${a}`.execute(db)' },
  { file: 'services/a.ts', code: "const N = 'x'\nexport const f = (c) => c.query(`create database ${N}`)" },
  {
    file: 'bots/a.ts',
    code: "import type { IncomingMessage } from 'node:http'\nexport const f = (r: IncomingMessage) => r",
  },
  {
    file: 'bots/a.ts',
    code: "import { createServer, type Server } from 'node:http'\nexport const f = (): Server => createServer()",
  },
  { file: 'services/handoff/a.ts', code: 'export const f = (at: number) => new Date(at)' },
  { file: 'web/a.tsx', code: 'export const F = ({ t }: { t: string }) => <p title={t}>{t}</p>' },
]

describe('what the code may not contain', function () {
  this.timeout(30_000)

  proves('I3', 'is not in it, and would be noticed', async (proof) => {
    const files = globSync('{index.ts,{services,bots,dialogs,api,web}/**/*.{ts,tsx}}', { exclude: ['web/dist*/**'] })
    const here = files.flatMap((file) => brokenRules(file.replaceAll('\\', '/'), readFileSync(file, 'utf8')))
    const unread = READ.filter(({ rule, file, code }) => !brokenRules(file, code).some((line) => line.endsWith(rule)))
    const { linted, strict } = await lintPlanted()
    const unlinted = LINTED.filter(({ file, says }) => !says.test(linted.get(file) ?? ''))
    const planted = READ.length + LINTED.length + 1
    const missed = unread.length + unlinted.length + (strict ? 0 : 1)
    proof.tried(
      `${files.length} files by ${CODE_RULES.length} rules of ours (oxlint reads the rest in npm run check); ${planted} planted violations`,
    )
    proof.figure(`${here.length} in the code; ${planted - missed}/${planted} planted ones caught`)
    expect(files.length).to.be.above(200)
    expect(here).to.deep.equal([])
    expect(unread).to.deep.equal([])
    expect(unlinted.map(({ rule, file }) => `${rule}: ${linted.get(file) ?? 'nothing said'}`)).to.deep.equal([])
    expect(strict, 'an undefined that is not looked at').to.equal(true)
    expect(CODE_RULES.map(({ name }) => name).filter((name) => !READ.some(({ rule }) => rule === name))).to.deep.equal(
      [],
    )
    expect(ALLOWED.flatMap(({ file, code }) => brokenRules(file, code))).to.deep.equal([])
  })
})

/** What oxlint says of each planted file, and whether the type check refuses what only `strict` refuses. */
async function lintPlanted(): Promise<{ linted: Map<string, string>; strict: boolean }> {
  const folder = mkdtempSync(join(tmpdir(), 'parcours-gates-'))
  try {
    for (const file of ['.oxlintrc.json', 'tsconfig.json', 'package.json']) cpSync(file, join(folder, file))
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
    for (const { file, code } of LINTED) {
      mkdirSync(join(folder, dirname(file)), { recursive: true })
      writeFileSync(join(folder, file), code)
    }
    writeFileSync(join(folder, 'index.ts'), 'export const f = (all: string[]): number => all[0].length\n')
    const [lint, types] = await Promise.all([
      run(folder, 'oxlint/bin/oxlint', ['--type-aware', '--format', 'json', '.']),
      run(folder, 'typescript/bin/tsc', ['-p', '.']),
    ])
    const linted = new Map<string, string>()
    for (const { filename, code, message, help } of (JSON.parse(lint) as { diagnostics: Finding[] }).diagnostics) {
      const file = filename.replaceAll('\\', '/').replace(`${folder}/`, '')
      linted.set(file, `${linted.get(file) ?? ''}${code} ${message} ${help ?? ''}\n`)
    }
    return { linted, strict: /index\.ts.*TS2532/.test(types) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Finding {
  filename: string
  code: string
  message: string
  help?: string
}

/** What a tool prints; that it fails is what it is run for. */
async function run(cwd: string, bin: string, args: string[]): Promise<string> {
  return promisify(execFile)(process.execPath, [resolve('node_modules', bin), ...args], { cwd }).then(
    ({ stdout }) => stdout,
    (error: { stdout?: string }) => error.stdout ?? '',
  )
}
