import type { Temporal } from 'temporal-polyfill'
import { answerPlace, type OpenConversation } from '../conversations/index.ts'
import { toDate } from '../platform/clock.ts'
import type { Transaction } from '../platform/database.ts'

export interface FileAnswer {
  /** The step's name, e.g. `arrival`. */
  name: string
  value: unknown
  /** Who gave it, in which dialog, and where in the log. */
  author: 'newcomer' | 'agent' | 'bot'
  dialog: string
  seq: number
  at: Temporal.Instant
}

/**
 * Writes an answer to the person's file in the turn that brought it, over an earlier one of the same
 * name. Without a file (no consent) it writes nothing and says so with `false`.
 */
export function saveAnswer(tx: Transaction, c: OpenConversation, answer: FileAnswer): boolean {
  const { newcomerId, fileKey } = c
  if (newcomerId === undefined || fileKey === undefined) return false
  const row = {
    value_sealed: fileKey.seal(answerPlace(newcomerId, answer.name), answer.value ?? null),
    origin_author: answer.author,
    origin_dialog: answer.dialog,
    conversation_id: c.id,
    seq: answer.seq,
    answered_at: toDate(answer.at),
  }
  tx.later(
    tx.db
      .insertInto('file_answers')
      .values({ newcomer_id: newcomerId, name: answer.name, ...row })
      .onConflict((conflict) => conflict.columns(['newcomer_id', 'name']).doUpdateSet(row))
      .compile(),
  )
  c.answers.set(answer.name, answer.value)
  return true
}
