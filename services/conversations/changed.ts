import type { Database } from '../platform/database.ts'
import type { ConversationId } from '../platform/ids.ts'
import type { Keys } from '../platform/keys.ts'
import { bodyPlace } from './open.ts'
import { readBody } from './received.ts'
import type { MessageBody } from './types.ts'

/**
 * Changes what a newcomer's message says after they took it back or wrote it again on their channel. The bot does not
 * hear it anew. Returns the conversation; undefined: there is no such message.
 */
export async function rewriteMessage(
  database: Database,
  keys: Keys,
  { channel, externalId }: { channel: string; externalId: string },
  change: (body: MessageBody) => MessageBody,
): Promise<ConversationId | undefined> {
  return database.transaction(async (tx) => {
    const row = await tx.db
      .selectFrom('messages as m')
      .innerJoin('conversations as c', 'c.id', 'm.conversation_id')
      .innerJoin('data_keys as k', 'k.id', 'c.data_key_id')
      .select(['m.id', 'm.conversation_id', 'm.body_sealed', 'k.id as key_id', 'k.wrapped'])
      .where('m.channel', '=', channel)
      .where('m.external_id', '=', externalId)
      .where('m.author', '=', 'newcomer')
      .forNoKeyUpdate('m')
      .executeTakeFirst()
    if (row === undefined) return undefined
    const key = keys.unwrap(row.key_id, row.wrapped)
    const body = readBody(key, row.id, row.body_sealed)
    if (body === undefined) return undefined
    const sealed = key.seal(bodyPlace(row.id), change(body))
    tx.later(tx.db.updateTable('messages').set({ body_sealed: sealed }).where('id', '=', row.id).compile())
    return row.conversation_id as ConversationId
  })
}

/** Somebody answers a person elsewhere on their channel: the assistant only listens until then. */
export async function silenceUntil(database: Database, id: ConversationId, until: Date): Promise<void> {
  await database.db.updateTable('conversations').set({ silent_until: until }).where('id', '=', id).execute()
}
