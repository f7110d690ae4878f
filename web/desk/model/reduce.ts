import type { ConversationCard } from '../../../api/types.ts'
import type { Action } from './action.ts'
import { alertsAfterQueue, raise } from './alerts.ts'
import { lastOf, merge } from './messages.ts'
import { emptyDesk, openingOf } from './state.ts'
import type { DeskState, OpenConversation } from './state.ts'

/**
 * The desk after something happened. Pure: the same state and action give the same desk, and what did
 * not change stays the same object.
 */
export function reduce(state: DeskState, action: Action): DeskState {
  switch (action.type) {
    case 'signedIn':
      return { ...state, session: { status: 'signedIn', me: action.me } }
    case 'signedOut':
      return { ...emptyDesk, session: { status: 'signedOut', why: action.why } }
    case 'unreachable':
      return state.session.status === 'signedIn' ? state : { ...state, session: { status: 'unreachable' } }
    case 'link':
      return state.link === action.link ? state : { ...state, link: action.link }
    case 'went':
      return went(state, action.place)
    case 'queue':
      return {
        ...state,
        queue: action.waiting,
        alerts: alertsAfterQueue(state.alerts, state.queue, action.waiting, state.open?.id ?? null),
      }
    case 'people':
      return { ...state, people: action.people }
    case 'agents':
      return { ...state, agents: action.agents }
    case 'questions':
      return { ...state, questions: action.questions }
    case 'agent':
      return { ...state, agents: withAgent(state.agents, action.agent) }
    case 'invited':
      return { ...state, invitation: action.invitation }
    case 'conversation': {
      const { view } = action
      const fresh = inOpen(state, view.card.id, (open) => ({ ...open, view }))
      return fresh === state ? state : { ...fresh, ...withCard(fresh, view.card) }
    }
    case 'latest':
      return settle(
        inOpen(state, action.conversationId, (open) => ({
          ...open,
          messages: merge([], action.page.messages),
          upTo: lastOf(action.page.messages, 0),
          older: action.page.more,
          loaded: true,
        })),
      )
    case 'newer':
      return settle(
        inOpen(state, action.conversationId, (open) => ({
          ...open,
          messages: merge(open.messages, action.messages),
          upTo: lastOf(action.messages, open.upTo),
          // What was being written has come.
          typing: action.messages.some((m) => m.author === open.typing) ? null : open.typing,
        })),
      )
    case 'older':
      return inOpen(state, action.conversationId, (open) => ({
        ...open,
        messages: merge(action.page.messages, open.messages),
        older: action.page.more,
        loadingOlder: false,
      }))
    case 'askingOlder':
      return inOpen(state, action.conversationId, (open) => ({
        ...open,
        loadingOlder: action.asking,
      }))
    case 'typing':
      return inOpen(state, action.conversationId, (open) =>
        // The holder is the agent who writes: their own echo is not news.
        action.who === 'agent' && open.view?.may.write ? open : { ...open, typing: action.who },
      )
    case 'drafted':
      return {
        ...state,
        drafts: { ...state.drafts, [action.conversationId]: action.text },
      }
    case 'wrote':
      return { ...state, pending: [...state.pending, action.message] }
    case 'sending':
      return {
        ...state,
        pending: state.pending.map((p) =>
          p.clientMessageId === action.clientMessageId ? { ...p, state: action.state } : p,
        ),
      }
    case 'sent':
      return sent(state, action)
    case 'dropped':
      return without(state, action.clientMessageId)
    case 'gone':
      return gone(state, action.conversationId)
    case 'danger':
      return {
        ...state,
        alerts: raise(state.alerts, action.conversationId, action.unread ? 'unread' : 'written'),
      }
    case 'alertSeen':
      return {
        ...state,
        alerts: state.alerts.filter((a) => a.conversationId !== action.conversationId),
      }
    case 'notice':
      return { ...state, notice: action.notice }
    case 'busy':
      return { ...state, busy: action.busy }
  }
}

/** The sentence of who wanted to take a conversation and was second. */
const lostRace = 'refusal.alreadyTaken'

function went(state: DeskState, place: DeskState['place']): DeskState {
  const id = place.at === 'conversation' ? place.id : null
  return {
    ...state,
    place,
    open: id !== null && state.open?.id === id ? state.open : openingOf(place),
    alerts: state.alerts.filter((a) => a.conversationId !== id),
    // A sentence about the screen that was left would be read as one about this one.
    notice: null,
    invitation: null,
  }
}

function inOpen(state: DeskState, id: string, change: (open: OpenConversation) => OpenConversation): DeskState {
  // An answer may come after the agent went elsewhere: it is not for this screen.
  if (state.open === null || state.open.id !== id) return state
  const open = change(state.open)
  return open === state.open ? state : { ...state, open }
}

/** Removes what was waiting to be sent and is now in the log. */
function settle(state: DeskState): DeskState {
  const inLog = new Set(state.open?.messages.map((m) => m.clientMessageId))
  const pending = state.pending.filter((p) => !inLog.has(p.clientMessageId))
  return pending.length === state.pending.length ? state : { ...state, pending }
}

function sent(state: DeskState, action: Extract<Action, { type: 'sent' }>): DeskState {
  const { conversationId, clientMessageId, message } = action
  // It has its place at once; `upTo` stays, so that what came between is still asked for.
  return inOpen(without(state, clientMessageId), conversationId, (open) =>
    open.loaded ? { ...open, messages: merge(open.messages, [message]) } : open,
  )
}

function without(state: DeskState, clientMessageId: string): DeskState {
  return {
    ...state,
    pending: state.pending.filter((p) => p.clientMessageId !== clientMessageId),
  }
}

function gone(state: DeskState, id: string): DeskState {
  const others = (cards: ConversationCard[] | null): ConversationCard[] | null =>
    cards?.filter((card) => card.id !== id) ?? null
  const { [id]: _draft, ...drafts } = state.drafts
  const shown = state.open?.id === id
  return {
    ...state,
    queue: others(state.queue),
    people: others(state.people),
    pending: state.pending.filter((p) => p.conversationId !== id),
    alerts: state.alerts.filter((a) => a.conversationId !== id),
    drafts,
    open: shown ? null : state.open,
    place: shown ? { at: 'people' } : state.place,
    // Who lost a race knows already why it goes.
    notice: shown && state.notice?.key !== lostRace ? { key: 'notice.gone', tone: 'calm' } : state.notice,
  }
}

/** The card just read is newer than the same card in the lists. */
function withCard(state: DeskState, card: ConversationCard): Pick<DeskState, 'queue' | 'people'> {
  const replaced = (cards: ConversationCard[] | null): ConversationCard[] | null =>
    cards?.map((old) => (old.id === card.id ? card : old)) ?? null
  return { queue: replaced(state.queue), people: replaced(state.people) }
}

function withAgent(agents: DeskState['agents'], agent: NonNullable<DeskState['agents']>[number]): DeskState['agents'] {
  if (agents === null) return null
  return agents.some((a) => a.id === agent.id) ? agents.map((a) => (a.id === agent.id ? agent : a)) : [...agents, agent]
}
