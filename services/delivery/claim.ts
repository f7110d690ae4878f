import { sql } from 'kysely'
import { addressPlace, readBody } from '../conversations/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database.ts'
import { randomId, type ConversationId } from '../platform/ids.ts'
import type { Keys } from '../platform/keys.ts'
import { nowOf } from './now.ts'
import type { Claimed, DeliveryState, Head } from './types.ts'

interface HeadRow {
  id: string
  conversation_id: string
  author: Head['author']
  agent_name: string | null
  body_sealed: Buffer
  channel: string
  language: string
  address_sealed: Buffer | null
  newcomer_wrote_at: Date | null
  unreachable: string | null
  opted_out: boolean
  key_id: string
  wrapped: Buffer
  part: number | null
  state: DeliveryState | null
  attempts: number | null
}

/**
 * The heads of line that are due: of each conversation the oldest message that has not left, when its next part may
 * go now. Those of an account that pauses are left out. Nothing is claimed yet.
 */
export async function dueHeads(
  database: Database,
  keys: Keys,
  { channels, limit, clock }: { channels: readonly string[]; limit: number; clock: Clock },
): Promise<Head[]> {
  const now = nowOf(clock)
  const { rows } = await sql<HeadRow>`
    with heads as (
      select distinct on (conversation_id) id, conversation_id, arrival
        from messages
       where delivery in ('pending', 'sending') and channel = any(${[...channels]})
       order by conversation_id, seq
    ), due as (
      select h.id, h.arrival, d.part, d.state, d.attempts
        from heads h
        left join lateral (
          select part, parts, state, attempts, due_at from deliveries where message_id = h.id order by part desc limit 1
        ) d on true
       where d.part is null
          or (d.state = 'waiting' and d.due_at <= ${now})
          or (d.state in ('sent', 'delivered', 'read', 'unknown') and d.part + 1 < d.parts)
       order by h.arrival limit ${limit}
    )
    select m.id, m.conversation_id, m.author, a.name as agent_name, m.body_sealed, c.channel, c.language, c.address_sealed,
           c.newcomer_wrote_at, c.unreachable, o.how is not null as opted_out, k.id as key_id, k.wrapped, due.part, due.state, due.attempts
      from due
      join messages m on m.id = due.id
      join conversations c on c.id = m.conversation_id
      join data_keys k on k.id = c.data_key_id
      left join agents a on a.id = m.agent_id
      left join opt_outs o on o.channel = c.channel and o.contact_index = c.contact_index
     order by due.arrival`.execute(database.db)
  return rows.map((row): Head => {
    const key = keys.unwrap(row.key_id, row.wrapped)
    const waits = row.state === 'waiting'
    const body = readBody(key, row.id, row.body_sealed) ?? { text: '' }
    return {
      messageId: row.id,
      conversationId: row.conversation_id as ConversationId,
      channel: row.channel,
      language: row.language,
      author: row.author,
      agentName: row.agent_name ?? undefined,
      body,
      address:
        row.address_sealed === null
          ? undefined
          : key.open<string>(addressPlace(row.conversation_id as ConversationId), row.address_sealed),
      wroteAt: row.newcomer_wrote_at ?? undefined,
      unreachable: row.opted_out && body.despiteOptOut !== true ? 'optedOut' : (row.unreachable ?? undefined),
      part: row.part === null ? 0 : waits ? row.part : row.part + 1,
      attempts: waits ? (row.attempts ?? 0) : 0,
    }
  })
}

/** A part that is to be claimed. */
interface Wanted {
  head: Head
  parts: number
  account: string
}

/**
 * Claims parts for this node, in one statement: the unique index decides between nodes. Committed before any call,
 * so that a crash leaves what may have been sent marked as such. Returns those that are this node's.
 */
export async function claimParts(database: Database, wanted: readonly Wanted[], clock: Clock): Promise<Claimed[]> {
  if (wanted.length === 0) return []
  const now = nowOf(clock)
  const column = <T>(of: (one: Wanted) => T): T[] => wanted.map(of)
  const { rows } = await sql<{ id: string; message_id: string; attempts: number }>`
    with claimed as (
      insert into deliveries (id, message_id, part, parts, conversation_id, account, state, due_at, claimed_at)
      select w.id, w.message_id, w.part, w.parts, w.conversation_id, w.account, 'sending', ${now}, ${now}
        from unnest(${column(() => randomId())}::text[], ${column(({ head }) => head.messageId)}::text[],
                    ${column(({ head }) => head.part)}::int[], ${column(({ parts }) => parts)}::int[],
                    ${column(({ head }) => head.conversationId)}::text[], ${column(({ account }) => account)}::text[])
          as w(id, message_id, part, parts, conversation_id, account)
      on conflict (message_id, part) do update
         set state = 'sending', attempts = deliveries.attempts + 1, claimed_at = ${now}
       where deliveries.state = 'waiting' and deliveries.due_at <= ${now}
      returning id, message_id, attempts
    ), marked as (
      update messages set delivery = 'sending' where id in (select message_id from claimed) and delivery = 'pending'
    )
    select id, message_id, attempts from claimed`.execute(database.db)
  const byMessage = new Map(wanted.map((one) => [one.head.messageId, one]))
  return rows.flatMap((row) => {
    const one = byMessage.get(row.message_id)
    return one === undefined ? [] : [{ id: row.id, head: one.head, parts: one.parts, attempts: row.attempts }]
  })
}
