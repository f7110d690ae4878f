import { sql } from 'kysely'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database.ts'
import { randomId } from '../platform/ids.ts'
import { nowOf } from './now.ts'
import type { Claimed, Head, Outcome } from './types.ts'

/** How often a part is tried that a provider puts off, before it is given up. */
export const MOST_ATTEMPTS = 8
/** After how long an answer that never came is asked about, in ms. */
const LOOK_AFTER_MS = 20_000

interface Settled {
  id: string
  state: 'sent' | 'waiting' | 'failed' | 'unclear'
  code: string | null
  providerId: string | null
  afterMs: number
  unreachable: boolean
}

/** What becomes of a part after a call. `draw`: 0 to 1, for the jitter. */
export function settledBy({ id, attempts }: Claimed, outcome: Outcome, draw: number): Settled {
  const nothing = { id, providerId: null, code: null, afterMs: 0, unreachable: false }
  switch (outcome.kind) {
    case 'accepted':
      return { ...nothing, state: 'sent', providerId: outcome.providerId }
    case 'refused':
    case 'unreachable':
    case 'optedOut':
      return { ...nothing, state: 'failed', code: outcome.code, unreachable: outcome.kind === 'unreachable' }
    case 'unclear':
      return { ...nothing, state: 'unclear', code: outcome.code, afterMs: LOOK_AFTER_MS }
    case 'paused':
      return { ...nothing, state: 'waiting', code: outcome.code, afterMs: outcome.forMs }
    case 'later':
      return attempts >= MOST_ATTEMPTS
        ? { ...nothing, state: 'failed', code: outcome.code }
        : { ...nothing, state: 'waiting', code: outcome.code, afterMs: outcome.afterMs ?? backOff(attempts, draw) }
  }
}

const FIRST_MS = 1_000
const MOST_MS = 15 * 60_000

/** Exponential, with full jitter above a half: what failed together does not come back together. */
export const backOff = (attempts: number, draw: number): number =>
  Math.round(Math.min(MOST_MS, FIRST_MS * 2 ** (attempts - 1)) * (0.5 + draw / 2))

/**
 * Writes down what came of calls, in one statement, with what follows for their messages. A part that a provider has
 * confirmed meanwhile (its echo was faster than its answer) stays confirmed.
 */
export async function recordOutcomes(
  database: Database,
  settled: readonly Settled[],
  clock: Clock,
): Promise<{ conversationIds: string[] }> {
  if (settled.length === 0) return { conversationIds: [] }
  const now = nowOf(clock)
  const column = <T>(of: (one: Settled) => T): T[] => settled.map(of)
  const { rows } = await sql<{ message_id: string; conversation_id: string }>`
    with outcome as (
      select * from unnest(${column(({ id }) => id)}::text[], ${column(({ state }) => state)}::text[],
                           ${column(({ code }) => code)}::text[], ${column(({ providerId }) => providerId)}::text[],
                           ${column(({ afterMs }) => afterMs)}::int[], ${column(({ unreachable }) => unreachable)}::boolean[])
        as o(id, state, code, provider_id, after_ms, unreachable)
    ), written as (
      update deliveries d
         set state = o.state, code = o.code, provider_id = coalesce(d.provider_id, o.provider_id),
             due_at = ${now} + make_interval(secs => o.after_ms / 1000.0),
             settled_at = case when o.state in ('sent', 'failed') then ${now} else d.settled_at end
        from outcome o
       where d.id = o.id and d.state in ('sending', 'unclear')
      returning d.id, d.message_id, d.conversation_id, d.part, d.parts, d.state
    ), unreached as (
      update conversations c set unreachable = o.code
        from outcome o join written w on w.id = o.id
       where o.unreachable and c.id = w.conversation_id
    ), ended as (
      update messages m set delivery = case when w.state = 'failed' then 'failed'
             when exists (select 1 from deliveries p where p.message_id = m.id and p.state = 'unknown') then 'unknown'
             else 'sent' end
        from written w
       where m.id = w.message_id and (w.state = 'failed' or (w.state = 'sent' and w.part + 1 = w.parts))
    )
    select message_id, conversation_id from written`.execute(database.db)
  return { conversationIds: [...new Set(rows.map((row) => row.conversation_id))] }
}

/** What is not to be sent, and why: it fails at once, without a call, in the order of its line. */
export async function failHeads(
  database: Database,
  failed: readonly { head: Head; account: string; code: string }[],
  clock: Clock,
): Promise<void> {
  if (failed.length === 0) return
  const now = nowOf(clock)
  await sql`
    with failing as (
      select * from unnest(${failed.map(() => randomId())}::text[], ${failed.map(({ head }) => head.messageId)}::text[],
                           ${failed.map(({ head }) => head.conversationId)}::text[], ${failed.map(({ head }) => head.part)}::int[],
                           ${failed.map(({ account }) => account)}::text[], ${failed.map(({ code }) => code)}::text[])
        as f(id, message_id, conversation_id, part, account, code)
    ), noted as (
      insert into deliveries (id, message_id, part, parts, conversation_id, account, state, attempts, due_at, claimed_at, code, settled_at)
      select f.id, f.message_id, f.part, f.part + 1, f.conversation_id, f.account, 'failed', 0, ${now}, ${now}, f.code, ${now}
        from failing f
      on conflict (message_id, part) do update set state = 'failed', code = excluded.code, settled_at = ${now}
       where deliveries.state = 'waiting'
      returning message_id
    )
    update messages m set delivery = 'failed' from noted n where m.id = n.message_id`.execute(database.db)
}

/** Messages that have no part to send. */
export async function skipMessages(database: Database, messageIds: readonly string[]): Promise<void> {
  if (messageIds.length === 0) return
  await database.db
    .updateTable('messages')
    .set({ delivery: 'none' })
    .where('id', 'in', [...messageIds])
    .execute()
}
