import { notFound } from '../platform/errors.ts'
import type { Tokens } from '../platform/tokens.ts'

/**
 * A link opens a file for one to two hours: whoever reads the message gets a fresh one with it. Within
 * an hour the link stays the same, so that a page that reads its log again does not load every picture again.
 */
const SPAN_SECONDS = 3600

/**
 * The path under which a file opens without a header (`<img>` and `<a>` send none), for whoever was
 * shown its message: `/files/<id>?t=<signed>`.
 */
export function fileLink(tokens: Tokens, id: string): string {
  return `/files/${id}?t=${tokens.issueShared('file', { file: id }, SPAN_SECONDS)}`
}

/** Proves a link. Throws `forbidden` when it is forged or old, `notFound` when it was made for another file. */
export function proveFileLink(tokens: Tokens, id: string, token: string): void {
  if (tokens.read('file', token)['file'] !== id) throw notFound()
}
