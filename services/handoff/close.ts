import type { ConversationId } from '../platform/ids.ts'
import { toDate } from '../platform/clock.ts'
import type { Platform } from '../platform/platform.ts'
import { requireRightNow } from './access.ts'
import { changeConversation, tell, type Change } from './change.ts'
import type { Actor } from './permissions.ts'
import { endHandoff } from './release.ts'

/** A close that is asked for again within this was done, and its answer not heard. */
const HEARD_SECONDS = 60

/**
 * The holder ends the hand-off: what was asked is done. The bot answers again. Closed just now by the
 * same agent, whoever accompanies the person, it is done. Throws `notFound`, `notYours`, `dangerUnread`.
 */
export async function closeConversation(platform: Platform, actor: Actor, id: ConversationId): Promise<void> {
  await changeConversation(platform, id, async (change) => {
    if (change.c.mode === 'bot' && (await closedJustNow(change, actor))) return
    await requireRightNow(change, actor, 'close')
    const { tx, c, at } = change
    await endHandoff(tx, c, 'closed', at)
    tell(c, 'closed', { name: actor.name })
  })
}

async function closedJustNow({ tx, c, at }: Change, actor: Actor): Promise<boolean> {
  const closed = await tx.db
    .selectFrom('handoffs')
    .select('id')
    .where('conversation_id', '=', c.id)
    .where('taken_by', '=', actor.id)
    .where('closed_how', '=', 'closed')
    .where('closed_at', '>=', toDate(at.subtract({ seconds: HEARD_SECONDS })))
    .executeTakeFirst()
  return closed !== undefined
}
