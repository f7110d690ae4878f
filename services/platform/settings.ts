import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
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
  /** Undefined: there is no Messenger. */
  readonly messenger: MessengerValues | undefined
  /** Undefined: there are no SMS and no WhatsApp. */
  readonly twilio: TwilioValues | undefined
}

/** An account of Twilio, and who sends from it. */
export interface TwilioValues {
  readonly accountSid: string
  /** The first signs and calls; a second is accepted while one is replaced. */
  readonly authTokens: readonly string[]
  /** Our number, E.164, or our messaging service. */
  readonly smsFrom: string | undefined
  readonly messagingServiceSid: string | undefined
  /** Our WhatsApp number, E.164. */
  readonly whatsappFrom: string | undefined
  /** Without a trailing slash. */
  readonly apiUrl: string
  /** How numbers begin that may be written to. */
  readonly prefixes: readonly string[]
}

/** The Page and the app of Messenger, as Meta names them. */
export interface MessengerValues {
  readonly appId: string
  readonly appSecret: string
  readonly pageId: string
  readonly pageToken: string
  /** What Meta says when it asks whether the webhook is ours. */
  readonly verifyToken: string
  /** Without a trailing slash. */
  readonly graphUrl: string
  /** `v26.0` */
  readonly graphVersion: string
  /** Meta has reviewed the app for it: agents may write up to seven days after the person. */
  readonly humanAgent: boolean
}

const DEFAULT_PORT = 3978
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]', '::1'])

/** Digits and nothing else: `Number` would read blanks as 0, which as a port means any. */
const whole = (expected: string) =>
  z
    .string(expected)
    .regex(/^\d{1,9}$/, expected)
    .transform(Number)

const port = (name: string, otherwise: number) =>
  whole(`${name} is a port number`)
    .pipe(z.number().max(65535, `${name} is 0 to 65535`))
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
  // Node skips what is not base64, and would take a sentence for a key.
  const isBase64 = bytes.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '')
  if (isBase64 && bytes.length === 32 && new Set(bytes).size >= 16) return bytes
  context.addIssue('MASTER_KEY is 32 random bytes in base64 (openssl rand -base64 32)')
  return z.NEVER
})

const url = (name: string, protocols: readonly string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: `${name} is a URL that starts with ${protocols.join(' or ')}//`,
    abort: true,
  })

/** Words of a secret that somebody meant to replace. */
const PLACEHOLDER = /change.?me|password|example|placeholder|replace|insert/i

/** Whether a secret looks drawn: of many characters, no placeholder, no short piece said again and again. */
function looksRandom(text: string): boolean {
  const repeats = [...Array(17).keys()].slice(1).some((n) => text.slice(0, n).repeat(text.length).startsWith(text))
  return new Set(text).size >= 8 && !PLACEHOLDER.test(text) && !repeats
}

/** An identifier of Meta's: digits. */
const identifier = (name: string) => z.string().regex(/^\d{1,30}$/, `${name} is a number`)

/** A telephone number or a short code. */
const number = (name: string) =>
  z.string().regex(/^(?:\+\d{8,15}|\d{4,6})$/, `${name} is a number such as +15145550199`)

const secret = (name: string, least: number) =>
  z.string().min(least, `${name} has at least ${least} characters`).refine(looksRandom, `${name} is random`)

