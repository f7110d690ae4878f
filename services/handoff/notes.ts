import { normaliseText } from '../conversations/index.ts'
import { toDate } from '../platform/clock.ts'
import { invalid } from '../platform/errors.ts'
import { randomId, type ConversationId } from '../platform/ids.ts'
import type { DataKey } from '../platform/keys.ts'
import type { Platform } from '../platform/platform.ts'
import { requireRightNow } from './access.ts'
import { changeConversation, type Change } from './change.ts'
import type { Actor } from './permissions.ts'
import { notePlace } from './types.ts'

/** What agents tell each other about a conversation; the person never sees it. */
export interface Note {
  id: string
  agentName: string
  text: string
  at: Date
}

/**
 * Adds an internal note, sealed under the conversation's key. `mark` is made by the page: a second copy
 * is answered with the first. Throws `notFound`, `notYours`, `invalid`.
 */
export async function addNote(
  platform: Platform,
  actor: Actor,
  id: ConversationId,
  words: string,
  mark: string = randomId(),
): Promise<Note> {
  const text = normaliseText(words).trim()
  if (text === '') throw invalid('body.text')
  return changeConversation(platform, id, async (change) => {
    const { tx, c, at } = change
    const kept = await firstCopy(change, actor, mark)
    if (kept !== undefined) return kept
    await requireRightNow(change, actor, 'note')
    const note: Note = { id: randomId(), agentName: actor.name, text, at: toDate(at) }
    tx.later(
      tx.db
        .insertInto('notes')
        .values({
          id: note.id,
          conversation_id: c.id,
          agent_id: actor.id,
          client_id: mark,
          body_sealed: c.key.seal(notePlace(note.id), text),
          created_at: note.at,
        })
        .compile(),
    )
    return note
  })
}

async function firstCopy({ tx, c }: Change, actor: Actor, mark: string): Promise<Note | undefined> {
  const row = await tx.db
    .selectFrom('notes')
    .select(['id', 'body_sealed', 'created_at'])
    .where('conversation_id', '=', c.id)
    .where('agent_id', '=', actor.id)
    .where('client_id', '=', mark)
    .executeTakeFirst()
  return (
    row && {
      id: row.id,
      agentName: actor.name,
      text: c.key.open<string>(notePlace(row.id), row.body_sealed),
      at: row.created_at,
    }
  )
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
