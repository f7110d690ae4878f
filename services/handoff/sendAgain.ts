import { sql } from 'kysely'
import { DELIVERIES } from '../conversations/index.ts'
import { nowOf } from '../delivery/index.ts'
import type { ConversationId } from '../platform/ids.ts'
import type { Platform } from '../platform/platform.ts'
import { requireRightNow } from './access.ts'
import { changeConversation } from './change.ts'
import type { Actor } from './permissions.ts'

/**
 * The holder has a message sent again that failed, or of which nobody knows. Another, and one that is not there,
 * change nothing. Throws `notFound`, `notYours`.
 */
export async function sendAgain(
  platform: Platform,
  actor: Actor,
  id: ConversationId,
  messageId: string,
): Promise<void> {
  const now = nowOf(platform.clock)
  await changeConversation(platform, id, async (change) => {
    await requireRightNow(change, actor, 'write')
    await sql`
      with again as (
        update messages set delivery = 'pending'
         where id = ${messageId} and conversation_id = ${id} and delivery in ('failed', 'unknown')
        returning id
      )
      update deliveries d set state = 'waiting', due_at = ${now}, attempts = 0, looks = 0, resent = false, settled_at = null
        from again a where d.message_id = a.id and d.state in ('failed', 'unknown')`.execute(change.tx.db)
  })
  platform.bell.ring(DELIVERIES)
}
