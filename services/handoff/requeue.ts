import { sql, type Kysely } from 'kysely'
import { Temporal } from 'temporal-polyfill'
import { presentUntil } from '../agents/index.ts'
import { toDate, toInstant } from '../platform/clock.ts'
import type { ConversationId } from '../platform/ids.ts'
import type { Platform } from '../platform/platform.ts'
import type { Schema } from '../schema.ts'
import { changeConversation, tell, type Change } from './change.ts'
import { ACCOMPANIED } from './types.ts'

/** A conversation in an agent's hands, and when a desk of theirs was last seen. */
export interface Seat {
  takenAt: Temporal.Instant
  /** Undefined: no desk is known. */
  seenAt: Temporal.Instant | undefined
  /** False: the account was closed. */
  active: boolean
}

/**
 * Whether a conversation goes back to the queue: its agent was deactivated, or has had no desk open for
 * longer than the grace. Somebody who just took it has the whole grace to open one.
 */
export function leavesSeat(seat: Seat, graceSeconds: number, now: Temporal.Instant): boolean {
  if (!seat.active) return true
  const gone = seat.seenAt === undefined ? seat.takenAt : later(seat.takenAt, presentUntil(seat.seenAt))
  return Temporal.Instant.compare(gone.add({ seconds: graceSeconds }), now) < 0
}

const later = (a: Temporal.Instant, b: Temporal.Instant) => (Temporal.Instant.compare(a, b) > 0 ? a : b)

/**
 * Returns to the queue what absent agents hold. Run on every node: under the conversation's lock the
 * seat is judged again, so that it returns once. Resolves to how many did.
 */
export async function requeueAbsent(platform: Platform): Promise<number> {
  const { database, clock, settings, log } = platform
  const now = clock.now()
  const held = await seats(database.db)
  let returned = 0
  for (const seat of held.filter((one) => leavesSeat(one, settings.deskGraceSeconds, now)))
    try {
      if (await requeue(platform, seat.conversationId)) returned += 1
    } catch (error) {
      // One that fails must not keep the others; the next sweep tries it again.
      log.warn('handoff.not_requeued', { conversation: seat.conversationId, error })
    }
  return returned
}

async function requeue(platform: Platform, id: ConversationId): Promise<boolean> {
  return changeConversation(platform, id, async (change) => {
    const { tx, at } = change
    const [seat] = await seats(tx.db, id) // none: somebody else returned it, or it was released
    if (seat === undefined || !leavesSeat(seat, platform.settings.deskGraceSeconds, at)) return false
    backToQueue(change)
    return true
  })
}

/** Mode `waiting`, at the place in time that the first request gave; who accompanies the person stays. */
function backToQueue({ tx, c, at }: Change): void {
  if (c.handoff === undefined) throw new Error('a held conversation has an open hand-off')
  c.mode = 'waiting'
  c.holder = undefined
  c.epoch += 1
  c.handoff.state = 'waiting'
  tx.later({
    name: 'handoff-requeue',
    text: `update handoffs
              set state = 'waiting', taken_by = null, taken_at = null, requeued_at = $2,
                  reason = case reason when '${ACCOMPANIED}' then 'asked' else reason end
            where id = $1`,
    values: [c.handoff.id, toDate(at)],
  })
  tell(c, 'requeued')
}

async function seats(
  db: Kysely<Schema>,
  only?: ConversationId,
): Promise<(Seat & { conversationId: ConversationId })[]> {
  const { rows } = await sql<{ id: ConversationId; taken_at: Date; seen_at: Date | null; active: boolean }>`
    select c.id, h.taken_at, a.active, (select max(d.seen_at) from desks d where d.agent_id = c.held_by) as seen_at
      from conversations c
      join agents a on a.id = c.held_by
      join handoffs h on h.conversation_id = c.id and h.state = 'taken'
     where c.held_by is not null ${only === undefined ? sql`` : sql`and c.id = ${only}`}`.execute(db)
  return rows.map((row) => ({
    conversationId: row.id,
    takenAt: toInstant(row.taken_at),
    seenAt: row.seen_at === null ? undefined : toInstant(row.seen_at),
    active: row.active,
  }))
}
