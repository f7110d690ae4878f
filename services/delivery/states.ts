import { sql } from 'kysely'
import type { Database } from '../platform/database.ts'
import type { ConversationId } from '../platform/ids.ts'

/** How far a message to a provider has come. */
export type Delivered = 'pending' | 'sending' | 'sent' | 'delivered' | 'read' | 'failed' | 'unknown'

interface DeliveryOfMessage {
  state: Delivered
  /** The provider's code, or ours, of what went wrong last. */
  code?: string
}

/** Messages whose delivery the desk is told. */
const SHOWN = 60

/** How the last messages of a conversation went, by message; none on a channel that reads the log itself. */
export async function readDeliveries(
  database: Database,
  id: ConversationId,
): Promise<Record<string, DeliveryOfMessage>> {
  const { rows } = await sql<{ id: string; delivery: Delivered; state: string | null; code: string | null }>`
    select m.id, m.delivery, d.state, d.code
      from messages m
      left join lateral (select state, code from deliveries where message_id = m.id order by part desc limit 1) d on true
     where m.conversation_id = ${id} and m.delivery <> 'none' and m.seq is not null
     order by m.seq desc limit ${SHOWN}`.execute(database.db)
  return Object.fromEntries(
    rows.map(({ id: message, delivery, state, code }) => {
      const further = delivery === 'sent' && (state === 'delivered' || state === 'read') ? state : delivery
      const isWrong = further === 'failed' || further === 'unknown' || state === 'unclear'
      return [message, { state: further, ...(isWrong && code !== null ? { code } : {}) }]
    }),
  )
}

/** Whether a person can be written to at all. */
export interface Reach {
  channel: string
  /** When they last wrote. */
  wroteAt: Date | undefined
  optedOut: boolean
  /** Why the provider takes nothing for them any more, until they write again. */
  unreachable: string | undefined
}

export async function readReach(database: Database, id: ConversationId): Promise<Reach | undefined> {
  const { rows } = await sql<{ channel: string; wrote: Date | null; opted_out: boolean; unreachable: string | null }>`
    select c.channel, c.newcomer_wrote_at as wrote, o.how is not null as opted_out, c.unreachable
      from conversations c
      left join opt_outs o on o.channel = c.channel and o.contact_index = c.contact_index
     where c.id = ${id}`.execute(database.db)
  const [row] = rows
  return row === undefined
    ? undefined
    : {
        channel: row.channel,
        wroteAt: row.wrote ?? undefined,
        optedOut: row.opted_out,
        unreachable: row.unreachable ?? undefined,
      }
}
