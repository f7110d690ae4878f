import type { MessageBody } from '../services/conversations/index.ts'
import type { ConversationId } from '../services/platform/ids.ts'

/** A file as a channel received it: its type was told from its content, its name is only shown. */
export interface InboundFile {
  name: string
  contentType: string
  bytes: Buffer
}

/**
 * What a channel hands to the turn: verified, translated and normalised. Nothing of the channel's
 * own format is left in it.
 */
export interface Inbound {
  conversationId: ConversationId
  /**
   * With the channel, the mark by which a second copy is recognised. A channel whose client sent
   * none makes one for the request, so that a retry inside the server is not a second message.
   */
  externalId: string
  /** `start`: the person opened the conversation and has said nothing yet. */
  kind: 'message' | 'event' | 'start'
  body: MessageBody
  files?: InboundFile[]
  /** The language that the client asks for; counts at the start only. */
  language?: string
}

/** Where the message is in the log; the same for each copy of it. */
export interface Taken {
  /** The activity's id. */
  id: string
  seq: number
  /** True when the log had it already. */
  copy: boolean
}

/** The way of a message into the log, and of what answers it. See `bots/turn.ts`. */
export interface Turns {
  /**
   * Takes one message in one transaction; resolves after the commit. While the database is away or a
   * turn before it never ends, it holds, for `holdMs` at most (12 s), its place in line included, and
   * 5 s more for the last try; then throws `unavailable`. Throws `notFound`, `tooMany`.
   */
  take(inbound: Inbound, holdMs?: number): Promise<Taken>
  /** Takes what webhooks left `received` in a conversation, oldest first; resolves to how many. */
  takeReceived(conversationId: ConversationId): Promise<number>
  /** The agent who holds it gives it back: the bot greets with where the dialog was, in the same transaction. */
  handBack(conversationId: ConversationId, agentId: string): Promise<void>
}
