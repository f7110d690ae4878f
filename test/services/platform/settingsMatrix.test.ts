import { mkdtempSync, rmSync } from 'node:fs'
import { isIP } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { readSettings, SETTING_NAMES, SettingsError, type Settings } from '../../../services/platform/settings.ts'
import { startUpLine } from '../../../services/platform/startUpLine.ts'
import { proves } from '../../support/proofs.ts'
import { randomFrom, seedOfThisRun, shuffled } from '../../support/seeded.ts'
import { freePort } from '../../support/serverProcess.ts'
import { startAndEnd } from '../../support/refusedStart.ts'

const long = process.env['TEST_LONG'] === '1'
const PROCESSES = long ? 40 : 1
const KEY = Buffer.from(Array.from({ length: 32 }, (_, i) => (i * 37) % 256)).toString('base64')
const SECRET = 'n3vGZ1bq0u8KfTqj5VwYx2mRsLd7PcEa'

/** Where the server stands: what is refused depends on it. Each is safe as it is. */
const SITES: Record<string, NodeJS.ProcessEnv> = {
  'this machine': { MASTER_KEY: KEY, DIRECT_LINE_SECRET: SECRET },
  'the internet': {
    PUBLIC_URL: 'https://parcours.example',
    DATABASE_URL: 'postgres://db.example/parcours',
    MASTER_KEY: KEY,
    DIRECT_LINE_SECRET: SECRET,
    TRUSTED_PROXIES: '10.0.0.0/8',
    EMBED_ORIGINS: 'https://school.example',
  },
}

/**
 * What people write into settings that does not belong there. Every setting is tried with each; no list of
 * names here: a new setting is tried as soon as the schema has it, and fails until one of these is wrong for it.
 */
const WRONG = [
  '',
  ' ',
  '\t\n',
  'undefined',
  'null',
  'true',
  'off',
  '*',
  '-1',
  '0',
  '1e3',
  '0x10',
  '3978.5',
  '70000',
  '999999999999999999999',
  'NaN',
  'qZ7garbage',
  'qZ7 garbage with spaces and a second line\nof it',
  'qZ7'.repeat(400),
  'http://qz7.example',
  'http://qz7.example:3978/',
  'http://localhost.qz7.example',
  'http://localhost@qz7.example',
  'https://name:qZ7word@qz7.example',
  'https://qz7.example/?a=qZ7',
  'ftp://qz7.example',
  'javascript:alert(1)',
  'mysql://qz7.example/x',
  '0.0.0.0',
  '0.0.0.0/0',
  '::/0',
  '10.0.0.0/99',
  'secret',
  'changeme'.repeat(5),
  'a-password-that-is-an-example-1234567890',
  'a'.repeat(44),
  'abcdefgh'.repeat(8),
  Buffer.alloc(32).toString('base64'),
  Buffer.alloc(32, 'changeme').toString('base64'),
  'correct horse battery staple qZ7 my dog is called Rex !!!',
]

/** Removed, or with a few characters less: what a copy and paste loses. */
const TREATMENTS = ['removed', 'first half', 'last character lost', 'first character lost'] as const

interface Case {
  site: string
  name: string
  how: string
  env: NodeJS.ProcessEnv
  value: string | undefined
}

function casesOf(site: string, base: NodeJS.ProcessEnv): Case[] {
  return SETTING_NAMES.flatMap((name) => {
    const right = base[name]
    const values = [
      ...WRONG.map((value): [string, string | undefined] => [JSON.stringify(value).slice(0, 40), value]),
      ...(right === undefined ? [] : TREATMENTS.map((how): [string, string | undefined] => [how, treated(right, how)])),
    ]
    return values.map(([how, value]) => ({ site, name, how, value, env: { ...base, [name]: value } }))
  })
}

function treated(right: string, how: (typeof TREATMENTS)[number]): string | undefined {
  if (how === 'removed') return undefined
  if (how === 'first half') return right.slice(0, right.length / 2)
  return how === 'last character lost' ? right.slice(0, -1) : right.slice(1)
}

