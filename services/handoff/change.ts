import type { Temporal } from 'temporal-polyfill'
import { append, openConversation, ringNews, saveConversation, type OpenConversation } from '../conversations/index.ts'
import { speak } from '../locales/index.ts'
import { toDate } from '../platform/clock.ts'
import type { Transaction } from '../platform/database.ts'
import { notFound } from '../platform/errors.ts'
import type { ConversationId } from '../platform/ids.ts'
import type { Platform } from '../platform/platform.ts'

/** What a change is given: the locked conversation and the one moment at which it happens. */
export interface Change {
  readonly tx: Transaction
  readonly c: OpenConversation
  readonly at: Temporal.Instant
}

/**
 * One change of a conversation from the desk: a transaction that locks it, decides, and writes it back
 * with what was appended; then the desks and the newcomer's page are rung. Repeated while the database
 * is away, so `decide` must find for itself that it was done already. Throws `notFound`.
 */
export async function changeConversation<T>(
  platform: Platform,
  id: ConversationId,
  decide: (change: Change) => T | Promise<T>,
  externalId?: string,
): Promise<T> {
  const { database, keys, clock, bell } = platform
  return database.hold(() =>
    database.transaction(
      async (tx) => {
        const c = await openConversation(tx, keys, id, externalId)
        if (c === undefined) throw notFound()
        const at = clock.now()
        const before = c.holder?.id
        const result = await decide({ tx, c, at })
        saveConversation(tx, c, toDate(at))
        tx.afterCommit(() => {
          ringNews(bell, c, toDate(at))
          bell.ring('queue')
          if (before !== undefined && before !== c.holder?.id) bell.ring(`agent:${before}`)
        })
        return result
      },
      { deadlineMs: 10_000 },
    ),
  )
}

/** A line of the system in the newcomer's language: somebody came, left, or was cut off. */
export function tell(c: OpenConversation, key: string, params: Record<string, string> = {}): void {
  append(c, { author: 'system', body: { text: speak(c.language, `handoff:${key}`, params) } })
}
