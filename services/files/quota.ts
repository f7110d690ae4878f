import { toDate, type Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database.ts'
import { tooLarge } from '../platform/errors.ts'
import type { ConversationId } from '../platform/ids.ts'

/** What the files of one conversation may weigh in 24 hours, in bytes: two full messages, or twenty photos of a phone. */
export const CONVERSATION_DAY_BYTES = 40 * 1024 * 1024

/**
 * Throws `tooLarge` when these files would bring a conversation beyond its bytes of a day. It counts what
 * is stored, so it holds for all nodes; uploads that pass at the same moment may together go over by what
 * they carry. A message that is already in the log does not count against its own copy: a client that
 * missed the answer gets it again.
 *
 * @param externalId the mark of the message that brings the files
 */
export async function requireRoomForFiles(
  { database, clock }: { database: Database; clock: Clock },
  conversationId: ConversationId,
  externalId: string,
  files: readonly { bytes: Buffer }[],
): Promise<void> {
  const row = await database.db
    .selectFrom('attachments as f')
    .leftJoin('messages as m', 'm.id', 'f.message_id')
    .select(({ fn }) => fn.sum<string | null>('f.size').as('bytes'))
    .where('f.conversation_id', '=', conversationId)
    .where('f.created_at', '>', toDate(clock.now().subtract({ hours: 24 })))
    .where('m.external_id', 'is distinct from', externalId)
    .executeTakeFirst()
  const added = files.reduce((sum, { bytes }) => sum + bytes.length, 0)
  if (Number(row?.bytes ?? 0) + added > CONVERSATION_DAY_BYTES) throw tooLarge(CONVERSATION_DAY_BYTES)
}
