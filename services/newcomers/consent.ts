import type { OpenConversation } from '../conversations/index.ts'
import { toDate } from '../platform/clock.ts'
import type { Transaction } from '../platform/database.ts'
import { randomId, type NewcomerId } from '../platform/ids.ts'
import type { Keys } from '../platform/keys.ts'
import type { Temporal } from 'temporal-polyfill'

export interface Consent {
  /** What for, one purpose at a time: `file` opens the person's file. */
  purpose: string
  /** The locale key of the words that were shown. */
  wordsKey: string
  /** Where in the log the answer is. */
  seq: number
  at: Temporal.Instant
}

/**
 * Records a clear yes, with its words, language and moment (Law 25: free, informed, for a specific
 * purpose). The first consent opens the person's file under a key of its own; before it nothing is
 * kept outside the conversation, and a refusal keeps it so.
 */
export function giveConsent(tx: Transaction, keys: Keys, c: OpenConversation, consent: Consent): void {
  if (c.newcomerId === undefined) openFile(tx, keys, c)
  record(tx, c, consent, true)
}

/**
 * Records that a consent is taken back, and erases from the file the answers that only it allowed to keep.
 * Without a file there is nothing to take back.
 */
export function withdrawConsent(
  tx: Transaction,
  c: OpenConversation,
  consent: Consent,
  erased: readonly string[],
): void {
  if (c.newcomerId === undefined) return
  record(tx, c, consent, false)
  for (const name of erased) c.answers.delete(name)
  tx.later(
    tx.db
      .deleteFrom('file_answers')
      .where('newcomer_id', '=', c.newcomerId)
      .where('name', 'in', [...erased])
      .compile(),
  )
}

function record(tx: Transaction, c: OpenConversation, consent: Consent, given: boolean): void {
  tx.later(
    tx.db
      .insertInto('consents')
      .values({
        newcomer_id: c.newcomerId as NewcomerId,
        purpose: consent.purpose,
        given,
        words_key: consent.wordsKey,
        language: c.language,
        conversation_id: c.id,
        seq: consent.seq,
        recorded_at: toDate(consent.at),
      })
      .compile(),
  )
}

function openFile(tx: Transaction, keys: Keys, c: OpenConversation): void {
  const keyId = randomId()
  const { key, wrapped } = keys.newDataKey(keyId)
  const id = randomId() as NewcomerId
  tx.later(tx.db.insertInto('data_keys').values({ id: keyId, wrapped }).compile())
  tx.later(
    tx.db.insertInto('newcomers').values({ id, data_key_id: keyId, language: c.language, region: null }).compile(),
  )
  c.newcomerId = id
  c.fileKey = key
}
