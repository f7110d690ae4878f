import { JSONFile } from 'lowdb/node'
import type { Adapter } from 'lowdb'
import type { z } from 'zod'
import { fileURLToPath } from 'node:url'

/** A content file that cannot be used. The message names the file and each wrong place in it. */
export class ContentError extends Error {
  readonly code = 'content'
  readonly file: string

  constructor(file: string, problems: readonly string[], options?: ErrorOptions) {
    super(`content/${file}: ${problems.join('; ')}`, options)
    this.name = 'ContentError'
    this.file = file
  }
}

/**
 * One shipped content file as a lowdb adapter: `read` gives the checked content, `write` refuses.
 * Edits will be revisions in PostgreSQL: an adapter with these same two methods will read this one,
 * lay the last published revision over it before the check, and write a revision.
 */
export class ContentFile<Schema extends z.ZodType> implements Adapter<z.output<Schema>> {
  readonly #name: string
  readonly #schema: Schema
  readonly #file: JSONFile<unknown>

  /** `folder` ends with a slash; `name` is the file's name in it. */
  constructor(folder: URL, name: string, schema: Schema) {
    this.#name = name
    this.#schema = schema
    this.#file = new JSONFile<unknown>(fileURLToPath(new URL(name, folder)))
  }

  /** The content. Throws `ContentError` when the file is missing, is not JSON or breaks its schema. */
  async read(): Promise<z.output<Schema>> {
    const written = await this.#file.read().catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new ContentError(this.#name, [reason], { cause })
    })
    if (written === null) throw new ContentError(this.#name, ['the file is missing or empty'])
    const checked = this.#schema.safeParse(written)
    if (checked.success) return checked.data
    const problems = checked.error.issues.map(
      ({ path, message }) => `${path.map(String).join('.') || 'the file'}: ${message}`,
    )
    throw new ContentError(this.#name, problems)
  }

  /** Always refused: what is shipped is changed by a release, never by the running program. */
  write(): Promise<void> {
    return Promise.reject(new ContentError(this.#name, ['shipped content is read-only']))
  }
}
