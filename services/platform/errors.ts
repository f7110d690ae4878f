/**
 * The one family of errors that a person may hear of. `code` is for programs, `status` for HTTP,
 * and the words are `errors:<code>` in `locales/`. Nothing personal goes in `message` or `params`.
 */
export class ParcoursError extends Error {
  readonly code: string
  readonly status: number
  readonly params: Readonly<Record<string, string | number>>

  constructor(
    code: string,
    status: number,
    params: Readonly<Record<string, string | number>> = {},
    options?: { cause?: unknown },
  ) {
    super(code, options)
    this.name = 'ParcoursError'
    this.code = code
    this.status = status
    this.params = params
  }

  /** The key of the sentence that tells a person what happened. */
  get localeKey(): string {
    return `errors:${this.code}`
  }
}

/** The same answer for what does not exist and for what belongs to somebody else. */
export const notFound = (): ParcoursError => new ParcoursError('notFound', 404)
/** Known, but not allowed. */
export const forbidden = (code = 'forbidden'): ParcoursError => new ParcoursError(code, 403)
/** Nobody we know. */
export const unauthenticated = (): ParcoursError => new ParcoursError('unauthenticated', 401)
/** What was sent cannot be read; `field` names the place, never the value. */
export const invalid = (field: string): ParcoursError => new ParcoursError('invalid', 400, { field })
/** Somebody else was first, or the state does not allow it. */
export const conflict = (code: string): ParcoursError => new ParcoursError(code, 409)
/** Larger than what is taken. */
export const tooLarge = (bytes: number): ParcoursError => new ParcoursError('tooLarge', 413, { bytes })
/** Too many for now; `seconds` is when to come back. */
export const tooMany = (seconds: number): ParcoursError => new ParcoursError('tooMany', 429, { seconds })
/** The database is away and has not come back in the time that a caller waits. */
export const unavailable = (cause?: unknown): ParcoursError =>
  new ParcoursError('unavailable', 503, { seconds: 5 }, { cause })
