import type { AgentId, ConversationId, HandoffId, NewcomerId } from '../platform/ids.ts'
import type { DataKey } from '../platform/keys.ts'

/** Who wrote. Agents and the system are authors like the others: one log, one delivery. */
export type Author = 'newcomer' | 'bot' | 'agent' | 'system'

/**
 * Who may answer. `bot`: the assistant. `waiting`: a person was asked for and nobody has taken the
 * conversation; the assistant goes on helping and says so. `human`: the agent who holds it, and `system`.
 */
export type Mode = 'bot' | 'waiting' | 'human'

/** A button under a message. `title` is shown and, when pressed, is what the person says. */
export interface Choice {
  title: string
  value: string
}

/**
 * Which question of a dialog a message asks: `change` is what the person says to answer it again, `step`
 * of `of` how far the dialog is. For pages that show it.
 */
export interface Asking {
  name: string
  change?: string
  step?: number
  of?: number
}

/** A file that a message carries; its bytes are a row of `attachments`. */
export interface FileReference {
  id: string
  name: string
  contentType: string
  /** Bytes. */
  size: number
}

/** Something that a provider keeps and we have not: a picture, a place. */
export interface RemoteFile {
  kind: 'image' | 'audio' | 'video' | 'file' | 'sticker' | 'location' | 'other'
  url?: string
  latitude?: number
  longitude?: number
}

/** What a message says. Sealed in the log; text is text, there is no HTML. */
export interface MessageBody {
  text: string
  choices?: Choice[]
  asking?: Asking
  files?: FileReference[]
  remote?: RemoteFile[]
  /** The person opened the conversation by a button, and said nothing. */
  opens?: true
  /** A word that the channel itself obeys. `byCarrier`: it has been answered already. */
  optOut?: { word: 'stop' | 'start' | 'help'; byCarrier: boolean }
  /** Leaves even to who wants no more messages: the confirmation of that. */
  despiteOptOut?: true
  /** The person took it back, or wrote it again, on the channel. */
  unsent?: true
  edited?: true
  /** Of an `event`: its name and value. */
  name?: string
  value?: unknown
  /** The client's own mark of what it sent, echoed so that it recognises it. */
  clientActivityID?: string
  /** What a button press shows in place of its value. */
  displayText?: string
  /** A number that nobody is to write here was taken out of `text` before it was kept. */
  masked?: true
  /** Danger lines and the like: a page shows them with emphasis and announces them at once. */
  urgent?: boolean
}

/** A row of the log as people may read it. */
export interface LoggedMessage {
  /** Unique, opaque, `[A-Za-z0-9_-]`. */
  id: string
  conversationId: ConversationId
  /** Position in its conversation: 1, 2, 3… without a gap. */
  seq: number
  author: Author
  /** Of an agent's message. */
  agent?: { id: AgentId; name: string }
  kind: 'message' | 'event'
  status: 'done' | 'failed'
  body: MessageBody
  createdAt: Date
}

/** A message on its way into the log. */
export interface Draft {
  author: Author
  body: MessageBody
  kind?: 'message' | 'event'
  agentId?: AgentId
  /** With the channel, what tells a second copy of the same message. */
  externalId?: string
  status?: 'done' | 'failed'
  attempts?: number
}

/** A conversation that this transaction has locked, with everything a turn needs, read once. */
export interface OpenConversation {
  readonly id: ConversationId
  readonly channel: string
  readonly userId: string
  language: string
  mode: Mode
  /** Raised by each take-over: what the bot was still saying under an older epoch is dropped. */
  epoch: number
  /** The last position given. */
  seq: number
  /** The dialogs' state: plain JSON, read once and written once a turn. */
  state: unknown
  holder: { id: AgentId; name: string } | undefined
  /** The agent who accompanies the person from the first take-over on. */
  agentId: AgentId | undefined
  newcomerId: NewcomerId | undefined
  readonly key: DataKey
  /** The key of the person's file, once there is one. */
  fileKey: DataKey | undefined
  /** What the file says. */
  readonly answers: Map<string, unknown>
  handoff: OpenHandoff | undefined
  burst: { startedAt: Date; count: number }
  newcomerWroteAt: Date | undefined
  /** Somebody answers them elsewhere on the channel: until then the assistant only listens. */
  readonly silentUntil: Date | undefined
  /** How far an agent has read. */
  agentReadSeq: number
  /** The copy of this very message that is already in the log. */
  readonly copy: { id: string; seq: number | null } | undefined
  /** What this transaction appends, in order. */
  readonly appended: Appended[]
}

export interface OpenHandoff {
  id: HandoffId
  state: 'waiting' | 'taken'
  priority: number
  requestedAt: Date
}

export interface Appended extends Draft {
  id: string
  seq: number
  epoch: number
}
