import { PostgresStartError } from './postgres/index.ts'
import { SettingsError } from './settings.ts'

/** PostgreSQL's and the system's codes at start, in words for the operator at the console. */
const KNOWN: Record<string, string> = {
  EADDRINUSE: 'the port is taken; set PORT (or METRICS_PORT) to another, or stop what uses it',
  EACCES: 'this user may not use that port or write in DATA_DIR',
  ECONNREFUSED: 'nothing answers at DATABASE_URL',
  ENOTFOUND: 'the host of DATABASE_URL is not known',
  ETIMEDOUT: 'DATABASE_URL does not answer',
  '28P01': 'the database refuses the user or password of DATABASE_URL',
  '28000': 'the database refuses the user of DATABASE_URL',
  '3D000': 'the database that DATABASE_URL names does not exist',
  '42501': 'the user of DATABASE_URL may not create tables or extensions',
  '0A000': 'PostgreSQL 15 or later with pg_trgm, unaccent and btree_gist is needed',
}

/** Why the server could not start, in one line without any value of the settings. */
export function startUpLine(error: unknown): string {
  if (error instanceof SettingsError || error instanceof PostgresStartError) return error.message
  const code = (error as { code?: unknown } | null)?.code
  if (typeof code === 'string') return KNOWN[code] ?? `could not start (${code})`
  return `could not start: ${error instanceof Error ? error.message : 'unknown reason'}`
}
