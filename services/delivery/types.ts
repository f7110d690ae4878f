import type { MessageBody } from '../conversations/index.ts'
import type { ConversationId } from '../platform/ids.ts'

/**
 * How a part of a message went. `waiting`: it leaves when it is due. `sending`: it was claimed, and a call may be
 * under way. `unclear`: the call was made and its answer never came; the provider is asked before anything is sent
 * again. `sent`, `delivered`, `read`: the provider took it, the device has it, the person saw it. `failed`: the
 * provider refused it. `unknown`: nobody could say; agents see that it is uncertain.
 */
export type DeliveryState = 'waiting' | 'sending' | 'unclear' | 'sent' | 'delivered' | 'read' | 'failed' | 'unknown'

/** A message on its way to a person. */
export interface Outgoing {
  messageId: string
  conversationId: ConversationId
  channel: string
  language: string
  author: 'bot' | 'agent' | 'system'
  agentName: string | undefined
  body: MessageBody
  /** Where the person is written to; undefined: it was never known. */
  address: string | undefined
}

/** The oldest message of a conversation that has not left, and the part of it that is next. */
export interface Head extends Outgoing {
  /** When they last wrote; undefined: never. */
  wroteAt: Date | undefined
  /** Why the provider takes nothing for them any more. */
  unreachable: string | undefined
  part: number
  /** Of a part that was tried before. */
  attempts: number
}

/** A part that this node has claimed, and nobody else has. */
export interface Claimed {
  /** Our mark, which the provider gives back. */
  id: string
  head: Head
  parts: number
  attempts: number
}

/** What came of a call. */
export type Outcome =
  /** The provider took it. */
  | { kind: 'accepted'; providerId: string }
  /** It did not, and never will. */
  | { kind: 'refused'; code: string }
  /** It did not, and will take nothing for this person any more. */
  | { kind: 'unreachable'; code: string }
  /** The person wants no more messages, as the carrier knows. */
  | { kind: 'optedOut'; code: string }
  /** It did not, for now. `afterMs`: what it asked for. */
  | { kind: 'later'; code: string; afterMs?: number }
  /** It takes nothing from this account for now; what waits goes on waiting. */
  | { kind: 'paused'; code: string; forMs: number }
  /** Nobody can say whether it did. */
  | { kind: 'unclear'; code: string }
