import { append, normaliseText } from '../conversations/index.ts'
import { invalid } from '../platform/errors.ts'
import type { AgentId, ConversationId } from '../platform/ids.ts'
import type { Platform } from '../platform/platform.ts'
import { requireRightNow } from './access.ts'
import { changeConversation } from './change.ts'
import type { Actor } from './permissions.ts'

export interface AgentMessage {
  text: string
  /** Made by the page: a second copy is the first message. `[A-Za-z0-9_-]{1,64}` */
  clientMessageId: string
}

/**
 * The holder writes to the person. Sent again with the same mark, also after the conversation has gone
 * to somebody else, it is answered with where the first stands. Throws `notFound`, `notYours`, `invalid`.
 */
export async function writeAsAgent(
  platform: Platform,
  actor: Actor,
  id: ConversationId,
  message: AgentMessage,
): Promise<{ seq: number }> {
  const text = normaliseText(message.text).trim()
  if (text === '') throw invalid('body.text')
  const externalId = `${id}/agent/${actor.id}/${message.clientMessageId}`
  return changeConversation(
    platform,
    id,
    async (change) => {
      const { c } = change
      if (c.copy !== undefined) return { seq: c.copy.seq ?? 0 }
      await requireRightNow(change, actor, 'write')
      const body = { text, clientActivityID: message.clientMessageId }
      return { seq: append(c, { author: 'agent', agentId: actor.id as AgentId, body, externalId }).seq }
    },
    externalId,
  )
}
