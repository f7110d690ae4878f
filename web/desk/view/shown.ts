import type { AgentView, ConversationView, DeliveryView, MessageView } from '../../../api/types.ts'
import type { TranscriptMessage } from '../../conversation/message.ts'
import type { PendingMessage } from '../model/state.ts'
import type { Words } from './context.ts'

const pendingAs = { sending: 'sending', waiting: 'queued', refused: 'failed' } as const

/** A button of another client: its title, and what it sent, which is what counts. */
const withButton = (message: MessageView): MessageView =>
  message.shownAs === undefined ? message : { ...message, text: `${message.shownAs} (${message.text})` }

/** What became of a message at its provider, in words. */
function withProvider(message: MessageView, delivery: DeliveryView | undefined, words: Words): TranscriptMessage {
  if (delivery === undefined) return message
  const { state, code } = delivery
  const again = state === 'failed' || state === 'unknown'
  const why = code === undefined ? '' : words.say('delivery.code', { code })
  return { ...message, provider: { state, again, text: `${words.say(`delivery.${state}`)}${why}` } }
}

/** The log of a conversation, then what this agent wrote that is not in it yet. */
export function shown(
  log: MessageView[],
  pending: PendingMessage[],
  conversationId: string,
  me: AgentView | null,
  words: Words,
  deliveries: ConversationView['deliveries'] = {},
): TranscriptMessage[] {
  const last = log.at(-1)?.seq ?? 0
  const mine = pending.filter((one) => one.conversationId === conversationId)
  return [
    ...log.map((message) => withProvider(withButton(message), deliveries[message.id], words)),
    ...mine.map((one, index): TranscriptMessage => ({
      id: one.clientMessageId,
      clientMessageId: one.clientMessageId,
      // Only for its place on screen: the log will give it its own.
      seq: last + 1 + index,
      author: 'agent',
      ...(me === null ? {} : { agentId: me.id, agentName: me.name }),
      text: one.text,
      status: 'done',
      at: one.at,
      pending: pendingAs[one.state],
      ...(one.state === 'refused' ? { failure: words.say('conversation.refused') } : {}),
    })),
  ]
}
