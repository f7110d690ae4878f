import { conversationTopic } from '../conversations/index.ts'
import type { Platform } from '../platform/platform.ts'
import { accessConversation } from './access.ts'
import { silenceDanger } from './alarms.ts'
import type { Actor } from './permissions.ts'

/**
 * Marks a log as read up to `seq`. It counts when it is the holder's or, while nobody holds the
 * conversation, the accompanying agent's; what others merely look at stays unread. Danger that its
 * holder or a supervisor has read alarms nobody any more. Throws `notFound`.
 */
export async function markRead(platform: Platform, actor: Actor, id: string, seq: number): Promise<void> {
  const { database, bell } = platform
  const found = await accessConversation(database.db, actor, id, 'read')
  const upTo = Math.min(seq, found.seq)
  const counts = found.heldBy === undefined ? found.accompaniedBy === actor.id : found.heldBy === actor.id
  // The conversation's row is written without its lock being held: `greatest` makes the order of two marks matter not.
  if (counts)
    await database.db
      .updateTable('conversations')
      .set((row) => ({ agent_read_seq: row.fn<number>('greatest', ['agent_read_seq', row.val(upTo)]) }))
      .where('id', '=', found.id)
      .where((row) =>
        row.or([row('held_by', '=', actor.id), row.and([row('held_by', 'is', null), row('agent_id', '=', actor.id)])]),
      )
      .execute()
  if (counts || actor.role === 'supervisor') await silenceDanger(platform, found.id, upTo)
  if (counts) bell.ring(conversationTopic(found.id))
  bell.ring('queue')
}
