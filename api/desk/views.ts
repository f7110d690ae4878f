import type { Agent } from '../../services/agents/index.ts'
import type { LoggedMessage } from '../../services/conversations/index.ts'
import type { Card, ConversationSheet, Note } from '../../services/handoff/index.ts'
import type { AgentView, ConversationCard, ConversationView, MessageView, NoteView } from '../types.ts'

export const agentView = (agent: Agent): AgentView => ({ ...agent })

export const noteView = (note: Note): NoteView => ({ ...note, at: note.at.toISOString() })

export function cardView(card: Card): ConversationCard {
  const { id, channel, language, mode, preferredName, region, heldBy, handoff, unread, waitsFor } = card
  return {
    id,
    channel,
    language,
    mode,
    preferredName,
    region,
    heldBy,
    handoff: handoff && { ...handoff, requestedAt: handoff.requestedAt.toISOString() },
    unread,
    lastMessageAt: card.lastMessageAt.toISOString(),
    waitsFor,
  }
}

export function conversationView(
  { card, file, notes, rights }: ConversationSheet,
  { deliveries, reach }: Pick<ConversationView, 'deliveries' | 'reach'>,
): ConversationView {
  const { take, write, handBack, close, note } = rights
  return {
    card: cardView(card),
    file: file && {
      newcomerId: file.newcomerId,
      answers: file.answers.map((answer) => ({ ...answer, at: answer.at.toISOString() })),
      consents: file.consents.map((consent) => ({ ...consent, at: consent.at.toISOString() })),
    },
    notes: notes.map(noteView),
    may: { take, write, handBack, close, note },
    seq: card.seq,
    deliveries,
    reach,
  }
}

/**
 * A message as `readerId` sees it: the page's own mark comes back on their own messages only. What was
 * sent is always shown; what a client showed in its place is beside it, never instead.
 */
export function messageView(message: LoggedMessage, readerId: string): MessageView {
  const { id, seq, author, agent, body, status, conversationId } = message
  const own = agent?.id === readerId
  const shownAs = body.displayText
  return {
    id,
    seq,
    author,
    ...(agent === undefined ? {} : { agentId: agent.id, agentName: agent.name }),
    text: body.text,
    ...(shownAs === undefined || shownAs === '' || shownAs === body.text ? {} : { shownAs }),
    ...(body.choices === undefined ? {} : { choices: body.choices }),
    ...(body.files === undefined
      ? {}
      : {
          files: body.files.map((file) => ({
            ...file,
            url: `/api/v1/conversations/${conversationId}/files/${file.id}`,
          })),
        }),
    ...(body.urgent === undefined ? {} : { urgent: body.urgent }),
    ...(own && body.clientActivityID !== undefined ? { clientMessageId: body.clientActivityID } : {}),
    status,
    at: message.createdAt.toISOString(),
  }
}
