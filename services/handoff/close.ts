import type { ConversationId } from '../platform/ids.ts'
import type { Platform } from '../platform/platform.ts'
import { standingOf } from './access.ts'
import { changeConversation, tell } from './change.ts'
import { requireRight, type Actor } from './permissions.ts'
import { endHandoff } from './release.ts'

/** The holder ends the hand-off: what was asked is done. The bot answers again. Throws `notFound`, `notYours`. */
export async function closeConversation(platform: Platform, actor: Actor, id: ConversationId): Promise<void> {
  await changeConversation(platform, id, ({ tx, c, at }) => {
    if (c.mode === 'bot' && c.agentId === actor.id) return // closed already: the answer was not heard
    requireRight(actor, standingOf(c), 'close')
    endHandoff(tx, c, 'closed', at)
    tell(c, 'closed', { name: actor.name })
  })
}
