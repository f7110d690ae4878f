import type { IncomingMessage } from 'node:http'
import busboy from 'busboy'
import { FILE_BYTES, FILES_PER_MESSAGE, receiveFile, type ReceivedFile } from '../../../services/files/index.ts'
import { invalid, tooLarge, tooMany } from '../../../services/platform/errors.ts'

/** What an upload carried. `activity` undefined: only files came. */
export interface Upload {
  activity: unknown
  files: ReceivedFile[]
}

const ACTIVITY_TYPE = 'application/vnd.microsoft.activity'
const ACTIVITY_BYTES = 64 * 1024
/** A whole upload: its files, its activity, and the boundaries between them. */
export const UPLOAD_BYTES = FILES_PER_MESSAGE * FILE_BYTES + 2 * ACTIVITY_BYTES
/** What all uploads of this node may hold in memory together. */
const NODE_BYTES = 4 * UPLOAD_BYTES

/** Counts bytes as they come; throws when there are too many, in this upload or on this node. */
type Meter = (bytes: number) => void

/**
 * Reads uploads, bounded while they come: files, each file, the whole, and what all uploads of this node
 * hold together. Takes the official client's multipart in any order, and one raw body with its name in a header.
 */
export function uploadReader(): (request: IncomingMessage) => Promise<Upload> {
  let onNode = 0
  return async (request) => {
    if (Number(request.headers['content-length'] ?? 0) > UPLOAD_BYTES) throw tooLarge(UPLOAD_BYTES)
    let received = 0
    const meter: Meter = (bytes) => {
      received += bytes
      onNode += bytes
      if (received > UPLOAD_BYTES) throw tooLarge(UPLOAD_BYTES)
      if (onNode > NODE_BYTES) throw tooMany(5)
    }
    try {
      const isForm = /^multipart\/form-data/i.test(String(request.headers['content-type'] ?? ''))
      return await (isForm ? readMultipart(request, meter) : readRaw(request, meter))
    } catch (error) {
      // What still comes is let go by, so that the client reads the answer instead of a cut connection.
      request.unpipe()
      request.removeAllListeners('data').resume()
      throw error
    } finally {
      onNode -= received
    }
  }
}

/** Calls `take` with each chunk; rejects as soon as the meter or `take` throws, or the client goes. */
function eachChunk(request: IncomingMessage, meter: Meter, take: (chunk: Buffer) => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  request.on('data', (chunk: Buffer) => {
    try {
      meter(chunk.length)
      take(chunk)
    } catch (error) {
      reject(error)
    }
  })
  request.on('end', resolve)
  for (const end of ['aborted', 'error']) request.on(end, () => reject(invalid('body')))
  return promise
}

interface Part {
  name: string
  isActivity: boolean
  bytes: Buffer
}

async function readMultipart(request: IncomingMessage, meter: Meter): Promise<Upload> {
  const parts = await readParts(request, meter)
  const activityPart = parts.find((part) => part.isActivity)
  const files = parts.filter((part) => !part.isActivity).map(({ name, bytes }) => receiveFile(name, bytes))
  return { activity: activityPart === undefined ? undefined : parseActivity(activityPart.bytes), files }
}

function readParts(request: IncomingMessage, meter: Meter): Promise<Part[]> {
  const { promise, resolve, reject } = Promise.withResolvers<Part[]>()
  const form = openForm(request)
  const parts: Part[] = []
  form.on('file', (field, stream, { filename, mimeType }) => {
    const isActivity = mimeType === ACTIVITY_TYPE
    const limit = isActivity ? ACTIVITY_BYTES : FILE_BYTES
    const chunks: Buffer[] = []
    let length = 0
    stream.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > limit) reject(tooLarge(limit))
      else chunks.push(chunk)
    })
    stream.on('error', () => reject(invalid('body')))
    stream.on('end', () => parts.push({ name: filename ?? field, isActivity, bytes: Buffer.concat(chunks) }))
  })
  form.on('field', (name, value, { mimeType }) => {
    if (mimeType === ACTIVITY_TYPE || name === 'activity')
      parts.push({ name, isActivity: true, bytes: Buffer.from(value) })
  })
  form.on('filesLimit', () => reject(invalid('files')))
  form.on('partsLimit', () => reject(invalid('parts')))
  form.on('error', () => reject(invalid('body')))
  form.on('close', () => {
    if (parts.filter((part) => !part.isActivity).length > FILES_PER_MESSAGE) reject(invalid('files'))
    else resolve(parts)
  })
  eachChunk(request, meter, () => {}).catch(reject)
  request.pipe(form)
  return promise
}

/** Throws `invalid` for a content type without a boundary. */
function openForm(request: IncomingMessage): busboy.Busboy {
  try {
    return busboy({
      headers: request.headers,
      defParamCharset: 'utf8',
      // One byte and one file more than may be, so that too many are told from just enough.
      limits: {
        fileSize: FILE_BYTES + 1,
        files: FILES_PER_MESSAGE + 1,
        fields: 10,
        fieldSize: ACTIVITY_BYTES,
        parts: FILES_PER_MESSAGE + 12,
      },
    })
  } catch {
    throw invalid('content-type')
  }
}

function parseActivity(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw invalid('activity')
  }
}

/** One file as the body itself. */
async function readRaw(request: IncomingMessage, meter: Meter): Promise<Upload> {
  const chunks: Buffer[] = []
  let length = 0
  await eachChunk(request, meter, (chunk) => {
    length += chunk.length
    if (length > FILE_BYTES) throw tooLarge(FILE_BYTES)
    chunks.push(chunk)
  })
  if (length === 0) throw invalid('body')
  const name = fileNameIn(String(request.headers['content-disposition'] ?? ''))
  return { activity: undefined, files: [receiveFile(name, Buffer.concat(chunks))] }
}

/** The file name of a `Content-Disposition` header; `filename*` wins (RFC 6266). Node reads headers as Latin-1. */
function fileNameIn(header: string): string {
  const extended = /filename\*\s*=\s*utf-8''([^;\s]{1,1000})/i.exec(header)?.[1]
  if (extended !== undefined) {
    try {
      return decodeURIComponent(extended)
    } catch {
      return ''
    }
  }
  const plain = /filename\s*=\s*(?:"((?:[^"\\]|\\.){0,1000})"|([^;\s]{1,1000}))/i.exec(header)
  const raw = plain?.[1]?.replace(/\\(.)/g, '$1') ?? plain?.[2] ?? ''
  const bytes = Buffer.from(raw, 'latin1')
  const text = bytes.toString('utf8')
  return text.includes('\ufffd') ? raw : text
}
