import { sql, type Kysely, type RawBuilder } from 'kysely'
import { answerPlace } from '../conversations/index.ts'
import type { AgentId, ConversationId, NewcomerId } from '../platform/ids.ts'
import type { Platform } from '../platform/platform.ts'
import type { Schema } from '../schema.ts'
import type { Actor } from './permissions.ts'
import { ACCOMPANIED, summaryPlace, type HandoffSummary, type Priority, type Reason } from './types.ts'

/** A conversation as a line of the queue or of "my people". */
export interface Card {
  id: ConversationId
  channel: string
  language: string
  mode: 'bot' | 'waiting' | 'human'
  newcomerId: NewcomerId | null
  /** What to call the person; null before they said it and consented. */
  preferredName: string | null
  region: string | null
  heldBy: { id: AgentId; name: string } | null
  accompaniedBy: AgentId | null
  handoff: {
    id: string
    reason: Reason
    priority: Priority
    state: 'waiting' | 'taken'
    requestedAt: Date
    summary: HandoffSummary
  } | null
  /** Messages of the person that no agent has read. */
  unread: number
  lastMessageAt: Date
  waitsFor: 'agent' | 'newcomer' | 'nobody'
  /** Last position of the log. */
  seq: number
}

/** Everything that waits, by priority, then by waiting time. A query over the hand-offs: there is no second list. */
export async function readQueue(platform: Platform): Promise<Card[]> {
  return readCards(platform, sql`where h.state = 'waiting' order by h.priority, h.requested_at, h.id limit 200`)
}

/** Who this agent holds, then who they accompany and no other agent holds; last word first. */
export async function readMyPeople(platform: Platform, actor: Actor): Promise<Card[]> {
  return readCards(
    platform,
    sql`where c.held_by = ${actor.id}
           or (c.agent_id = ${actor.id} and c.held_by is null)
        order by c.held_by is null, last_message_at desc, c.id limit 500`,
  )
}

/** The card of a conversation; the caller has proven that the reader may see it. */
export async function readCard(platform: Platform, id: ConversationId): Promise<Card | undefined> {
  const [card] = await readCards(platform, sql`where c.id = ${id}`)
  return card
}

/**
 * What a conversation waits for. In the queue and in an agent's hands a person is expected to answer,
 * unless the agent had the last word; what the bot said meanwhile does not count.
 */
export function waitsFor(mode: Card['mode'], lastWord: 'newcomer' | 'agent' | null): Card['waitsFor'] {
  if (mode === 'bot') return 'nobody'
  if (mode === 'waiting') return 'agent'
  return lastWord === 'agent' ? 'newcomer' : 'agent'
}

interface Row {
  id: ConversationId
  channel: string
  language: string
  mode: Card['mode']
  seq: number
  held_by: AgentId | null
  holder_name: string | null
  agent_id: AgentId | null
  data_key_id: string
  wrapped: Buffer
  newcomer_id: NewcomerId | null
  newcomer_region: string | null
  file_key_id: string | null
  file_wrapped: Buffer | null
  name_sealed: Buffer | null
  handoff_id: string | null
  reason: Reason | typeof ACCOMPANIED
  priority: Priority
  state: 'waiting' | 'taken'
  handoff_region: string | null
  requested_at: Date
  summary_sealed: Buffer
  unread: string
  last_message_at: Date
  last_word: 'newcomer' | 'agent' | null
}

async function readCards(platform: Platform, which: RawBuilder<unknown>): Promise<Card[]> {
  const rows = await selectCards(platform.database.db, which)
  return rows.map((row) => asCard(platform, row))
}

async function selectCards(db: Kysely<Schema>, which: RawBuilder<unknown>): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select c.id, c.channel, c.language, c.mode, c.seq, c.held_by, a.name as holder_name, c.agent_id,
           c.data_key_id, k.wrapped, c.newcomer_id, n.region as newcomer_region,
           n.data_key_id as file_key_id, nk.wrapped as file_wrapped, f.value_sealed as name_sealed,
           h.id as handoff_id, h.reason, h.priority, h.state, h.region as handoff_region, h.requested_at, h.summary_sealed,
           (select count(*) from messages m
             where m.conversation_id = c.id and m.seq > c.agent_read_seq and m.author = 'newcomer' and m.kind = 'message') as unread,
           coalesce((select m.created_at from messages m
                      where m.conversation_id = c.id and m.seq is not null and m.kind = 'message'
                      order by m.seq desc limit 1), c.created_at) as last_message_at,
           (select m.author from messages m
             where m.conversation_id = c.id and m.seq is not null and m.kind = 'message' and m.author in ('newcomer', 'agent')
             order by m.seq desc limit 1) as last_word
      from conversations c
      join data_keys k on k.id = c.data_key_id
      left join agents a on a.id = c.held_by
      left join newcomers n on n.id = c.newcomer_id
      left join data_keys nk on nk.id = n.data_key_id
      left join file_answers f on f.newcomer_id = n.id and f.name = 'preferredName'
      left join handoffs h on h.conversation_id = c.id and h.state <> 'closed'
    ${which}`.execute(db)
  return rows
}

function asCard({ keys }: Platform, row: Row): Card {
  const { newcomer_id: person, reason } = row
  const fileKey =
    row.file_key_id === null || row.file_wrapped === null ? undefined : keys.unwrap(row.file_key_id, row.file_wrapped)
  const preferredName =
    person === null || fileKey === undefined || row.name_sealed === null
      ? null
      : fileKey.open<unknown>(answerPlace(person, 'preferredName'), row.name_sealed)
  return {
    id: row.id,
    channel: row.channel,
    language: row.language,
    mode: row.mode,
    newcomerId: person,
    preferredName: typeof preferredName === 'string' ? preferredName : null,
    region: row.handoff_region ?? row.newcomer_region,
    heldBy: row.held_by === null ? null : { id: row.held_by, name: row.holder_name ?? '' },
    accompaniedBy: row.agent_id,
    handoff:
      row.handoff_id === null || reason === ACCOMPANIED
        ? null
        : {
            id: row.handoff_id,
            reason,
            priority: row.priority,
            state: row.state,
            requestedAt: row.requested_at,
            summary: keys.unwrap(row.data_key_id, row.wrapped).open(summaryPlace(row.handoff_id), row.summary_sealed),
          },
    unread: Number(row.unread),
    lastMessageAt: row.last_message_at,
    waitsFor: waitsFor(row.mode, row.last_word),
    seq: row.seq,
  }
}
