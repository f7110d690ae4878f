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

const SAVE = `
  insert into file_answers (newcomer_id, name, value_sealed, origin_author, origin_dialog, conversation_id, seq, answered_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8)
  on conflict (newcomer_id, name) do update
     set (value_sealed, origin_author, origin_dialog, conversation_id, seq, answered_at) = ($3, $4, $5, $6, $7, $8)`

/**
 * Writes an answer to the person's file in the turn that brought it, over an earlier one of the same
 * name. Without a file (no consent) it writes nothing and says so with `false`.
 */
export function saveAnswer(tx: Transaction, c: OpenConversation, answer: FileAnswer): boolean {
  const { newcomerId, fileKey } = c
  if (newcomerId === undefined || fileKey === undefined) return false
  tx.later({
    name: 'file-answer-save',
    text: SAVE,
    values: [
      newcomerId,
      answer.name,
      fileKey.seal(answerPlace(newcomerId, answer.name), answer.value ?? null),
      answer.author,
      answer.dialog,
      c.id,
      answer.seq,
      toDate(answer.at),
    ],
  })
  c.answers.set(answer.name, answer.value)
  return true
}
