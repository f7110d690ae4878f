import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { readSettings, SettingsError } from '../../../services/platform/settings.ts'

const KEY = Buffer.from(Array.from({ length: 32 }, (_, i) => (i * 37) % 256)).toString('base64')
const SECRET = 'n3vGZ1bq0u8KfTqj5VwYx2mRsLd7PcEa'
const REMOTE = { DATABASE_URL: 'postgres://db.example/parcours', MASTER_KEY: KEY }

describe('settings', () => {
  let folder = ''
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'parcours-settings-'))))
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const read = (environment: NodeJS.ProcessEnv) => readSettings({ DATA_DIR: folder, ...environment })

  it('have a default each: nothing need be set', () => {
    const settings = read({})
    expect(settings).to.deep.include({
      port: 3978,
      host: '127.0.0.1',
      publicUrl: 'http://localhost:3978',
      databaseUrl: undefined,
      rateLimit: true,
      metricsPort: 9464,
      logLevel: 'info',
    })
  })

  it('listen beyond this machine only where the public address is elsewhere', () => {
    expect(read({ PUBLIC_URL: 'https://parcours.example/' })).to.deep.include({
      host: '0.0.0.0',
      publicUrl: 'https://parcours.example',
    })
  })

  it('make the master key once and keep it readable by the owner only', () => {
    const first = read({}).masterKey
    expect(read({}).masterKey.equals(first), 'the second start reads the same key').to.equal(true)
    expect(statSync(join(folder, 'secrets.json')).mode & 0o077).to.equal(0)
    expect(readFileSync(join(folder, 'secrets.json'), 'utf8')).to.include(first.toString('base64'))
  })

  it('never make a new key for a database that has another', () => {
    mkdirSync(join(folder, 'postgres'))
    expect(() => read({})).to.throw(SettingsError, /no secrets\.json/)
  })

  const WRONG: { name: string; given: NodeJS.ProcessEnv; line: RegExp }[] = [
    { name: 'a port that is no number', given: { PORT: 'http' }, line: /^PORT is a port number$/ },
    { name: 'a port out of range', given: { PORT: '70000' }, line: /^PORT is 0 to 65535$/ },
    {
      name: 'a public address that is no address',
      given: { PUBLIC_URL: 'parcours.example' },
      line: /^PUBLIC_URL is a URL/,
    },
    {
      name: 'plain http for a public address',
      given: { PUBLIC_URL: 'http://parcours.example' },
      line: /^PUBLIC_URL is https/,
    },
    { name: 'another database', given: { ...REMOTE, DATABASE_URL: 'mysql://db/x' }, line: /^DATABASE_URL is a URL/ },
    {
      name: 'a database elsewhere and no key',
      given: { DATABASE_URL: REMOTE.DATABASE_URL },
      line: /^MASTER_KEY is missing/,
    },
    { name: 'an empty key', given: { ...REMOTE, MASTER_KEY: '' }, line: /^MASTER_KEY is set but empty$/ },
    { name: 'a short key', given: { ...REMOTE, MASTER_KEY: 'c2hvcnQ=' }, line: /^MASTER_KEY is 32 random bytes/ },
    {
      name: 'a key of zeros',
      given: { ...REMOTE, MASTER_KEY: Buffer.alloc(32).toString('base64') },
      line: /^MASTER_KEY is 32 random bytes/,
    },
    {
      name: 'a short Direct Line secret',
      given: { DIRECT_LINE_SECRET: 'secret' },
      line: /^DIRECT_LINE_SECRET has at least 32/,
    },
    {
      name: 'a Direct Line secret that is not random',
      given: { DIRECT_LINE_SECRET: 'a'.repeat(40) },
      line: /^DIRECT_LINE_SECRET is random/,
    },
    {
      name: 'no limits on a public server',
      given: { RATE_LIMIT: 'off', PUBLIC_URL: 'https://parcours.example' },
      line: /^RATE_LIMIT is off only/,
    },
    {
      name: 'no limits where others reach the server',
      given: { RATE_LIMIT: 'off', HOST: '0.0.0.0' },
      line: /^RATE_LIMIT is off only/,
    },
    {
      name: 'an address to listen on that is a name',
      given: { HOST: 'parcours.example' },
      line: /^HOST is an address/,
    },
    {
      name: 'a sentence for a key',
      given: { ...REMOTE, MASTER_KEY: `${KEY.slice(0, 20)} ${KEY.slice(20)}` },
      line: /^MASTER_KEY is 32/,
    },
    {
      name: 'a placeholder for a secret',
      given: { DIRECT_LINE_SECRET: 'changeme'.repeat(5) },
      line: /^DIRECT_LINE_SECRET is random/,
    },
    { name: 'proxies of everybody', given: { TRUSTED_PROXIES: '0.0.0.0/0' }, line: /^TRUSTED_PROXIES is a list/ },
    { name: 'a blank for a port', given: { METRICS_PORT: ' ' }, line: /^METRICS_PORT is a port/ },
    { name: 'an unknown word for the limits', given: { RATE_LIMIT: 'no' }, line: /^RATE_LIMIT is on or off$/ },
    { name: 'a proxy that is no network', given: { TRUSTED_PROXIES: 'nginx' }, line: /^TRUSTED_PROXIES is a list/ },
    { name: 'an unknown log level', given: { LOG_LEVEL: 'loud' }, line: /^LOG_LEVEL is/ },
    {
      name: 'an embedding page that is no origin',
      given: { EMBED_ORIGINS: 'https://a.example/page' },
      line: /^EMBED_ORIGINS is a list/,
    },
    { name: 'a desk grace of nothing', given: { DESK_GRACE_SECONDS: '0' }, line: /^DESK_GRACE_SECONDS is at least 1$/ },
  ]
  for (const { name, given, line } of WRONG)
    it(`refuse ${name} in one line that does not repeat it`, () => {
      expect(() => read(given))
        .to.throw(SettingsError)
        .with.property('message')
        .that.matches(line)
        .and.not.includes('\n')
    })

  it('refuse secrets that were damaged rather than start with others', () => {
    writeFileSync(join(folder, 'secrets.json'), '{"masterKey":')
    expect(() => read({})).to.throw(SettingsError, /damaged/)
  })

  it('take good ones', () => {
    const settings = read({
      ...REMOTE,
      DIRECT_LINE_SECRET: SECRET,
      TRUSTED_PROXIES: '10.0.0.0/8, ::1',
      EMBED_ORIGINS: 'https://a.example',
    })
    expect(settings).to.deep.include({
      directLineSecret: SECRET,
      trustedProxies: ['10.0.0.0/8', '::1'],
      embedOrigins: ['https://a.example'],
    })
    expect(settings.masterKey.toString('base64')).to.equal(KEY)
  })
})
