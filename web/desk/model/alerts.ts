import type { ConversationCard } from '../../../api/types.ts'
import type { DangerAlert } from './state.ts'

/** A danger told once more: the latest word about a conversation replaces the one before. */
export function raise(alerts: DangerAlert[], conversationId: string, kind: DangerAlert['kind']): DangerAlert[] {
  return [...alerts.filter((a) => a.conversationId !== conversationId), { conversationId, kind }]
}

/**
 * Alerts after the queue was read again: somebody in danger whom nobody has taken and who was not
 * there before raises one; whoever was taken by a colleague no longer does.
 */
export function alertsAfterQueue(
  alerts: DangerAlert[],
  before: ConversationCard[] | null,
  now: ConversationCard[],
  openId: string | null,
): DangerAlert[] {
  const known = new Set(inDanger(before ?? []))
  const waiting = new Set(inDanger(now))
  const kept = alerts.filter((a) => a.kind !== 'queue' || waiting.has(a.conversationId))
  const held = new Set(kept.map((a) => a.conversationId))
  const fresh = [...waiting].filter((id) => !known.has(id) && !held.has(id) && id !== openId)
  if (fresh.length === 0 && kept.length === alerts.length) return alerts
  return [...kept, ...fresh.map((conversationId) => ({ conversationId, kind: 'queue' as const }))]
}

function inDanger(cards: ConversationCard[]): string[] {
  return cards.filter((card) => card.handoff?.priority === 0).map((card) => card.id)
}
