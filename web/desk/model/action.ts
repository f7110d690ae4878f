import type {
  AgentView,
  ConversationCard,
  ConversationView,
  InvitationView,
  MessagesView,
  MessageView,
  MeView,
  UnansweredGroup,
} from '../../../api/types.ts'
import type { DeskState, Notice, PendingMessage, Place, Session } from './state.ts'

/** What can happen to the desk: what the server said, what the agent did, what time did. */
export type Action =
  | { type: 'signedIn'; me: MeView }
  /** Forgets everything shown, whoever asked for it. */
  | { type: 'signedOut'; why: Extract<Session, { status: 'signedOut' }>['why'] }
  | { type: 'unreachable' }
  | { type: 'link'; link: DeskState['link'] }
  | { type: 'went'; place: Place }
  | { type: 'queue'; waiting: ConversationCard[] }
  | { type: 'people'; people: ConversationCard[] }
  | { type: 'agents'; agents: AgentView[] }
  | { type: 'questions'; questions: UnansweredGroup[] }
  | { type: 'agent'; agent: AgentView }
  | { type: 'invited'; invitation: InvitationView | null }
  | { type: 'conversation'; view: ConversationView }
  /** The last messages, replacing whatever was shown. */
  | { type: 'latest'; conversationId: string; page: MessagesView }
  | { type: 'newer'; conversationId: string; messages: MessageView[] }
  | { type: 'older'; conversationId: string; page: MessagesView }
  | { type: 'askingOlder'; conversationId: string; asking: boolean }
  | { type: 'typing'; conversationId: string; who: 'newcomer' | 'agent' | null }
  | { type: 'drafted'; conversationId: string; text: string }
  | { type: 'wrote'; message: PendingMessage }
  | { type: 'sending'; clientMessageId: string; state: PendingMessage['state'] }
  | { type: 'sent'; conversationId: string; clientMessageId: string; message: MessageView }
  | { type: 'dropped'; clientMessageId: string }
  /** The right to read ended: it leaves the screen at once. */
  | { type: 'gone'; conversationId: string }
  | { type: 'danger'; conversationId: string; unread: boolean }
  | { type: 'alertSeen'; conversationId: string }
  | { type: 'notice'; notice: Notice | null }
  | { type: 'busy'; busy: boolean }
