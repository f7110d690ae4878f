import type { Temporal } from 'temporal-polyfill'
import type { OpenConversation } from '../conversations/index.ts'
import { toDate } from '../platform/clock.ts'
import type { Transaction } from '../platform/database.ts'

/**
 * The agent gives the conversation back, within the turn in which the bot greets: the hand-off ends and
 * the mode is `bot`. The epoch rises, so that nothing said under the agent's hand is taken for later.
 */
export function releaseToBot(tx: Transaction, c: OpenConversation, at: Temporal.Instant): void {
  endHandoff(tx, c, 'handedBack', at)
}

/** Ends the open hand-off and frees the conversation for the bot; who accompanies the person stays. */
export function endHandoff(
  tx: Transaction,
  c: OpenConversation,
  how: 'handedBack' | 'closed',
  at: Temporal.Instant,
): void {
  c.mode = 'bot'
  c.holder = undefined
  c.epoch += 1
  if (c.handoff === undefined) return
  tx.later(
    tx.db
      .updateTable('handoffs')
      .set({ state: 'closed', closed_at: toDate(at), closed_how: how })
      .where('id', '=', c.handoff.id)
      .compile(),
  )
  c.handoff = undefined
}
