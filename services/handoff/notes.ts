import { normaliseText } from '../conversations/index.ts'
import { toDate } from '../platform/clock.ts'
import { invalid } from '../platform/errors.ts'
import { randomId, type ConversationId } from '../platform/ids.ts'
import type { DataKey } from '../platform/keys.ts'
import type { Platform } from '../platform/platform.ts'
import { accessConversation } from './access.ts'
import type { Actor } from './permissions.ts'
import { notePlace } from './types.ts'

/** What agents tell each other about a conversation; the person never sees it. */
export interface Note {
  id: string
  agentName: string
  text: string
  at: Date
}

/** Adds an internal note, sealed under the conversation's key. Throws `notFound`, `notYours`, `invalid`. */
export async function addNote(platform: Platform, actor: Actor, id: string, words: string): Promise<Note> {
  const text = normaliseText(words).trim()
  if (text === '') throw invalid('body.text')
  const found = await accessConversation(platform.database.db, actor, id, 'note')
  const key = await keyOf(platform, found.id)
  const note: Note = { id: randomId(), agentName: actor.name, text, at: toDate(platform.clock.now()) }
  await platform.database.db
    .insertInto('notes')
    .values({
      id: note.id,
      conversation_id: found.id,
      agent_id: actor.id,
      body_sealed: key.seal(notePlace(note.id), text),
      created_at: note.at,
    })
    .execute()
  platform.bell.ring(`conversation:${found.id}`)
  return note
}

/** The notes of a conversation, oldest first; the caller has proven that the reader may see them. */
export async function readNotes(platform: Platform, id: ConversationId): Promise<Note[]> {
  const rows = await platform.database.db
    .selectFrom('notes as n')
    .innerJoin('agents as a', 'a.id', 'n.agent_id')
    .select(['n.id', 'a.name', 'n.body_sealed', 'n.created_at'])
    .where('n.conversation_id', '=', id)
    .orderBy('n.created_at')
    .orderBy('n.id')
    .execute()
  if (rows.length === 0) return []
  const key = await keyOf(platform, id)
  return rows.map((row) => ({
    id: row.id,
    agentName: row.name,
    text: key.open<string>(notePlace(row.id), row.body_sealed),
    at: row.created_at,
  }))
}

async function keyOf({ database, keys }: Platform, id: ConversationId): Promise<DataKey> {
  const row = await database.db
    .selectFrom('conversations as c')
    .innerJoin('data_keys as k', 'k.id', 'c.data_key_id')
    .select(['k.id', 'k.wrapped'])
    .where('c.id', '=', id)
    .executeTakeFirstOrThrow()
  return keys.unwrap(row.id, row.wrapped)
}
