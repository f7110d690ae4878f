import type { Database } from '../platform/database.ts'
import { randomId, type ConversationId } from '../platform/ids.ts'
import type { Keys } from '../platform/keys.ts'
import { addressPlace } from './open.ts'

export interface NewConversation {
  /** Given by a channel whose token named it beforehand; otherwise made here. */
  id?: ConversationId
  channel: string
  /** The person's address on the channel: found again by its blind index, never kept in clear. */
  contact: string
  /** Who writes, as the channel's protocol names them. */
  userId: string
  language: string
  /** Where the person is written to, on a channel that must be called; kept sealed. */
  address?: string
}

/**
 * Finds the conversation of a contact on a channel, or opens it. Two first messages at once, on two
 * nodes, find the same one: the unique index decides.
 */
export async function findOrCreateConversation(
  database: Database,
  keys: Keys,
  wanted: NewConversation,
): Promise<{ id: ConversationId; created: boolean }> {
  const contactIndex = keys.blindIndex(`contact:${wanted.channel}`, wanted.contact)
  const find = async () =>
    database.db
      .selectFrom('conversations')
      .select('id')
      .where('channel', '=', wanted.channel)
      .where('contact_index', '=', contactIndex)
      .executeTakeFirst()
  const found = await find()
  if (found !== undefined) return { id: found.id as ConversationId, created: false }
  const id = wanted.id ?? (randomId() as ConversationId)
  const created = await database.transaction(async (tx) => {
    const dataKeyId = randomId()
    const { key, wrapped } = keys.newDataKey(dataKeyId)
    await tx.db.insertInto('data_keys').values({ id: dataKeyId, wrapped }).execute()
    const inserted = await tx.db
      .insertInto('conversations')
      .values({
        id,
        channel: wanted.channel,
        contact_index: contactIndex,
        user_id: wanted.userId,
        data_key_id: dataKeyId,
        language: wanted.language,
        newcomer_id: null,
        state_sealed: null,
        held_by: null,
        agent_id: null,
        newcomer_wrote_at: null,
        address_sealed: wanted.address === undefined ? null : key.seal(addressPlace(id), wanted.address),
        unreachable: null,
        silent_until: null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst()
    // Somebody was first: their key stays, ours goes.
    if (inserted === undefined) await tx.db.deleteFrom('data_keys').where('id', '=', dataKeyId).execute()
    return inserted !== undefined
  })
  if (created) return { id, created }
  const other = await find()
  if (other === undefined) throw new Error('a conversation that exists was not found')
  return { id: other.id as ConversationId, created: false }
}
