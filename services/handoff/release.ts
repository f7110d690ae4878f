import type { Temporal } from 'temporal-polyfill'
import { requireActive } from '../agents/index.ts'
import type { OpenConversation } from '../conversations/index.ts'
import { toDate } from '../platform/clock.ts'
import type { Transaction } from '../platform/database.ts'
import { requireDangerRead } from './alarms.ts'

/**
 * The agent gives the conversation back, within the turn in which the bot greets: the hand-off ends and
 * the mode is `bot`. The epoch rises, so that nothing said under the agent's hand is taken for later.
 * Throws `dangerUnread`, and `unauthenticated` when the holder's account was closed meanwhile.
 */
export async function releaseToBot(tx: Transaction, c: OpenConversation, at: Temporal.Instant): Promise<void> {
  if (c.holder !== undefined) await requireActive(tx, c.holder.id)
  await endHandoff(tx, c, 'handedBack', at)
}

/**
 * Ends the open hand-off and frees the conversation for the bot; who accompanies the person stays.
 * Throws `dangerUnread`: the bot would tell somebody in danger that their words wait for a person.
 */
export async function endHandoff(
  tx: Transaction,
  c: OpenConversation,
  how: 'handedBack' | 'closed',
  at: Temporal.Instant,
): Promise<void> {
  await requireDangerRead(tx, c)
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