/** What a server that starts must be, whatever it was told: the promise of the row, said once more and apart from the schema. */
function unsafe(settings: Settings, env: NodeJS.ProcessEnv): string | undefined {
  const { protocol, hostname, username } = new URL(settings.publicUrl)
  const here = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  const alone = settings.host === 'localhost' || settings.host.startsWith('127.') || settings.host === '::1'
  if (protocol !== 'https:' && !here) return 'a public address without TLS'
  if (username !== '') return 'a password in the public address'
  if (!settings.rateLimit && !(here && alone)) return 'no limits where others reach it'
  if (settings.host !== 'localhost' && isIP(settings.host) === 0) return 'an address to listen on that is none'
  if (settings.trustedProxies.some((one) => one.endsWith('/0'))) return 'anybody may say where they call from'
  for (const port of [settings.port, settings.metricsPort])
    if (!Number.isInteger(port) || port < 0 || port > 65_535) return 'a port that is none'
  if (!(settings.deskGraceSeconds >= 1 && settings.deskGraceSeconds <= 3_600)) return 'no grace'
  if (settings.masterKey.length !== 32 || new Set(settings.masterKey).size < 16) return 'a key that is not random'
  const secret = settings.directLineSecret
  if (secret !== undefined && (secret.length < 31 || new Set(secret).size < 8)) return 'a secret that is not random'
  if (secret !== undefined && /changeme|password|example/.test(secret)) return 'a placeholder for a secret'
  if (!settings.embedOrigins.every((origin) => /^https?:\/\/[^/?#@]+$/.test(origin)))
    return 'an embedding page that is no origin'
  // What was set and not understood must not have become the default, unless it was left blank.
  for (const name of ['PORT', 'METRICS_PORT', 'DESK_GRACE_SECONDS'])
    if ((env[name] ?? '') !== '' && !/^\d+$/.test(env[name] ?? '')) return `${name} was read as something else`
  return undefined
}

describe('a server that is not safe does not start', function () {
  this.timeout(long ? 600_000 : 30_000)
  let folder = ''
  before(() => void (folder = mkdtempSync(join(tmpdir(), 'parcours-boot-'))))
  after(() => rmSync(folder, { recursive: true, force: true }))

  const all = Object.entries(SITES).flatMap(([site, base]) => casesOf(site, base))
  const inFolder = (one: Case): NodeJS.ProcessEnv =>
    one.name === 'DATA_DIR' ? one.env : { DATA_DIR: folder, ...one.env }
  const shows = (line: string, { value }: Case): boolean => (value ?? '').includes('qZ7') && /qZ7/i.test(line)

  proves(
    'I1',
    'each setting removed, blank, cut, or wrong: refused in one line, or safe all the same',
    async (proof) => {
      for (const [site, base] of Object.entries(SITES))
        expect(unsafe(readSettings({ DATA_DIR: folder, ...base }), base), site).to.equal(undefined)
      const refused = new Map<string, number>(SETTING_NAMES.map((name) => [name, 0]))
      const wrong: string[] = []
      let held = 0
      for (const one of all) {
        const said = (what: string): void => void wrong.push(`${one.name} = ${one.how} on ${one.site}: ${what}`)
        try {
          const problem = unsafe(readSettings(inFolder(one)), one.env)
          if (problem !== undefined) said(problem)
          else held += 1
        } catch (error) {
          const line = startUpLine(error, {})
          if (!(error instanceof SettingsError)) said(`threw ${String(error).slice(0, 60)}`)
          else if (
            line.includes('\n') ||
            (!line.startsWith(one.name) && !/^(MASTER_KEY|RATE_LIMIT|PUBLIC_URL) /.test(line))
          )
            said(line)
          else if (shows(line, one)) said('the line repeats the value')
          else {
            held += 1
            refused.set(one.name, (refused.get(one.name) ?? 0) + 1)
          }
        }
      }
      const total = [...refused.values()].reduce((sum, count) => sum + count, 0)
      proof.tried(
        `${SETTING_NAMES.length} settings × ${WRONG.length + TREATMENTS.length} faults × ${Object.keys(SITES).length} sites`,
      )
      proof.figure(
        `${held}/${all.length} held: ${total} refused in one line without the value, ${held - total} safe all the same`,
      )
      expect(wrong).to.deep.equal([])
      const never = [...refused].filter(([, count]) => count === 0).map(([name]) => name)
      expect(never, 'settings for which nothing is wrong: say what is, in the schema').to.deep.equal([])
    },
  )

  proves('I1', 'the process ends before it opens a port', async (proof) => {
    const seed = seedOfThisRun()
    proof.seed(seed)
    const bad = all.filter((one) => {
      try {
        readSettings(inFolder(one))
        return false
      } catch {
        return one.name !== 'PORT' && !(one.value ?? '').includes('\0')
      }
    })
    const chosen = shuffled(bad, randomFrom(seed)).slice(0, PROCESSES)
    const wrong: string[] = []
    for (const one of chosen) {
      const port = await freePort()
      const { code, line, opened } = await startAndEnd(
        { PORT: String(port), METRICS_PORT: '0', ...inFolder(one) },
        port,
      )
      const said = (what: string): void => void wrong.push(`${one.name} = ${one.how} on ${one.site}: ${what}`)
      if (code === 0 || code === null) said(`exit ${code}`)
      if (!/^parcours: [^\n]+\n$/.test(line)) said(`said ${JSON.stringify(line)}`)
      if (shows(line, one)) said('the line repeats the value')
      if (opened) said('a port was opened')
    }
    proof.tried(`${chosen.length} of ${bad.length} refused environments as real processes`)
    proof.figure(`${chosen.length - wrong.length}/${chosen.length} ended with exit 1, one line, no port opened`)
    expect(chosen).to.have.lengthOf(PROCESSES)
    expect(wrong).to.deep.equal([])
  })
})
