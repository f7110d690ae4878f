import { toDate } from '../platform/clock.ts'
import type { Transaction } from '../platform/database.ts'
import type { Temporal } from 'temporal-polyfill'

/** Notes that a message asked what nothing answers, for those who write the answers. Only its place is kept. */
export function noteUnanswered(
  tx: Transaction,
  question: { conversationId: string; seq: number; language: string; at: Temporal.Instant },
): void {
  const { conversationId, seq, language, at } = question
  tx.later(
    tx.db
      .insertInto('unanswered_questions')
      .values({ conversation_id: conversationId, seq, language, asked_at: toDate(at) })
      .onConflict((conflict) => conflict.doNothing())
      .compile(),
  )
}
