import { normaliseText, readBody } from '../conversations/index.ts'
import { toDate } from '../platform/clock.ts'
import type { ConversationId } from '../platform/ids.ts'
import type { Platform } from '../platform/platform.ts'
import { groupAlike } from './alike.ts'

/** A question that nothing answered, as it was asked. */
interface UnansweredQuestion {
  conversationId: ConversationId
  language: string
  /** Shortened, and without its long numbers and e-mail addresses: who asked is not what matters here. */
  text: string
  askedAt: Date
}

/** Questions that are alike, the newest first. */
type QuestionGroup = UnansweredQuestion[]

/** How far back, and how many at most: what is older was asked of another content. */
const DAYS = 90
const MOST = 500
const CHARACTERS = 240

/**
 * What people asked in the last 90 days and `content/answers.json` does not answer, alike questions
 * together, the most asked first. For those who write the answers; the caller has proven the right to it.
 */
export async function listUnanswered({
  database,
  keys,
  clock,
}: Pick<Platform, 'database' | 'keys' | 'clock'>): Promise<QuestionGroup[]> {
  const rows = await database.db
    .selectFrom('unanswered_questions as q')
    .innerJoin('messages as m', (join) =>
      join.onRef('m.conversation_id', '=', 'q.conversation_id').onRef('m.seq', '=', 'q.seq'),
    )
    .innerJoin('conversations as c', 'c.id', 'q.conversation_id')
    .innerJoin('data_keys as k', 'k.id', 'c.data_key_id')
    .select(['q.conversation_id', 'q.language', 'q.asked_at', 'm.id', 'm.body_sealed', 'k.id as key_id', 'k.wrapped'])
    .where('q.asked_at', '>=', toDate(clock.now().subtract({ hours: 24 * DAYS })))
    .orderBy('q.asked_at', 'desc')
    .limit(MOST)
    .execute()
  const questions = rows.flatMap((row): UnansweredQuestion[] => {
    const body = readBody(keys.unwrap(row.key_id, row.wrapped), row.id, row.body_sealed)
    if (body === undefined || body.text.trim() === '') return []
    return [
      {
        conversationId: row.conversation_id as ConversationId,
        language: row.language,
        text: withoutContacts(body.text),
        askedAt: row.asked_at,
      },
    ]
  })
  return groupAlike(questions, ({ text }) => text)
}

/** The words of a question, bounded, its numbers of five digits or more and its e-mail addresses taken out. */
function withoutContacts(text: string): string {
  const words = normaliseText(text)
    .replace(/[^\s@]{1,64}@[^\s@]{1,128}/g, '…')
    .replace(/\+?\d(?:[\s().-]{0,2}\d){4,}/g, '…')
    .replace(/\s+/g, ' ')
    .trim()
  const characters = Array.from(words)
  return characters.length <= CHARACTERS ? words : `${characters.slice(0, CHARACTERS - 1).join('')}…`
}
