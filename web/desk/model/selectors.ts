import type { ConversationCard, Role } from '../../../api/types.ts'
import type { DeskState } from './state.ts'

/** The newest card known of a conversation, wherever it is shown. */
export function cardOf(state: DeskState, id: string): ConversationCard | null {
  const open = state.open
  if (open?.id === id && open.view !== null) return open.view.card
  const cards = [...(state.people ?? []), ...(state.queue ?? [])]
  return cards.find((card) => card.id === id) ?? null
}

/** Messages of the agent's people that nobody has read. */
export function unread(state: DeskState): number {
  return (state.people ?? []).reduce((sum, card) => sum + card.unread, 0)
}

/** How many things call for the agent now, for the title bar: dangers, then unread messages. */
export function calling(state: DeskState): { dangers: number; count: number } {
  const dangers = state.alerts.length
  return { dangers, count: dangers + unread(state) }
}

/**
 * Which accounts this person may open, renew and close; an agent sees none. The server decides: this
 * only keeps from the screen what it would refuse.
 */
export function manages(state: DeskState): Role[] {
  if (state.session.status !== 'signedIn') return []
  switch (state.session.me.agent.role) {
    case 'administrator':
      return ['agent', 'supervisor', 'administrator']
    case 'supervisor':
      return ['agent']
    case 'agent':
      return []
  }
}
