import type { Kysely } from 'kysely'
import type { AgentId, ConversationId } from '../platform/ids.ts'
import type { Keys } from '../platform/keys.ts'
import type { Schema } from '../schema.ts'
import { bodyPlace } from './open.ts'
import { readBody } from './received.ts'
import type { LoggedMessage, MessageBody } from './types.ts'

/** A stretch of a log, oldest first. */
export interface LogPage {
  messages: LoggedMessage[]
  /** True when the log goes on beyond this page in the direction that was read. */
  more: boolean
}

/** Which stretch: what came after a position, what came before one, or the last messages. */
export type LogRange = { after: number } | { before: number } | 'last'

/**
 * Reads the log of a conversation. The caller has already proven that the reader may. `only: 'message'`
 * leaves events out where they lie: a stretch of nothing but events costs nothing.
 */
export async function readLog(
  db: Kysely<Schema>,
  keys: Keys,
  id: ConversationId,
  range: LogRange,
  limit = 100,
  only?: 'message',
): Promise<LogPage> {
  const backwards = range === 'last' || 'before' in range
  let query = db
    .selectFrom('messages as m')
    .innerJoin('conversations as c', 'c.id', 'm.conversation_id')
    .innerJoin('data_keys as k', 'k.id', 'c.data_key_id')
    .leftJoin('agents as a', 'a.id', 'm.agent_id')
    .select([
      'm.id',
      'm.seq',
      'm.status',
      'm.author',
      'm.agent_id',
      'a.name',
      'm.kind',
      'm.body_sealed',
      'm.created_at',
    ])
    .select(['k.id as key_id', 'k.wrapped'])
    .where('m.conversation_id', '=', id)
    .where('m.seq', 'is not', null)
    .orderBy('m.seq', backwards ? 'desc' : 'asc')
    .limit(limit + 1)
  if (range !== 'last')
    query = 'after' in range ? query.where('m.seq', '>', range.after) : query.where('m.seq', '<', range.before)
  if (only !== undefined) query = query.where('m.kind', '=', only)
  const rows = await query.execute()
  const more = rows.length > limit
  const kept = rows.slice(0, limit)
  if (backwards) kept.reverse()
  const first = kept[0]
  if (first === undefined) return { messages: [], more: false }
  const key = keys.unwrap(first.key_id, first.wrapped)
  return {
    more,
    messages: kept.map((row) => ({
      id: row.id,
      conversationId: id,
      seq: row.seq ?? 0,
      author: row.author,
      ...(row.agent_id === null ? {} : { agent: { id: row.agent_id as AgentId, name: row.name ?? '' } }),
      kind: row.kind,
      status: row.status === 'failed' ? 'failed' : 'done',
      // What failed may have failed because it does not open: it must not close the log around it.
      body:
        row.status === 'failed'
          ? (readBody(key, row.id, row.body_sealed) ?? { text: '' })
          : key.open<MessageBody>(bodyPlace(row.id), row.body_sealed),
      createdAt: row.created_at,
    })),
  }
}

/** The last position of each of these conversations: the slow poll behind the bell. */
export async function lastPositions(db: Kysely<Schema>, ids: readonly string[]): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('conversations')
    .select(['id', 'seq'])
    .where('id', 'in', [...ids])
    .execute()
  return new Map(rows.map((row) => [row.id, row.seq]))
}
