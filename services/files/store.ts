import type { Temporal } from 'temporal-polyfill'
import type { FileReference, OpenConversation } from '../conversations/index.ts'
import { toDate } from '../platform/clock.ts'
import type { Database, Transaction } from '../platform/database.ts'
import { randomId, type ConversationId } from '../platform/ids.ts'
import type { Keys } from '../platform/keys.ts'
import { contentTypeOf } from './contentType.ts'
import { withoutMetadata } from './metadata.ts'
import { safeFileName } from './name.ts'

/** The most bytes of one file (the official service's limit too). */
export const FILE_BYTES = 4 * 1024 * 1024
/** The most files of one message. */
export const FILES_PER_MESSAGE = 5

/** A file that arrived: its type was told from its content, its name is safe to show, and a picture says no more than it shows. */
export interface ReceivedFile {
  name: string
  contentType: string
  bytes: Buffer
}

/** Makes a `ReceivedFile` of what somebody sent; every channel's files come through here. */
export function receiveFile(name: string, bytes: Buffer): ReceivedFile {
  const contentType = contentTypeOf(bytes)
  return { name: safeFileName(name), contentType, bytes: withoutMetadata(contentType, bytes) }
}

const bytesPlace = (id: string): string => `attachments.bytes:${id}`
const namePlace = (id: string): string => `attachments.name:${id}`

/**
 * Keeps the files of a message in the message's own transaction, sealed under the conversation's key.
 * Returns what the message says of them.
 */
export function storeFiles(
  tx: Transaction,
  conversation: OpenConversation,
  messageId: string,
  files: readonly ReceivedFile[],
  at: Temporal.Instant,
): FileReference[] {
  return files.map(({ name, contentType, bytes }) => {
    const id = randomId()
    tx.later(
      tx.db
        .insertInto('attachments')
        .values({
          id,
          conversation_id: conversation.id,
          message_id: messageId,
          name_sealed: conversation.key.seal(namePlace(id), name),
          content_type: contentType,
          bytes_sealed: conversation.key.sealBytes(bytesPlace(id), bytes),
          size: bytes.length,
          created_at: toDate(at),
        })
        .compile(),
    )
    return { id, name, contentType, size: bytes.length }
  })
}

/**
 * Reads a file, one of conversation `of` when that is given. The caller has proven that the reader may.
 * Undefined: it is not there, or no longer.
 */
export async function readFile(
  database: Database,
  keys: Keys,
  id: string,
  of?: ConversationId,
): Promise<ReceivedFile | undefined> {
  let query = database.db
    .selectFrom('attachments as f')
    .innerJoin('conversations as c', 'c.id', 'f.conversation_id')
    .innerJoin('data_keys as k', 'k.id', 'c.data_key_id')
    .select(['f.name_sealed', 'f.content_type', 'f.bytes_sealed', 'k.id as key_id', 'k.wrapped'])
    .where('f.id', '=', id)
  if (of !== undefined) query = query.where('f.conversation_id', '=', of)
  const row = await query.executeTakeFirst()
  if (row === undefined) return undefined
  const key = keys.unwrap(row.key_id, row.wrapped)
  return {
    name: key.open<string>(namePlace(id), row.name_sealed),
    contentType: row.content_type,
    bytes: key.openBytes(bytesPlace(id), row.bytes_sealed),
  }
}
