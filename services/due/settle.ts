import { toDate, toInstant } from '../platform/clock.ts'
import type { Transaction } from '../platform/database.ts'
import type { ConversationId } from '../platform/ids.ts'
import type { Platform } from '../platform/platform.ts'
import type { Temporal } from 'temporal-polyfill'

/** A due time whose moment has come. */
export interface Due {
  kind: string
  conversationId: ConversationId
  reference: string
  dueAt: Temporal.Instant
}

/**
 * What is done when something is due, within the transaction that marks it done. Returns its outcome,
 * one word for the row. Effects outside the database belong in `tx.afterCommit`.
 */
export type DueWork = (tx: Transaction, due: Due, at: Temporal.Instant) => Promise<string>

/** The work of each kind. */
export type DueKinds = Readonly<Record<string, DueWork>>

interface Row {
  [column: string]: unknown
  id: string
  kind: string
  conversation_id: string
  reference: string
  due_at: Date
}

const CLAIM = `
  select id, kind, conversation_id, reference, due_at from due_times
   where kind = $1 and reference = $2 and done_at is null and due_at <= $3
   for update skip locked`

/**
 * Does one due time, once: whoever holds its row does it, anyone else finds nothing to do. `false`:
 * it is not due, done already, or in another's hands. If the work throws, it is due still.
 */
export async function settleDue(
  platform: Platform,
  kinds: DueKinds,
  kind: string,
  reference: string,
): Promise<boolean> {
  const at = platform.clock.now()
  return platform.database.transaction(async (tx) => {
    const [row] = await tx.named<Row>('due-claim', CLAIM, [kind, reference, toDate(at)])
    const work = kinds[kind]
    if (row === undefined || work === undefined) return false
    const due: Due = {
      kind: row.kind,
      conversationId: row.conversation_id as ConversationId,
      reference: row.reference,
      dueAt: toInstant(row.due_at),
    }
    const outcome = await work(tx, due, at)
    tx.later(
      tx.db
        .updateTable('due_times')
        .set({ done_at: toDate(at), outcome })
        .where('id', '=', row.id)
        .compile(),
    )
    return true
  })
}

/** What is overdue, the oldest first: alarms that a crash or a stopped node lost. */
async function overdue(platform: Platform, limit = 100): Promise<{ kind: string; reference: string }[]> {
  return platform.database.db
    .selectFrom('due_times')
    .select(['kind', 'reference'])
    .where('done_at', 'is', null)
    .where('due_at', '<=', toDate(platform.clock.now()))
    .orderBy('due_at')
    .limit(limit)
    .execute()
}

/** Does everything that is overdue. One that fails stays due and does not keep the others. */
export async function settleOverdue(platform: Platform, kinds: DueKinds): Promise<number> {
  let settled = 0
  for (const due of await overdue(platform))
    try {
      if (await settleDue(platform, kinds, due.kind, due.reference)) settled += 1
    } catch (error) {
      platform.log.warn('due.failed', { kind: due.kind, error })
    }
  return settled
}
