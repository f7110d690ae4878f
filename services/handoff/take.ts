import type { OpenConversation } from '../conversations/index.ts'
import { toDate } from '../platform/clock.ts'
import { randomId, type AgentId, type ConversationId, type HandoffId } from '../platform/ids.ts'
import type { Platform } from '../platform/platform.ts'
import { requireRightNow } from './access.ts'
import { changeConversation, tell, type Change } from './change.ts'
import type { Actor } from './permissions.ts'
import { ACCOMPANIED, summaryPlace, type HandoffSummary } from './types.ts'

/**
 * An agent takes a conversation: from the queue, of somebody they accompany, or, a supervisor, from
 * the agent who holds it. Of many at once exactly one wins, because each decides under the
 * conversation's lock; the others get `alreadyTaken`. From the commit on the bot is silent: the epoch
 * has risen. Who holds it already has taken it.
 */
export async function takeConversation(platform: Platform, actor: Actor, id: ConversationId): Promise<void> {
  await changeConversation(platform, id, async (change) => {
    const { c, tx, at } = change
    if (c.holder?.id === actor.id) return
    await requireRightNow(change, actor, 'take')
    c.mode = 'human'
    c.epoch += 1
    c.holder = { id: actor.id as AgentId, name: actor.name }
    c.agentId ??= actor.id as AgentId
    if (c.handoff === undefined) openTaken(change, actor)
    else {
      c.handoff.state = 'taken'
      const taken = { state: 'taken' as const, taken_by: actor.id, taken_at: toDate(at) }
      tx.later(tx.db.updateTable('handoffs').set(taken).where('id', '=', c.handoff.id).compile())
    }
    tell(c, 'joined', { name: actor.name })
  })
}

/** Nobody asked for a person: the hand-off begins as taken, so that a held conversation always has one. */
function openTaken({ tx, c, at }: Change, actor: Actor): void {
  const id = randomId() as HandoffId
  const now = toDate(at)
  c.handoff = { id, state: 'taken', priority: 2, requestedAt: now }
  tx.later(
    tx.db
      .insertInto('handoffs')
      .values({
        id,
        conversation_id: c.id,
        reason: ACCOMPANIED,
        priority: 2,
        language: c.language,
        region: null,
        summary_sealed: c.key.seal(summaryPlace(id), withoutWords(c)),
        state: 'taken',
        requested_at: now,
        requested_seq: c.seq,
        taken_by: actor.id,
        taken_at: now,
        requeued_at: null,
        closed_at: null,
        closed_how: null,
      })
      .compile(),
  )
}

const withoutWords = (c: OpenConversation): HandoffSummary => ({
  lastWords: '',
  known: Object.fromEntries(c.answers),
  openStep: null,
  situation: null,
})
