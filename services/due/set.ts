import type { Temporal } from 'temporal-polyfill'
import { toDate } from '../platform/clock.ts'
import type { Transaction } from '../platform/database.ts'
import { randomId, type ConversationId } from '../platform/ids.ts'

export interface NewDue {
  /** What is to be done; the key of the work in `DueKinds`. */
  kind: string
  conversationId: ConversationId
  /** With the kind, what makes it one: asked for twice, it is still due once. */
  reference: string
  at: Temporal.Instant
}

/** The graphile-worker task that wakes a due time up. */
export const DUE_TASK = 'due'

const INSERT = `
  insert into due_times (id, kind, conversation_id, reference, due_at)
  values ($1, $2, $3, $4, $5) on conflict (kind, reference) do nothing`

const ALARM = `
  select graphile_worker.add_job('${DUE_TASK}', json_build_object('kind', $1::text, 'reference', $2::text),
                                 run_at := $3::timestamptz, job_key := $1 || ':' || $2, max_attempts := 5)`

/**
 * Makes something due, with the transaction that asks for it. The row is what must not be lost; the
 * job beside it only wakes a node up on time, and the sweep finds what a crash left.
 */
export function setDue(tx: Transaction, due: NewDue): void {
  const at = toDate(due.at)
  tx.later({ name: 'due-insert', text: INSERT, values: [randomId(), due.kind, due.conversationId, due.reference, at] })
  tx.later({ name: 'due-alarm', text: ALARM, values: [due.kind, due.reference, at] })
}
