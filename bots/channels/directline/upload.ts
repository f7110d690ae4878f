import type { IncomingMessage } from 'node:http'
import busboy from 'busboy'
import { FILE_BYTES, FILES_PER_MESSAGE, receiveFile, type ReceivedFile } from '../../../services/files/index.ts'
import { invalid, ParcoursError, tooLarge, tooMany } from '../../../services/platform/errors.ts'

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

/**
 * Reads uploads, bounded while they come: files, each file, the whole, and all of this node together.
 * Takes the official client's multipart in any order, and one raw body with its name in a header.
 */
export function uploadReader(): (request: IncomingMessage) => Promise<Upload> {
  let underWay = 0
  return async (request) => {
    const declared = Number(request.headers['content-length'] ?? UPLOAD_BYTES)
    if (declared > UPLOAD_BYTES) throw tooLarge(UPLOAD_BYTES)
    if (underWay + declared > NODE_BYTES) throw tooMany(5)
    underWay += declared
    try {
      const type = String(request.headers['content-type'] ?? '')
      return /^multipart\/form-data/i.test(type) ? await readMultipart(request) : await readRaw(request)
    } finally {
      underWay -= declared
    }
  }
}

interface Part {
  name: string
  isActivity: boolean
  bytes: Buffer
}

async function readMultipart(request: IncomingMessage): Promise<Upload> {
  const parts = await readParts(request)
  const activityPart = parts.find((part) => part.isActivity)
  const files = parts.filter((part) => !part.isActivity).map(({ name, bytes }) => receiveFile(name, bytes))
  return { activity: activityPart === undefined ? undefined : parseActivity(activityPart.bytes), files }
}

function readParts(request: IncomingMessage): Promise<Part[]> {
  const { promise, resolve, reject } = Promise.withResolvers<Part[]>()
  const fail = (error: ParcoursError): void => {
    reject(error)
    // What still comes is let go by, so that the client reads the answer instead of a cut connection.
    request.unpipe()
    request.resume()
  }
  let form: busboy.Busboy
  try {
    form = busboy({
      headers: request.headers,
      defParamCharset: 'utf8',
      limits: { fileSize: FILE_BYTES + 1, files: FILES_PER_MESSAGE + 1, fields: 10, fieldSize: ACTIVITY_BYTES, parts: FILES_PER_MESSAGE + 12 },
    })
  } catch {
    return Promise.reject(invalid('content-type'))
  }
  const parts: Part[] = []
  let received = 0
  request.on('data', (chunk: Buffer) => {
    received += chunk.length
    if (received > UPLOAD_BYTES) fail(tooLarge(UPLOAD_BYTES))
  })
  form.on('file', (field, stream, { filename, mimeType }) => {
    const isActivity = mimeType === ACTIVITY_TYPE
    const chunks: Buffer[] = []
    let length = 0
    stream.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (isActivity && length > ACTIVITY_BYTES) fail(tooLarge(ACTIVITY_BYTES))
      else chunks.push(chunk)
    })
    // busboy says so when the limit is reached, not only when it is passed: hence the byte more.
    stream.on('limit', () => fail(tooLarge(FILE_BYTES)))
    stream.on('error', () => fail(invalid('body')))
    stream.on('end', () => parts.push({ name: filename ?? field, isActivity, bytes: Buffer.concat(chunks) }))
  })
  form.on('field', (name, value, { mimeType }) => {
    if (mimeType === ACTIVITY_TYPE || name === 'activity') parts.push({ name, isActivity: true, bytes: Buffer.from(value) })
  })
  form.on('filesLimit', () => fail(invalid('files')))
  form.on('partsLimit', () => fail(invalid('parts')))
  form.on('error', () => fail(invalid('body')))
  form.on('close', () => {
    if (parts.filter((part) => !part.isActivity).length > FILES_PER_MESSAGE) fail(invalid('files'))
    else resolve(parts)
  })
  request.on('aborted', () => fail(invalid('body')))
  request.pipe(form)
  return promise
}

function parseActivity(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw invalid('activity')
  }
}

/** One file as the body itself. */
async function readRaw(request: IncomingMessage): Promise<Upload> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length <= FILE_BYTES) chunks.push(chunk)
    else if (length > UPLOAD_BYTES) break
  }
  if (length > FILE_BYTES) throw tooLarge(FILE_BYTES)
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
