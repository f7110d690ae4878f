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

/** SQLSTATE, Node's codes, ours: what else stands in `code` may be anybody's words. */
const CODE = /^(?:[0-9A-Z]{5}|[A-Z][A-Z0-9_]{2,40}|[a-z][A-Za-z]{1,30})$/
/** A place in our own files, at the end of a line of a stack. */
const PLACE = /\/((?:(?:api|bots|dialogs|services|commands)\/[\w./-]+|index)\.ts:\d+:\d+)\)?$/

/**
 * What may be told of an error: its class, its code, and where in our own files it came by. PostgreSQL puts
 * values of rows in `message` and `detail` ("Key (a)=(…)"), parsers quote what they could not read: neither is
 * ever written, nor a line of a message that looks like one of the stack.
 */
export function describeError(error: unknown): { type: string; code?: string; at?: string } {
  if (!(error instanceof Error)) return { type: typeof error }
  const { code } = error as { code?: unknown }
  const at = frames(error)
    .map((line) => PLACE.exec(line)?.[1])
    .filter((place) => place !== undefined)
    .slice(0, 4)
    .join(' < ')
  return {
    // Of the class: `name` is a property like others.
    type: error.constructor.name,
    ...(typeof code === 'string' && CODE.test(code) ? { code } : {}),
    ...(at === '' ? {} : { at }),
  }
}

/** The lines of a stack below the message; none when the stack does not begin with the message as it is now. */
function frames({ stack = '', message }: Error): string[] {
  const start = stack.indexOf(message)
  if (start === -1 || stack.slice(0, start).includes('\n')) return []
  return stack
    .slice(start + message.length)
    .split('\n')
    .slice(1)
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
