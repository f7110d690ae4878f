import type { Database, Transaction } from '../platform/database.ts'
import { randomId, type ConversationId } from '../platform/ids.ts'
import type { DataKey, Keys } from '../platform/keys.ts'
import { bodyPlace } from './open.ts'
import type { MessageBody, OpenConversation } from './types.ts'

/** A turn that failed this often is not tried again: the message is kept as failed and a person is called. */
export const MAX_ATTEMPTS = 5

/** A webhook's message that waits for its turn. */
export interface ReceivedMessage {
  id: string
  externalId: string
  attempts: number
  /** Undefined: what was kept cannot be read any more, and never will be. */
  body: MessageBody | undefined
}

/**
 * Keeps a verified webhook event as a log row `received`, before it is answered. Takes no lock of the
 * conversation, so that a long turn does not hold up the provider. A second copy changes nothing.
 */
export async function receiveMessage(
  database: Database,
  keys: Keys,
  conversationId: ConversationId,
  message: { externalId: string; body: MessageBody; at: Date },
): Promise<void> {
  const row = await database.db
    .selectFrom('conversations as c')
    .innerJoin('data_keys as k', 'k.id', 'c.data_key_id')
    .select(['c.channel', 'c.epoch', 'k.id', 'k.wrapped'])
    .where('c.id', '=', conversationId)
    .executeTakeFirstOrThrow()
  const id = randomId()
  await database.db
    .insertInto('messages')
    .values({
      id,
      conversation_id: conversationId,
      seq: null,
      status: 'received',
      author: 'newcomer',
      agent_id: null,
      kind: 'message',
      channel: row.channel,
      external_id: message.externalId,
      body_sealed: keys.unwrap(row.id, row.wrapped).seal(bodyPlace(id), message.body),
      epoch: row.epoch,
      created_at: message.at,
    })
    .onConflict((conflict) =>
      conflict.columns(['channel', 'external_id']).where('external_id', 'is not', null).doNothing(),
    )
    .execute()
}

/**
 * Counts an attempt at a conversation's oldest `received` row, in a statement of its own, before the
 * turn: a crash in the turn counts too. Undefined: nothing waits.
 */
export async function nextReceived(
  database: Database,
  conversationId: ConversationId,
): Promise<{ id: string; attempts: number } | undefined> {
  return database.db
    .updateTable('messages')
    .set((row) => ({ attempts: row('attempts', '+', 1) }))
    .where('id', '=', (query) =>
      query
        .selectFrom('messages')
        .select('id')
        .where('conversation_id', '=', conversationId)
        .where('status', '=', 'received')
        .orderBy('arrival')
        .limit(1),
    )
    .where('status', '=', 'received')
    .returning(['id', 'attempts'])
    .executeTakeFirst()
}

/** Reads a `received` row inside the turn that has locked its conversation. Undefined: another turn took it. */
export async function readReceived(
  tx: Transaction,
  conversation: OpenConversation,
  id: string,
): Promise<ReceivedMessage | undefined> {
  const row = await tx.db
    .selectFrom('messages')
    .select(['id', 'external_id', 'attempts', 'body_sealed'])
    .where('id', '=', id)
    .where('status', '=', 'received')
    .executeTakeFirst()
  if (row === undefined) return undefined
  return {
    id: row.id,
    externalId: row.external_id ?? row.id,
    attempts: row.attempts,
    body: readBody(conversation.key, row.id, row.body_sealed),
  }
}

/** The body of a message. Undefined: it does not open, or what is in it is no body. */
export function readBody(key: DataKey, id: string, sealed: Buffer): MessageBody | undefined {
  try {
    const body = key.open<Partial<MessageBody> | null>(bodyPlace(id), sealed)
    return typeof body?.text === 'string' ? { ...body, text: body.text } : undefined
  } catch {
    return undefined
  }
}

/** Gives a `received` row its place in the log, at the commit. Its status says how the turn ended; `body` replaces what was kept. */
export function placeReceived(
  tx: Transaction,
  conversation: OpenConversation,
  id: string,
  status: 'done' | 'failed',
  body?: MessageBody,
): number {
  conversation.seq += 1
  const seq = conversation.seq
  const changes = {
    status,
    seq,
    epoch: conversation.epoch,
    ...(body === undefined ? {} : { body_sealed: conversation.key.seal(bodyPlace(id), body) }),
  }
  tx.later(tx.db.updateTable('messages').set(changes).where('id', '=', id).compile())
  return seq
}

/**
 * Conversations with rows that a crash or a lost wake-up left `received` before `before`. Those that were
 * tried least come first: a page of them that nobody can take does not keep the others waiting. Left out
 * are those whose lock somebody has: what stalls in a turn would be tried again before its deadline is done with it.
 */
export async function conversationsWithReceived(
  database: Database,
  before: Date,
  limit = 100,
): Promise<ConversationId[]> {
  const rows = await database.db
    .selectFrom('messages')
    .select('conversation_id')
    .where('status', '=', 'received')
    .where('created_at', '<', before)
    .groupBy('conversation_id')
    .orderBy((row) => row.fn.max('attempts'))
    .orderBy((row) => row.fn.min('arrival'))
    .limit(limit)
    .execute()
  const ids = rows.map((row) => row.conversation_id as ConversationId)
  if (ids.length === 0) return []
  const free = await database.db
    .selectFrom('conversations')
    .select('id')
    .where('id', 'in', ids)
    .forNoKeyUpdate()
    .skipLocked()
    .execute()
  const isFree = new Set(free.map(({ id }) => id))
  return ids.filter((id) => isFree.has(id))
}
