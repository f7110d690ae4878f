import { answerPlace } from '../conversations/index.ts'
import { notFound } from '../platform/errors.ts'
import type { NewcomerId } from '../platform/ids.ts'
import type { Platform } from '../platform/platform.ts'
import { accessConversation } from './access.ts'
import { readCard, type Card } from './cards.ts'
import { readNotes, type Note } from './notes.ts'
import { rightsOf, type Actor, type Rights } from './permissions.ts'

/** What the person's file says. */
export interface FileView {
  newcomerId: NewcomerId
  answers: { name: string; value: unknown; author: 'newcomer' | 'agent' | 'bot'; dialog: string; at: Date }[]
  /** The latest word on each purpose. */
  consents: { purpose: string; given: boolean; at: Date }[]
}

/** A conversation with what stands beside it on the desk. */
export interface ConversationSheet {
  card: Card
  /** Null before consent. */
  file: FileView | null
  notes: Note[]
  rights: Rights
}

/** Reads a conversation for somebody who may. Throws `notFound`. */
export async function readConversation(platform: Platform, actor: Actor, id: string): Promise<ConversationSheet> {
  const found = await accessConversation(platform.database.db, actor, id, 'read')
  const card = await readCard(platform, found.id)
  if (card === undefined) throw notFound()
  const [file, notes] = await Promise.all([
    card.newcomerId === null ? null : readFile(platform, card.newcomerId),
    readNotes(platform, found.id),
  ])
  return { card, file, notes, rights: rightsOf(actor, found) }
}

async function readFile({ database, keys }: Platform, id: NewcomerId): Promise<FileView | null> {
  const [person, answers, consents] = await Promise.all([
    database.db
      .selectFrom('newcomers as n')
      .innerJoin('data_keys as k', 'k.id', 'n.data_key_id')
      .select(['k.id', 'k.wrapped'])
      .where('n.id', '=', id)
      .executeTakeFirst(),
    database.db
      .selectFrom('file_answers')
      .select(['name', 'value_sealed', 'origin_author', 'origin_dialog', 'answered_at'])
      .where('newcomer_id', '=', id)
      .orderBy('answered_at')
      .orderBy('name')
      .execute(),
    database.db
      .selectFrom('consents')
      .distinctOn('purpose')
      .select(['purpose', 'given', 'recorded_at'])
      .where('newcomer_id', '=', id)
      .orderBy('purpose')
      .orderBy('id', 'desc')
      .execute(),
  ])
  if (person === undefined) return null
  const key = keys.unwrap(person.id, person.wrapped)
  return {
    newcomerId: id,
    answers: answers.map((row) => ({
      name: row.name,
      value: key.open<unknown>(answerPlace(id, row.name), row.value_sealed),
      author: row.origin_author,
      dialog: row.origin_dialog,
      at: row.answered_at,
    })),
    consents: consents.map((row) => ({ purpose: row.purpose, given: row.given, at: row.recorded_at })),
  }
}
