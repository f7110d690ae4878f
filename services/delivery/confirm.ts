import { sql } from 'kysely'
import type { Database } from '../platform/database.ts'

/** What a provider says of a part by itself: it took it, the device has it, the person saw it, or it failed after all. */
export type Confirmed = 'sent' | 'delivered' | 'read' | 'failed'

/**
 * How far along each state is: what comes late or twice never goes back. `failed` and `delivered` are both ends, and
 * the first that is said holds.
 */
const CONFIRM = `
  with ranks (state, rank) as (
    values ('waiting', 0), ('sending', 0), ('unclear', 0), ('unknown', 0), ('sent', 1), ('failed', 2), ('delivered', 2), ('read', 3)
  ), confirmed as (
    update deliveries d
       set state = $3::text, provider_id = coalesce(d.provider_id, $4::text), code = coalesce($5::text, d.code), settled_at = $6::timestamptz
      from ranks was, ranks said
     where d.account = $1 and (d.id = $2 or (d.provider_id is not null and d.provider_id = $4::text))
       and was.state = d.state and said.state = $3::text and said.rank > was.rank
    returning d.id, d.message_id, d.conversation_id, d.part, d.parts, d.state
  ), ended as (
    update messages m set delivery = case
             when c.state = 'failed' then 'failed'
             when exists (select 1 from deliveries p where p.message_id = m.id and p.id <> c.id and p.state = 'unknown') then 'unknown'
             else 'sent' end
      from confirmed c
     where m.id = c.message_id and m.delivery <> 'sent' and (c.state = 'failed' or c.part + 1 = c.parts)
  )
  select conversation_id from confirmed`

/**
 * Takes a provider's word for a part, by our mark or by its own id: what was unclear, or about to be sent again, is
 * settled. Said twice, late or out of order, it changes nothing. Returns the conversation; undefined: nothing changed.
 */
export async function confirmPart(
  database: Database,
  said: {
    account: string
    mark: string | null
    providerId: string | null
    state: Confirmed
    code?: string
    at: Date
  },
): Promise<string | undefined> {
  const { rows } = await database.pool.query<{ conversation_id: string }>({
    name: 'delivery-confirm',
    text: CONFIRM,
    values: [said.account, said.mark, said.state, said.providerId, said.code ?? null, said.at],
  })
  return rows[0]?.conversation_id
}

/** Everything sent to a person until a moment has arrived there, or was seen: what a watermark says. */
export async function confirmUntil(
  database: Database,
  said: { account: string; conversationId: string; until: Date; state: 'delivered' | 'read'; at: Date },
): Promise<number> {
  const earlier = said.state === 'read' ? ['sent', 'delivered'] : ['sent']
  const { numAffectedRows } = await sql`
    update deliveries set state = ${said.state}
     where account = ${said.account} and conversation_id = ${said.conversationId}
       and state = any(${earlier}) and settled_at <= ${said.until}`.execute(database.db)
  return Number(numAffectedRows ?? 0)
}
