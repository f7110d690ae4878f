import { pino } from 'pino'

/**
 * The log is an allow-list: an event's name and the few fields below. Whatever else is passed does
 * not compile, so a message, a name or a token cannot slip in by spreading an object.
 */
export interface LogFields {
  conversation?: string
  agent?: string
  route?: string
  method?: string
  status?: number
  code?: string
  ms?: number
  count?: number
  attempt?: number
  channel?: string
  pid?: number
  port?: number
  kind?: string
  error?: unknown
}

export interface Log {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/**
 * What may be told of an error: its class, code and stack lines of our own files. PostgreSQL puts
 * values of rows in `message` and `detail` ("Key (a)=(…)"), so neither is ever written.
 */
export function describeError(error: unknown): { type: string; code?: string; at?: string } {
  if (!(error instanceof Error)) return { type: typeof error }
  const code = (error as { code?: unknown }).code
  const at = (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line) && !line.includes('node_modules') && !line.includes('node:'))
    .slice(0, 4)
    .map((line) => line.trim().replace(/\(?file:\/\/.*?\/((?:api|bots|dialogs|services|commands)\/|index\.ts)/, '($1'))
    .join(' < ')
  return {
    type: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    ...(at === '' ? {} : { at }),
  }
}

/** Opens the log: JSON lines on standard error, so that standard output stays for the person at the console. */
export function openLog(level: LogLevel): Log {
  const sink = pino({ level, base: { pid: process.pid } }, pino.destination({ dest: 2, sync: true }))
  const write =
    (at: 'debug' | 'info' | 'warn' | 'error') =>
    (event: string, fields: LogFields = {}): void => {
      const { error, ...rest } = fields
      sink[at]({ ...rest, ...(error === undefined ? {} : { error: describeError(error) }) }, event)
    }
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}
