import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import type { LogLevel } from './log.ts'

/** A wrong setting: one line that names it and says what is expected, never its value. */
export class SettingsError extends Error {
  readonly code = 'settings'
  constructor(line: string) {
    super(line)
    this.name = 'SettingsError'
  }
}

export interface Settings {
  readonly port: number
  /** The address that the server listens on. */
  readonly host: string
  /** Where people reach the server, without a trailing slash. Links and `streamUrl` are made from it. */
  readonly publicUrl: string
  /** Absolute folder of the local database, its log and the generated secrets. */
  readonly dataDir: string
  /** Undefined: a PostgreSQL of our own in `dataDir`. */
  readonly databaseUrl: string | undefined
  /** 32 bytes from which every other key is derived. */
  readonly masterKey: Buffer
  /** Server-to-server secret of Direct Line; undefined: `tokens/generate` answers 403 to all. */
  readonly directLineSecret: string | undefined
  readonly rateLimit: boolean
  /** Networks whose `X-Forwarded-For` counts. */
  readonly trustedProxies: readonly string[]
  readonly metricsPort: number
  readonly logLevel: LogLevel
  /** Sites that may embed the chat by calling Direct Line from another origin. */
  readonly embedOrigins: readonly string[]
  /** How long a conversation stays with an agent whose desk is gone. Seconds. */
  readonly deskGraceSeconds: number
}

const DEFAULT_PORT = 3978
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]', '::1'])

const port = (name: string, otherwise: number) =>
  z.coerce
    .number({ error: `${name} is a port number` })
    .int(`${name} is a whole number`)
    .min(0, `${name} is 0 to 65535`)
    .max(65535, `${name} is 0 to 65535`)
    .default(otherwise)

const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  )

const masterKey = z.string().transform((text, context) => {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length === 32 && new Set(bytes).size >= 8) return bytes
  context.addIssue('MASTER_KEY is 32 random bytes in base64 (openssl rand -base64 32)')
  return z.NEVER
})

const url = (name: string, protocols: readonly string[]) =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol),
      `${name} is a URL that starts with ${protocols.join(' or ')}//`,
    )

const schema = z.object({
  PORT: port('PORT', DEFAULT_PORT),
  HOST: z.string().optional(),
  PUBLIC_URL: url('PUBLIC_URL', ['http:', 'https:']).optional(),
  DATA_DIR: z.string().min(1).default('./data'),
  DATABASE_URL: url('DATABASE_URL', ['postgres:', 'postgresql:']).optional(),
  MASTER_KEY: masterKey.optional(),
  DIRECT_LINE_SECRET: z
    .string()
    .min(32, 'DIRECT_LINE_SECRET has at least 32 characters')
    .refine((text) => new Set(text).size >= 8, 'DIRECT_LINE_SECRET is random')
    .optional(),
  RATE_LIMIT: z.enum(['on', 'off'], 'RATE_LIMIT is on or off').default('on'),
  TRUSTED_PROXIES: list.refine(
    (items) => items.every((item) => ipaddr.isValid(item) || ipaddr.isValidCIDR(item)),
    'TRUSTED_PROXIES is a list of addresses or networks such as 10.0.0.0/8',
  ),
  METRICS_PORT: port('METRICS_PORT', 9464),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], 'LOG_LEVEL is debug, info, warn, error or silent')
    .default('info'),
  EMBED_ORIGINS: list.refine(
    (items) => items.every((item) => URL.canParse(item) && new URL(item).origin === item),
    'EMBED_ORIGINS is a list of origins such as https://example.org',
  ),
  DESK_GRACE_SECONDS: z.coerce
    .number({ error: 'DESK_GRACE_SECONDS is a number of seconds' })
    .min(1, 'DESK_GRACE_SECONDS is at least 1')
    .max(3600, 'DESK_GRACE_SECONDS is at most 3600')
    .default(120),
})

/**
 * Reads the settings from environment variables. Throws `SettingsError` with one line for the first
 * that is wrong. With a local database the secrets that are missing are made once and kept in
 * `DATA_DIR/secrets.json`, readable by the owner only; with `DATABASE_URL` they must be given,
 * because a second node that made its own could read nothing.
 */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  for (const name of ['MASTER_KEY', 'DIRECT_LINE_SECRET', 'DATABASE_URL', 'PUBLIC_URL'])
    if (environment[name] === '') throw new SettingsError(`${name} is set but empty`)
  const parsed = schema.safeParse(given)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const name = String(issue?.path[0] ?? 'setting')
    const said = issue?.message ?? 'is wrong'
    throw new SettingsError(said.startsWith(name) ? said : `${name}: ${said}`)
  }
  const values = parsed.data
  const publicUrl = (values.PUBLIC_URL ?? `http://localhost:${values.PORT}`).replace(/\/+$/, '')
  const { protocol, hostname } = new URL(publicUrl)
  const local = LOOPBACK.has(hostname)
  if (protocol === 'http:' && !local) throw new SettingsError('PUBLIC_URL is https:// unless it is this machine')
  if (values.RATE_LIMIT === 'off' && !local)
    throw new SettingsError('RATE_LIMIT is off only where PUBLIC_URL is this machine')
  const dataDir = resolve(values.DATA_DIR)
  return {
    port: values.PORT,
    host: values.HOST ?? (local ? '127.0.0.1' : '0.0.0.0'),
    publicUrl,
    dataDir,
    databaseUrl: values.DATABASE_URL,
    masterKey: values.MASTER_KEY ?? localMasterKey(dataDir, values.DATABASE_URL !== undefined),
    directLineSecret: values.DIRECT_LINE_SECRET,
    rateLimit: values.RATE_LIMIT === 'on',
    trustedProxies: values.TRUSTED_PROXIES,
    metricsPort: values.METRICS_PORT,
    logLevel: values.LOG_LEVEL,
    embedOrigins: values.EMBED_ORIGINS,
    deskGraceSeconds: values.DESK_GRACE_SECONDS,
  }
}

function localMasterKey(dataDir: string, remoteDatabase: boolean): Buffer {
  if (remoteDatabase) throw new SettingsError('MASTER_KEY is missing: DATABASE_URL needs it (openssl rand -base64 32)')
  const file = join(dataDir, 'secrets.json')
  if (!existsSync(file)) {
    if (existsSync(join(dataDir, 'postgres')))
      throw new SettingsError('DATA_DIR has a database but no secrets.json: without its key nothing in it can be read')
    mkdirSync(dataDir, { recursive: true })
    const body = JSON.stringify({ masterKey: randomBytes(32).toString('base64') }, null, 2)
    writeFileSync(file, `${body}\n`, { mode: 0o600, flag: 'wx', flush: true })
  } else if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    chmodSync(file, 0o600)
  }
  const kept = z.object({ masterKey }).safeParse(safeJson(readFileSync(file, 'utf8')))
  if (!kept.success) throw new SettingsError('DATA_DIR/secrets.json is damaged: restore it from a backup')
  return kept.data.masterKey
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
