import type { IncomingMessage } from 'node:http'
import type { z } from 'zod'
import { invalid, ParcoursError, tooLarge } from '../services/platform/errors.ts'

/**
 * Reads a body, at most `maxBytes`; throws `tooLarge` as soon as it is known to be longer, from its
 * declared length or while it comes. The bytes are what was sent: signatures are checked on them.
 */
export async function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes)
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const chunks: Buffer[] = []
  let length = 0
  const keep = (chunk: Buffer): void => {
    length += chunk.length
    if (length <= maxBytes) return void chunks.push(chunk)
    request.off('data', keep).pause()
    reject(tooLarge(maxBytes))
  }
  request.on('data', keep)
  request.on('end', () => resolve(Buffer.concat(chunks)))
  request.on('error', () => reject(invalid('body')))
  request.on('aborted', () => reject(invalid('body')))
  return promise
}

/** A refused body of at most this length is still read, and how long for. */
const DRAIN_BYTES = 256 * 1024
const DRAIN_MS = 300

/**
 * Reads the rest of a refused body and throws it away: a connection that is closed on unread bytes loses the answer
 * that was sent before. Only of a body that says how little is left; another is cut.
 */
export async function drain(request: IncomingMessage): Promise<void> {
  const announced = Number(request.headers['content-length'] ?? 0)
  if (request.complete || request.destroyed || announced === 0 || announced > DRAIN_BYTES) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const late = setTimeout(resolve, DRAIN_MS)
  request.once('end', resolve).once('close', resolve).resume()
  await promise
  clearTimeout(late)
}

const DEPTH = 32
/** One for all: to make one takes longer than to read a message with it. */
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** A JSON body. Refuses another content type, what is not JSON, and nesting that no client sends. */
export async function readJson(request: IncomingMessage, maxBytes: number, optional: boolean): Promise<unknown> {
  const bytes = await readBytes(request, maxBytes)
  if (bytes.length === 0 && optional) return undefined
  const type = String(request.headers['content-type'] ?? '')
    .split(';')[0]
    ?.trim()
    .toLowerCase()
  if (type !== 'application/json') throw new ParcoursError('unsupportedType', 415)
  try {
    const text = utf8.decode(bytes)
    if (nesting(text) > DEPTH) throw invalid('body')
    return JSON.parse(text) as unknown
  } catch {
    throw invalid('body')
  }
}

/** How deep brackets nest, strings left aside; counted before parsing, which would recurse. */
function nesting(text: string): number {
  let depth = 0
  let deepest = 0
  let quoted = false
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i]
    if (quoted) {
      if (c === '\\') i += 1
      else if (c === '"') quoted = false
    } else if (c === '"') quoted = true
    else if (c === '{' || c === '[') deepest = Math.max(deepest, (depth += 1))
    else if (c === '}' || c === ']') depth -= 1
  }
  return deepest
}

/** Checks a value against a schema; the error names the first wrong field, never its value. */
export function check<T>(schema: z.ZodType<T> | undefined, value: unknown, where: string): T {
  if (schema === undefined) return value as T
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const path = parsed.error.issues[0]?.path.map(String).join('.') ?? ''
  throw invalid(path === '' ? where : `${where}.${path}`.slice(0, 80))
}
