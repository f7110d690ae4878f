import type { Temporal } from 'temporal-polyfill'
import { toDate } from '../platform/clock.ts'
import type { Platform } from '../platform/platform.ts'

/**
 * An open desk counts as present for this long after its node last renewed it; three renewals may be
 * lost. Closing a desk dates it back by as much, so that "absent since" is one rule for a closed tab, a
 * cut line and a node that died: `seen_at` plus this.
 */
export const PRESENT_SECONDS = 45

/** An agent who works without an open desk is written down at most this often. */
const WORKING_EVERY_SECONDS = 15

/** Rows of desks that are of no more use; longer than the longest grace. */
const FORGET_HOURS = 2

/** Says that a desk is open. Called when it opens and every 15 s. */
export async function renewDesk(
  platform: Platform,
  desk: { id: string; agentId: string; sessionId: string },
): Promise<void> {
  const seen_at = toDate(platform.clock.now())
  await platform.database.db
    .insertInto('desks')
    .values({ id: desk.id, agent_id: desk.agentId, session_id: desk.sessionId, seen_at })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen_at }))
    .execute()
}

/**
 * Says that an agent reads or writes. Where a network lets no socket through, this alone shows that
 * they are there: it counts as a desk of their session, open until it is seen no more.
 */
export async function seenWorking(platform: Platform, agent: { id: string; sessionId: string }): Promise<void> {
  const now = platform.clock.now()
  const seen_at = toDate(now)
  await platform.database.db
    .insertInto('desks')
    .values({ id: `session:${agent.sessionId}`, agent_id: agent.id, session_id: agent.sessionId, seen_at })
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet({ seen_at })
        .where('desks.seen_at', '<', toDate(now.subtract({ seconds: WORKING_EVERY_SECONDS }))),
    )
    .execute()
}

/** Says that a desk was closed: it is absent from now on. */
export async function closeDesk(platform: Platform, deskId: string): Promise<void> {
  const seen_at = toDate(platform.clock.now().subtract({ seconds: PRESENT_SECONDS }))
  await platform.database.db.updateTable('desks').set({ seen_at }).where('id', '=', deskId).execute()
}

/** Until when an agent whose desk was last seen at `seenAt` counts as present. */
export const presentUntil = (seenAt: Temporal.Instant): Temporal.Instant => seenAt.add({ seconds: PRESENT_SECONDS })

/** Desks seen after this are open now. */
export const presentSince = (now: Temporal.Instant): Date => toDate(now.subtract({ seconds: PRESENT_SECONDS }))

/** Removes desks that closed long ago. */
export async function forgetDesks(platform: Platform): Promise<void> {
  const before = toDate(platform.clock.now().subtract({ hours: FORGET_HOURS }))
  await platform.database.db.deleteFrom('desks').where('seen_at', '<', before).execute()
}
