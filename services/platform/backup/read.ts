import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { PassThrough } from 'node:stream'
import { createZstdDecompress } from 'node:zlib'
import { z } from 'zod'
import {
  BackupRefused,
  digestOf,
  FORMAT,
  headerLength,
  recordsOf,
  TRAILER_LENGTH,
  type BackupRecord,
  type Header,
} from './format.ts'

/** A backup whose file is whole and unaltered. */
export interface OpenBackup {
  readonly header: Header
  /** What it holds, from the beginning, each time it is called. */
  records(): AsyncGenerator<BackupRecord>
}

const headerShape = z.object({
  format: z.number(),
  createdAt: z.string(),
  migrations: z.array(z.object({ name: z.string(), sha256: z.string() })),
  witness: z.object({ id: z.string(), wrapped: z.string() }).nullable(),
})

/**
 * Reads a backup's header after proving that all of the file is there and none of it was altered. Nothing of it is
 * used before. Throws `BackupRefused`.
 */
export async function openBackup(file: string): Promise<OpenBackup> {
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    const length = headerLength(await read(handle, 0, 8))
    if (length === undefined) throw new BackupRefused('notBackup')
    const end = size - TRAILER_LENGTH
    const digest = digestOf(await read(handle, Math.max(0, end), TRAILER_LENGTH))
    if (digest === undefined || end < 8 + length) throw new BackupRefused('truncated')
    if (!digest.equals(await digestOfFile(file, end))) throw new BackupRefused('damaged')
    const header = parsed(await read(handle, 8, length))
    return { header, records: () => recordsOf(decompressed(file, 8 + length, end)) }
  } finally {
    await handle.close()
  }
}

function parsed(bytes: Buffer): Header {
  const json = JSON.parse(bytes.toString()) as { format?: unknown }
  // Before its shape: a later format may have another one.
  if (typeof json.format === 'number' && json.format > FORMAT) throw new BackupRefused('newer', `format ${json.format}`)
  return headerShape.parse(json)
}

async function read(handle: FileHandle, from: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, from)
  return buffer.subarray(0, bytesRead)
}

async function digestOfFile(file: string, end: number): Promise<Buffer> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file, { end: end - 1, highWaterMark: 1024 * 1024 }))
    hash.update(chunk as Buffer)
  return hash.digest()
}

async function* decompressed(file: string, start: number, end: number): AsyncGenerator<Buffer> {
  const out = new PassThrough()
  const work = pipeline(createReadStream(file, { start, end: end - 1 }), createZstdDecompress(), out)
  work.catch(() => undefined) // told below, or nobody reads any more
  for await (const chunk of out) yield chunk as Buffer
  await work
}
