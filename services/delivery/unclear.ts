import { sql } from 'kysely'
import { addressPlace, readBody } from '../conversations/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database.ts'
import type { ConversationId } from '../platform/ids.ts'
import type { Keys } from '../platform/keys.ts'
import { nowOf } from './now.ts'
import type { Outgoing } from './types.ts'

/** A call that is under way longer than this has lost the node that made it. Longer than any call may take. */
const LOST_SECONDS = 60
/** How often a provider is asked before what it does not have is taken not to have arrived, and after how long again. */
const LOOKS = 2
const LOOK_AGAIN_SECONDS = 60
/** How often it is asked that cannot answer, before the part is left uncertain. */
const MOST_LOOKS = 10

/** A part of which nobody knows yet whether it was sent. */
export interface Unclear extends Outgoing {
  /** Our mark. */
  id: string
  part: number
  claimedAt: Date
}

/**
 * What a provider says of a part: what it has that may be it (its own ids, oldest first; none: it does not have it),
 * or that it cannot say now.
 */
export type Found = { kind: 'has'; providerIds: readonly string[] } | { kind: 'cannot' }

/** What a node that ended was sending is unclear from now on. */
export async function takeLostForUnclear(database: Database, clock: Clock): Promise<number> {
  const now = nowOf(clock)
  const { numAffectedRows } = await sql`
    update deliveries set state = 'unclear', due_at = ${now}, code = 'lost'
     where state = 'sending' and claimed_at < ${now} - make_interval(secs => ${LOST_SECONDS})`.execute(database.db)
  return Number(numAffectedRows ?? 0)
}

/** The unclear parts about which a provider is to be asked now. Each is put off meanwhile, so that no other node asks too. */
export async function unclearParts(
  database: Database,
  keys: Keys,
  { channels, limit, clock }: { channels: readonly string[]; limit: number; clock: Clock },
): Promise<Unclear[]> {
  const now = nowOf(clock)
  const { rows } = await sql<{
    id: string
    conversation_id: ConversationId
    message_id: string
    channel: string
    language: string
    author: Outgoing['author']
    agent_name: string | null
    address_sealed: Buffer | null
    body_sealed: Buffer
    part: number
    claimed_at: Date
    key_id: string
    wrapped: Buffer
  }>`
    with asked as (
      update deliveries set due_at = ${now} + make_interval(secs => ${LOOK_AGAIN_SECONDS})
       where id in (
         select d.id from deliveries d join conversations c on c.id = d.conversation_id
          where d.state = 'unclear' and d.due_at <= ${now} and c.channel = any(${[...channels]})
          order by d.due_at limit ${limit} for update of d skip locked)
      returning id, conversation_id, message_id, part, claimed_at
    )
    select a.id, a.conversation_id, a.message_id, a.part, a.claimed_at, c.channel, c.language, c.address_sealed,
           m.author, g.name as agent_name, m.body_sealed, k.id as key_id, k.wrapped
      from asked a
      join conversations c on c.id = a.conversation_id
      join data_keys k on k.id = c.data_key_id
      join messages m on m.id = a.message_id
      left join agents g on g.id = m.agent_id`.execute(database.db)
  return rows.flatMap((row): Unclear[] => {
    if (row.address_sealed === null) return []
    const key = keys.unwrap(row.key_id, row.wrapped)
    return [
      {
        id: row.id,
        conversationId: row.conversation_id,
        messageId: row.message_id,
        channel: row.channel,
        language: row.language,
        author: row.author,
        agentName: row.agent_name ?? undefined,
        address: key.open<string>(addressPlace(row.conversation_id), row.address_sealed),
        body: readBody(key, row.message_id, row.body_sealed) ?? { text: '' },
        part: row.part,
        claimedAt: row.claimed_at,
      },
    ]
  })
}

/**
 * What a provider said of an unclear part. It has it: sent. It does not, twice, a minute apart: sent a second time,
 * once. Else nobody can say, and agents see that it is uncertain. Returns the state that it has now.
 */
export async function settleUnclear(
  database: Database,
  id: string,
  found: Found,
  clock: Clock,
): Promise<string | undefined> {
  const now = nowOf(clock)
  const said = found.kind === 'cannot' ? null : [...found.providerIds]
  const { rows } = await sql<{ state: string }>`
    with own as (
      -- what another part of ours is already known by is not this one
      select p.id from unnest(${said}::text[]) with ordinality as p(id, place)
       where not exists (
         select 1 from deliveries o join deliveries d on d.id = ${id} and o.account = d.account
          where o.provider_id = p.id and o.id <> d.id)
       order by p.place limit 1
    ), told as (
      select case when ${said}::text[] is null then 'cannot' when (select id from own) is null then 'absent' else 'found' end as kind,
             (select id from own) as provider_id
    ), settled as (
      update deliveries d
         set looks = case when t.kind = 'absent' and looks + 1 >= ${LOOKS} then 0 else looks + 1 end,
             provider_id = coalesce(d.provider_id, t.provider_id),
             resent = resent or (t.kind = 'absent' and looks + 1 >= ${LOOKS}),
             state = case
               when t.kind = 'found' then 'sent'
               when t.kind = 'absent' and looks + 1 >= ${LOOKS} and not resent then 'waiting'
               when t.kind = 'absent' and looks + 1 >= ${LOOKS} then 'unknown'
               when looks + 1 >= ${MOST_LOOKS} then 'unknown'
               else 'unclear' end,
             due_at = case
               when t.kind = 'absent' and looks + 1 >= ${LOOKS} then ${now}
               else ${now} + make_interval(secs => ${LOOK_AGAIN_SECONDS}) end,
             settled_at = case when t.kind = 'found' then ${now} else settled_at end
        from told t
       where d.id = ${id} and d.state = 'unclear'
      returning d.id, d.message_id, d.part, d.parts, d.state
    ), ended as (
      update messages m set delivery = case
               when s.state = 'unknown' or exists (select 1 from deliveries p where p.message_id = m.id and p.state = 'unknown')
               then 'unknown' else 'sent' end
        from settled s
       where m.id = s.message_id and s.state in ('sent', 'unknown') and s.part + 1 = s.parts
    )
    select state from settled`.execute(database.db)
  return rows[0]?.state
}
