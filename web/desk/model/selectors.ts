import type { ConversationCard } from '../../../api/types.ts'
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

/** May this person see who works at the desk, and may they change it? */
export function teamRights(state: DeskState): { see: boolean; change: boolean } {
  if (state.session.status !== 'signedIn') return { see: false, change: false }
  const { role } = state.session.me.agent
  return { see: role !== 'agent', change: role === 'administrator' }
}
