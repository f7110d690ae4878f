import type {
  AgentView,
  ConversationCard,
  ConversationView,
  InvitationView,
  MessageView,
  MeView,
  UnansweredGroup,
} from '../../../api/types.ts'

/**
 * Everything the desk shows, in one plain value. Only `reduce` makes a new one; what is on screen is
 * a function of it. Nothing of it is kept in the browser: a page that closes forgets the people.
 */
export interface DeskState {
  session: Session
  /** The push socket. `lost` shows the banner. */
  link: 'connecting' | 'open' | 'lost'
  place: Place
  /** Null until first heard. */
  queue: ConversationCard[] | null
  people: ConversationCard[] | null
  agents: AgentView[] | null
  questions: UnansweredGroup[] | null
  /** The conversation on screen. */
  open: OpenConversation | null
  /** Written here and not yet in the log, oldest first. */
  pending: PendingMessage[]
  /** Unsent text by conversation, kept while the agent looks elsewhere. */
  drafts: Readonly<Record<string, string>>
  alerts: DangerAlert[]
  notice: Notice | null
  /** A sign-in link just made; it is shown once and then forgotten. */
  invitation: InvitationView | null
  /** What the agent asked and the server has not answered yet: its buttons wait. */
  busy: boolean
}

export type Session =
  | { status: 'unknown' }
  /** The server cannot be reached to know who is here. */
  | { status: 'unreachable' }
  | { status: 'signedOut'; why: 'start' | 'badLink' | 'ended' | 'left' }
  | { status: 'signedIn'; me: MeView }

/** Where in the desk the agent is; also the page's address. */
export type Place = { at: 'people' } | { at: 'conversation'; id: string } | { at: 'team' } | { at: 'questions' }

export interface OpenConversation {
  id: string
  view: ConversationView | null
  /** By `seq`. The log counts events too, which have no message: positions may be missing. */
  messages: MessageView[]
  /** The log was read up to here without a hole: what comes after is asked for from here. */
  upTo: number
  /** There are older messages than the first one here. */
  older: boolean
  /** The last messages have been asked for and came. */
  loaded: boolean
  loadingOlder: boolean
  /** Somebody else is writing now. */
  typing: 'newcomer' | 'agent' | null
}

export interface PendingMessage {
  conversationId: string
  clientMessageId: string
  text: string
  /** When it was written here, ISO 8601. */
  at: string
  /** `waiting`: the network is away and it will be tried again. `refused`: it won't. */
  state: 'sending' | 'waiting' | 'refused'
}

export interface DangerAlert {
  conversationId: string
  /** `queue`: nobody has taken it. `written`: said in a held conversation. `unread`: and its holder has not read it. */
  kind: 'queue' | 'written' | 'unread'
}

/** One sentence for the agent, by key of `desk.json`, spoken politely by screen readers. */
export interface Notice {
  key: string
  params?: Readonly<Record<string, string>>
  tone: 'calm' | 'trouble'
}

/** A desk where nothing is known yet. */
export const emptyDesk: DeskState = {
  session: { status: 'unknown' },
  link: 'connecting',
  place: { at: 'people' },
  queue: null,
  people: null,
  agents: null,
  questions: null,
  open: null,
  pending: [],
  drafts: {},
  alerts: [],
  notice: null,
  invitation: null,
  busy: false,
}

/** What to show of a place before its content has come. */
export function openingOf(place: Place): OpenConversation | null {
  if (place.at !== 'conversation') return null
  return {
    id: place.id,
    view: null,
    messages: [],
    upTo: 0,
    older: false,
    loaded: false,
    loadingOlder: false,
    typing: null,
  }
}
