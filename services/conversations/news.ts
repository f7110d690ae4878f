import type { Bell, Topic } from '../platform/bell.ts'
import { isOutbound } from './channels.ts'
import type { Standing } from './standing.ts'
import type { LoggedMessage, OpenConversation } from './types.ts'

/** What a commit brought to a conversation: what its readers on this node need not read back from the database. */
export interface ConversationNews {
  /** What was appended, in order. */
  messages: LoggedMessage[]
  /** The log's last position now: beyond the last of `messages` where a row of before was given its place. */
  seq: number
  standing: Standing
}

/** Rung when a conversation has news. */
export const conversationTopic = (id: string): Topic<ConversationNews> => `conversation:${id}`

/** The news of a conversation that was just saved at `now`. Undefined when this node cannot tell it whole. */
function newsOf(c: OpenConversation, now: Date): ConversationNews | undefined {
  const messages: LoggedMessage[] = []
  for (const { id, seq, author, agentId, kind = 'message', status = 'done', body } of c.appended) {
    // The name of an agent who no longer holds the conversation would have to be read.
    if (agentId !== undefined && agentId !== c.holder?.id) return undefined
    const agent = agentId === undefined ? {} : { agent: { id: agentId, name: c.holder?.name ?? '' } }
    messages.push({ id, conversationId: c.id, seq, author, ...agent, kind, status, body, createdAt: now })
  }
  return {
    messages,
    seq: c.seq,
    standing: { mode: c.mode, holder: c.holder?.name ?? null, agentReadSeq: c.agentReadSeq },
  }
}

/** Rung when the log has something for a provider. */
export const DELIVERIES = 'deliveries'

/** Tells the readers of a conversation, and the delivery where a provider has to be called, what was just committed. */
export function ringNews(bell: Bell, conversation: OpenConversation, at: Date): void {
  bell.ring(conversationTopic(conversation.id), newsOf(conversation, at))
  if (isOutbound(conversation.channel) && conversation.appended.some(({ author }) => author !== 'newcomer'))
    bell.ring(DELIVERIES)
}