const schema = z.object({
  PORT: port('PORT', DEFAULT_PORT),
  HOST: z
    .string()
    .refine((text) => isIP(text) !== 0 || text === 'localhost', 'HOST is an address of this machine')
    .optional(),
  PUBLIC_URL: url('PUBLIC_URL', ['http:', 'https:'])
    .refine((text) => {
      const { username, password, search, hash } = new URL(text)
      return username + password + search + hash === ''
    }, 'PUBLIC_URL has neither a name and password nor ? nor #')
    .optional(),
  DATA_DIR: z
    .string()
    .refine((text) => text.trim() !== '', 'DATA_DIR is a folder')
    .default('./data'),
  DATABASE_URL: url('DATABASE_URL', ['postgres:', 'postgresql:']).optional(),
  MASTER_KEY: masterKey.optional(),
  DIRECT_LINE_SECRET: z
    .string()
    .min(32, 'DIRECT_LINE_SECRET has at least 32 characters')
    .refine(looksRandom, 'DIRECT_LINE_SECRET is random')
    .optional(),
  RATE_LIMIT: z.enum(['on', 'off'], 'RATE_LIMIT is on or off').default('on'),
  TRUSTED_PROXIES: list.refine(
    // A network of everybody would let each caller say where they call from.
    (items) => items.every((item) => (ipaddr.isValid(item) || ipaddr.isValidCIDR(item)) && !item.endsWith('/0')),
    'TRUSTED_PROXIES is a list of addresses or networks such as 10.0.0.0/8',
  ),
  METRICS_PORT: port('METRICS_PORT', 9464),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], 'LOG_LEVEL is debug, info, warn, error or silent')
    .default('info'),
  EMBED_ORIGINS: list.refine(
    (items) => items.every((item) => /^https?:/.test(item) && URL.canParse(item) && new URL(item).origin === item),
    'EMBED_ORIGINS is a list of origins such as https://example.org',
  ),
  DESK_GRACE_SECONDS: whole('DESK_GRACE_SECONDS is a number of seconds')
    .pipe(z.number().min(1, 'DESK_GRACE_SECONDS is at least 1').max(3600, 'DESK_GRACE_SECONDS is at most 3600'))
    .default(120),
  MESSENGER_APP_ID: identifier('MESSENGER_APP_ID').optional(),
  MESSENGER_APP_SECRET: secret('MESSENGER_APP_SECRET', 16).optional(),
  MESSENGER_PAGE_ID: identifier('MESSENGER_PAGE_ID').optional(),
  MESSENGER_PAGE_TOKEN: secret('MESSENGER_PAGE_TOKEN', 16).optional(),
  MESSENGER_VERIFY_TOKEN: secret('MESSENGER_VERIFY_TOKEN', 16).optional(),
  MESSENGER_GRAPH_URL: url('MESSENGER_GRAPH_URL', ['https:', 'http:']).default('https://graph.facebook.com'),
  MESSENGER_GRAPH_VERSION: z
    .string()
    .regex(/^v\d{2}\.0$/, 'MESSENGER_GRAPH_VERSION is a version such as v26.0')
    .default('v26.0'),
  TWILIO_ACCOUNT_SID: z
    .string()
    .regex(/^AC[0-9a-f]{32}$/, 'TWILIO_ACCOUNT_SID is AC and 32 hexadecimal digits')
    .optional(),
  TWILIO_AUTH_TOKEN: list.refine(
    (tokens) => tokens.length <= 2 && tokens.every((token) => token.length >= 16),
    'TWILIO_AUTH_TOKEN is one token, or two with a comma between while one is replaced',
  ),
  TWILIO_SMS_FROM: number('TWILIO_SMS_FROM').optional(),
  TWILIO_MESSAGING_SERVICE_SID: z
    .string()
    .regex(/^MG[0-9a-f]{32}$/, 'TWILIO_MESSAGING_SERVICE_SID is MG and 32 hexadecimal digits')
    .optional(),
  TWILIO_WHATSAPP_FROM: number('TWILIO_WHATSAPP_FROM').optional(),
  TWILIO_API_URL: url('TWILIO_API_URL', ['https:', 'http:']).default('https://api.twilio.com'),
  SMS_PREFIXES: z
    .string()
    .default('+1')
    .transform((text) => text.split(',').map((item) => item.trim()))
    .refine((items) => items.every((item) => /^\+\d{1,7}$/.test(item)), 'SMS_PREFIXES is a list such as +1,+33'),
  MESSENGER_HUMAN_AGENT: z.enum(['on', 'off'], 'MESSENGER_HUMAN_AGENT is on or off').default('off'),
})

/** Every setting, by its name in the environment. */
export const SETTING_NAMES: readonly string[] = Object.keys(schema.shape)

