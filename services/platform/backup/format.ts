import type { Hash } from 'node:crypto'

/**
 * A backup file, which is also a whole `.zst` file:
 *
 *     skippable frame   the header, JSON in clear: what one must know before anything is loaded
 *     zstd frame        records: a table begins, its rows as COPY gives them, the table ends; last, the sequences
 *     skippable frame   the SHA-256 of everything before it
 *
 * The last frame has one length, so that its absence tells a file that was cut short from one that was altered.
 */
export const FORMAT = 1

/** One migration of the database that was backed up. The digest is of its text, which never changes once released. */
export interface MigrationMark {
  readonly name: string
  readonly sha256: string
}

export interface Header {
  readonly format: number
  /** When the snapshot was taken, ISO 8601: what was acknowledged before is in it. */
  readonly createdAt: string
  readonly migrations: readonly MigrationMark[]
  /**
   * One wrapped data key of the database, base64: whoever can open it has the master key of all. Null when the
   * database holds no key, and so nothing that is sealed.
   */
  readonly witness: { readonly id: string; readonly wrapped: string } | null
}

/** Begins a table. */
export interface TableStart {
  readonly table: string
  /** Names and types, in the order of the rows' values. */
  readonly columns: readonly { readonly name: string; readonly type: string }[]
}

/** Ends a table. */
export interface TableEnd {
  readonly rows: number
  /** Of the bytes of its rows in this file. */
  readonly sha256: string
  /** Of the rows as PostgreSQL reads them, whatever their order: see `fingerprintOf`. */
  readonly fingerprint: string
}

/** Where a sequence was, so that no number is given twice. */
export interface SequenceMark {
  readonly name: string
  readonly lastValue: string
  readonly isCalled: boolean
}

/**
 * Why a backup is not made, or not restored. The words for each are in `console:backup.refused`.
 *
 * `exists`: a file of that name is there. `noDatabase`: nothing to back up. `notBackup`: another kind of file.
 * `truncated`, `damaged`: cut short, altered. `newer`: made by a later version. `otherTables`: the migrations of this
 * version make other tables than the backup has. `noKey`, `wrongKey`: the master key is missing, or another's.
 * `notEmpty`: the database holds something already. `notTheSame`: what was loaded does not read as what was saved.
 */
export type BackupRefusal =
  | 'exists'
  | 'noDatabase'
  | 'notBackup'
  | 'truncated'
  | 'damaged'
  | 'newer'
  | 'otherTables'
  | 'noKey'
  | 'wrongKey'
  | 'notEmpty'
  | 'notTheSame'

/** A backup was refused. `detail` names a table or a migration, never a value. */
export class BackupRefused extends Error {
  readonly code: BackupRefusal
  readonly detail: string

  constructor(code: BackupRefusal, detail = '') {
    super(`backup refused: ${code}`)
    this.name = 'BackupRefused'
    this.code = code
    this.detail = detail
  }
}

const SKIPPABLE_HEADER = 0x184d2a50
const SKIPPABLE_TRAILER = 0x184d2a5e
/** The largest header that is read: hundreds of migrations fit. */
const LARGEST_HEADER = 1024 * 1024
const DIGEST_LENGTH = 32

/** The bytes of the last frame. */
export const TRAILER_LENGTH = 8 + DIGEST_LENGTH

export const headerFrame = (header: Header): Buffer => skippable(SKIPPABLE_HEADER, Buffer.from(JSON.stringify(header)))

export const trailerFrame = (whole: Hash): Buffer => skippable(SKIPPABLE_TRAILER, whole.digest())

/** The header's length from the first 8 bytes of a file, or undefined when no backup begins so. */
export function headerLength(start: Buffer): number | undefined {
  if (start.length < 8 || start.readUInt32LE(0) !== SKIPPABLE_HEADER) return undefined
  const length = start.readUInt32LE(4)
  return length <= LARGEST_HEADER ? length : undefined
}

/** The digest that the last frame holds, or undefined when these bytes are no last frame. */
export function digestOf(trailer: Buffer): Buffer | undefined {
  if (trailer.length !== TRAILER_LENGTH) return undefined
  if (trailer.readUInt32LE(0) !== SKIPPABLE_TRAILER || trailer.readUInt32LE(4) !== DIGEST_LENGTH) return undefined
  return trailer.subarray(8)
}

function skippable(magic: number, content: Buffer): Buffer {
  const frame = Buffer.alloc(8)
  frame.writeUInt32LE(magic, 0)
  frame.writeUInt32LE(content.length, 4)
  return Buffer.concat([frame, content])
}

/** What a record of the compressed part is. */
export const RECORD = { tableStart: 1, rows: 2, tableEnd: 3, sequences: 4 } as const

/** A record that was read. */
export interface BackupRecord {
  readonly kind: number
  readonly content: Buffer
}

/** A record's bytes: its kind, its length, its content. */
export function record(kind: number, content: Buffer | object): Buffer {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content))
  const start = Buffer.alloc(5)
  start.writeUInt8(kind, 0)
  start.writeUInt32LE(bytes.length, 1)
  return Buffer.concat([start, bytes])
}

/** The records of a stream of bytes. Throws `damaged` when the last one is not whole. */
export async function* recordsOf(source: AsyncIterable<Buffer>): AsyncGenerator<BackupRecord> {
  let parts: Buffer[] = []
  let held = 0
  let wanted = 5
  for await (const chunk of source) {
    parts.push(chunk)
    held += chunk.length
    if (held < wanted) continue
    let bytes = parts.length === 1 ? chunk : Buffer.concat(parts)
    for (;;) {
      wanted = bytes.length < 5 ? 5 : 5 + bytes.readUInt32LE(1)
      if (bytes.length < wanted) break
      yield { kind: bytes.readUInt8(0), content: bytes.subarray(5, wanted) }
      bytes = bytes.subarray(wanted)
    }
    parts = [bytes]
    held = bytes.length
  }
  if (held > 0) throw new BackupRefused('damaged')
}
