/**
 * The shapes that cross the wire between the server and its own pages. `web/` imports these types
 * and nothing else of the server. Times are ISO 8601 in UTC.
 */

export type Role = 'agent' | 'supervisor' | 'administrator'

export interface AgentView {
  id: string
  name: string
  role: Role
  languages: string[]
  region: string | null
  active: boolean
  /** A desk of theirs is open now. */
  present: boolean
}

/** `GET /api/v1/me` */
export interface MeView {
  agent: AgentView
  /** When this session ends whatever happens. */
  sessionEndsAt: string
}

/** A message of the log as the desk shows it. */
export interface MessageView {
  id: string
  seq: number
  author: 'newcomer' | 'bot' | 'agent' | 'system'
  agentId?: string
  agentName?: string
  text: string
  /** What the person's own screen showed of it, when that is something else (the title of a button). */
  shownAs?: string
  choices?: { title: string; value: string }[]
  files?: FileView[]
  urgent?: boolean
  status: 'done' | 'failed'
  /** Echo of `clientMessageId` for one's own messages. */
  clientMessageId?: string
  at: string
}

/** How far a message to a provider has come; `code` is the provider's, or ours. */
export interface DeliveryView {
  state: 'pending' | 'sending' | 'sent' | 'delivered' | 'read' | 'failed' | 'unknown'
  code?: string
}

export interface FileView {
  id: string
  name: string
  contentType: string
  size: number
  /** Same origin; opens as an attachment while its reader may read the conversation. */
  url: string
}

/** A line of the queue or of "my people". */
export interface ConversationCard {
  id: string
  channel: string
  language: string
  mode: 'bot' | 'waiting' | 'human'
  /** What to call the person: their preferred name, or null before consent. */
  preferredName: string | null
  region: string | null
  heldBy: { id: string; name: string } | null
  handoff: {
    id: string
    reason: 'asked' | 'danger' | 'deadline' | 'misunderstood' | 'failure'
    /** 0 danger, 1 urgent, 2 normal. */
    priority: 0 | 1 | 2
    state: 'waiting' | 'taken'
    requestedAt: string
    summary: HandoffSummary
  } | null
  /** Messages of the person that no agent has read. */
  unread: number
  lastMessageAt: string
  /** What the conversation waits for: the agent's answer, the person's, or nothing. */
  waitsFor: 'agent' | 'newcomer' | 'nobody'
}

/** What was known and asked when the person was handed over; locale keys, not sentences. */
export interface HandoffSummary {
  /** The person's own last words, at most 300 characters. */
  lastWords: string
  /** Answers given so far, by step name, ready to show in the desk's language through `onboarding:<name>.label`. */
  known: Record<string, unknown>
  /** The step that was open, e.g. `onboarding:arrival`, or null. */
  openStep: string | null
  /** In danger: which situation. */
  situation: string | null
}

/** `GET /api/v1/queue` → ordered by priority, then by waiting time. */
export interface QueueView {
  waiting: ConversationCard[]
}

/** `GET /api/v1/my-people` → held by me, then those I accompany. */
export interface MyPeopleView {
  people: ConversationCard[]
}

/** `GET /api/v1/conversations/{id}` */
export interface ConversationView {
  card: ConversationCard
  /** Null before consent. */
  file: {
    newcomerId: string
    answers: FileAnswerView[]
    consents: { purpose: string; given: boolean; at: string }[]
  } | null
  notes: NoteView[]
  /** What this reader may do now. */
  may: { take: boolean; write: boolean; handBack: boolean; close: boolean; note: boolean }
  /** Last position of the log. */
  seq: number
  /** By message: how it went, on a channel that must be called. */
  deliveries: Record<string, DeliveryView>
  /** Until when the person may be written to (ISO), where the channel closes; and why not, when they may not be. */
  reach: { until?: string; refusal?: 'windowClosed' | 'optedOut' | 'unreachable' }
}

export interface FileAnswerView {
  name: string
  value: unknown
  author: 'newcomer' | 'agent' | 'bot'
  dialog: string
  at: string
}

export interface NoteView {
  id: string
  agentName: string
  text: string
  at: string
}

/** `GET /api/v1/conversations/{id}/messages?after=N|before=N` (neither: the last ones) */
export interface MessagesView {
  messages: MessageView[]
  more: boolean
}

/** `POST /api/v1/conversations/{id}/messages` */
export interface WriteMessage {
  text: string
  /** Made by the page; a second copy is answered with the first message. */
  clientMessageId: string
}

/** `POST /api/v1/agents` and `POST /api/v1/agents/{id}/link` → a sign-in link, shown once. */
export interface InvitationView {
  agent: AgentView
  link: string
  expiresAt: string
}

/** `GET /api/v1/unanswered-questions`: alike questions together, the most asked first. */
export interface UnansweredView {
  groups: UnansweredGroup[]
}

export interface UnansweredGroup {
  /** Newest first. */
  questions: { conversationId: string; language: string; text: string; askedAt: string }[]
}

/**
 * What the socket `GET /api/v1/live` pushes. Hints without content: the page then asks by HTTP, where
 * the right to read is checked each time. `gone`: clear it from the screen at once.
 */
export type LiveFrame =
  | { type: 'hello' }
  | { type: 'queue' }
  | { type: 'people' }
  | { type: 'news'; conversationId: string; seq: number }
  | { type: 'typing'; conversationId: string; who: 'newcomer' | 'agent' }
  | { type: 'gone'; conversationId: string }
  | { type: 'danger'; conversationId: string; unread: boolean }
  | { type: 'signedOut' }

/**
 * What the page may send on the socket: which conversation it looks at (for live news and the read
 * mark), nothing else. Commands are HTTP routes.
 */
export type LiveClientFrame = { watch: string | null }

/** `POST /api/chat/tokens` */
export interface ChatToken {
  token: string
  /** Present when this visitor has a conversation already. */
  conversationId?: string
  userId: string
  /** Seconds. */
  expires_in: number
  /** For our own page: danger was told in the conversation at some time. Absent: the server cannot say now. */
  danger?: boolean
}

/** `GET /api/chat/history?before=N` with the token: older messages as Direct Line activities, oldest first. */
export interface ChatHistory {
  activities: unknown[]
  more: boolean
}

/** Every error body. */
export interface ErrorView {
  error: { code: string; message: string }
}