/**
 * Reads the settings from environment variables. Throws `SettingsError` with one line for the first
 * that is wrong. With a local database the secrets that are missing are made once and kept in
 * `DATA_DIR/secrets.json`, readable by the owner only; with `DATABASE_URL` they must be given,
 * because a second node that made its own could read nothing.
 */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  for (const name of ['MASTER_KEY', 'DIRECT_LINE_SECRET', 'DATABASE_URL', 'PUBLIC_URL'])
    if (environment[name]?.trim() === '') throw new SettingsError(`${name} is set but empty`)
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
  const host = values.HOST ?? (local ? '127.0.0.1' : '0.0.0.0')
  if (values.RATE_LIMIT === 'off' && !isLoopback(host))
    throw new SettingsError('RATE_LIMIT is off only where HOST is this machine alone')
  const dataDir = resolve(values.DATA_DIR)
  return {
    port: values.PORT,
    host,
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
    messenger: messengerOf(values),
    twilio: twilioOf(values),
  }
}

/** Half of what belongs together was given, and would look as if it worked. Names the first given, then what is missing. */
function incomplete(needed: Readonly<Record<string, unknown>>): SettingsError {
  const given = Object.keys(needed).find((name) => needed[name] !== undefined) ?? ''
  const missing = Object.keys(needed).filter((name) => needed[name] === undefined)
  return new SettingsError(`${given} needs ${missing.join(' and ')} too`)
}

const SENDERS = ['TWILIO_SMS_FROM', 'TWILIO_MESSAGING_SERVICE_SID', 'TWILIO_WHATSAPP_FROM'] as const

/** All that Twilio needs, or none of it. */
function twilioOf(values: z.output<typeof schema>): TwilioValues | undefined {
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authTokens } = values
  const senderName = SENDERS.find((name) => values[name] !== undefined)
  const token = authTokens.length === 0 ? undefined : authTokens
  if (accountSid === undefined && token === undefined && senderName === undefined) return undefined
  if (accountSid === undefined || token === undefined || senderName === undefined)
    throw incomplete({
      TWILIO_ACCOUNT_SID: accountSid,
      TWILIO_AUTH_TOKEN: token,
      [senderName ?? `one of ${SENDERS.join(', ')}`]: senderName,
    })
  const api = new URL(values.TWILIO_API_URL)
  if (api.protocol === 'http:' && !LOOPBACK.has(api.hostname))
    throw new SettingsError('TWILIO_API_URL is https:// unless it is this machine')
  return {
    accountSid,
    authTokens,
    smsFrom: values.TWILIO_SMS_FROM,
    messagingServiceSid: values.TWILIO_MESSAGING_SERVICE_SID,
    whatsappFrom: values.TWILIO_WHATSAPP_FROM,
    apiUrl: values.TWILIO_API_URL.replace(/\/+$/, ''),
    prefixes: values.SMS_PREFIXES,
  }
}

/** All that Messenger needs, or none of it: half of it would look as if it worked. */
function messengerOf(values: z.output<typeof schema>): MessengerValues | undefined {
  const {
    MESSENGER_APP_ID: appId,
    MESSENGER_APP_SECRET: appSecret,
    MESSENGER_PAGE_ID: pageId,
    MESSENGER_PAGE_TOKEN: pageToken,
    MESSENGER_VERIFY_TOKEN: verifyToken,
  } = values
  const needed = {
    MESSENGER_APP_ID: appId,
    MESSENGER_APP_SECRET: appSecret,
    MESSENGER_PAGE_ID: pageId,
    MESSENGER_PAGE_TOKEN: pageToken,
    MESSENGER_VERIFY_TOKEN: verifyToken,
  }
  if (Object.values(needed).every((value) => value === undefined)) return undefined
  if (
    appId === undefined ||
    appSecret === undefined ||
    pageId === undefined ||
    pageToken === undefined ||
    verifyToken === undefined
  )
    throw incomplete(needed)
  const graph = new URL(values.MESSENGER_GRAPH_URL)
  if (graph.protocol === 'http:' && !LOOPBACK.has(graph.hostname))
    throw new SettingsError('MESSENGER_GRAPH_URL is https:// unless it is this machine')
  return {
    appId,
    appSecret,
    pageId,
    pageToken,
    verifyToken,
    graphUrl: values.MESSENGER_GRAPH_URL.replace(/\/+$/, ''),
    graphVersion: values.MESSENGER_GRAPH_VERSION,
    humanAgent: values.MESSENGER_HUMAN_AGENT === 'on',
  }
}

const isLoopback = (host: string): boolean => LOOPBACK.has(host) || (isIP(host) === 4 && host.startsWith('127.'))

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
