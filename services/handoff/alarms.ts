import { sql, type Kysely } from 'kysely'
import { presentSince } from '../agents/index.ts'
import type { DueWork } from '../due/index.ts'
import type { Temporal } from 'temporal-polyfill'
import type { Transaction } from '../platform/database.ts'
import { conflict } from '../platform/errors.ts'
import type { ConversationId } from '../platform/ids.ts'
import type { Platform } from '../platform/platform.ts'
import type { Schema } from '../schema.ts'
import type { Actor } from './permissions.ts'

/** The due time of danger that was written while an agent holds the conversation. */
export const DANGER_UNREAD = 'danger-unread'

/** Nobody has read it in time: supervisors are called or, where none is at their desk, every agent. */
const CALLED = { supervisors: 'unread', everyone: 'everyone' } as const

/** Of a due time `d` of danger: nobody who counts has read it yet, whether it has had its time or not. */
const OPEN = sql`d.kind = ${DANGER_UNREAD} and (d.done_at is null or d.outcome in (${CALLED.supervisors}, ${CALLED.everyone}))`

/** Danger that this agent should look at now. */
export interface Alarm {
  /** One message of danger; the same alarm has the same reference. */
  reference: string
  conversationId: ConversationId
  /** The holder has not read it in time: others are called too. */
  unread: boolean
}

/**
 * The alarms of an agent: danger not yet read in what they hold and, for supervisors, wherever the
 * holder has let the time pass; for everybody where no supervisor was there then. A query, so that a
 * desk that opens later is alarmed as well.
 */
export async function readAlarms({ database }: Platform, actor: Actor): Promise<Alarm[]> {
  const { rows } = await sql<Alarm>`
    select d.reference, d.conversation_id as "conversationId", d.done_at is not null as unread
      from due_times d
      join conversations c on c.id = d.conversation_id
     where ${OPEN}
       and (c.held_by = ${actor.id} or d.outcome = ${CALLED.everyone}
            or (d.outcome = ${CALLED.supervisors} and ${actor.role === 'supervisor'}))
     order by d.due_at`.execute(database.db)
  return rows
}

/** Whether every agent is called to this conversation, and so may read and take it. */
export async function callsEveryone(db: Kysely<Schema>, id: string): Promise<boolean> {
  const called = await db
    .selectFrom('due_times')
    .select('id')
    .where('kind', '=', DANGER_UNREAD)
    .where('conversation_id', '=', id)
    .where('outcome', '=', CALLED.everyone)
    .executeTakeFirst()
  return called !== undefined
}

/** The holder does not leave before they have read of danger. Throws `dangerUnread`. */
export async function requireDangerRead(tx: Transaction, c: { id: string; agentReadSeq: number }): Promise<void> {
  const { rows } = await sql`
    select from due_times d
     where ${OPEN} and d.conversation_id = ${c.id}
       and split_part(d.reference, ':', 2)::integer > ${c.agentReadSeq}
     limit 1`.execute(tx.db)
  if (rows.length > 0) throw conflict('dangerUnread')
}

/** Danger up to this position was read by somebody who counts: it alarms nobody any more. */
export async function silenceDanger(
  { database, clock }: Platform,
  id: ConversationId,
  readUpTo: number,
): Promise<void> {
  await sql`
    update due_times d
       set done_at = ${clock.now().toString()}::timestamptz, outcome = 'read'
     where ${OPEN} and d.conversation_id = ${id}
       and split_part(d.reference, ':', 2)::integer <= ${readUpTo}`.execute(database.db)
}

/** What is done when danger has had its time: nothing if it was read, else somebody who is there is called. */
export function dangerUnread(platform: Platform): DueWork {
  return async (tx, due, at) => {
    const seq = Number(due.reference.split(':').at(-1))
    const { agent_read_seq: read } = await tx.db
      .selectFrom('conversations')
      .select('agent_read_seq')
      .where('id', '=', due.conversationId)
      .executeTakeFirstOrThrow()
    if (read >= seq) return 'read'
    tx.afterCommit(() => platform.bell.ring('queue'))
    return (await aSupervisorIsThere(tx, at)) ? CALLED.supervisors : CALLED.everyone
  }
}

async function aSupervisorIsThere(tx: Transaction, now: Temporal.Instant): Promise<boolean> {
  const there = await tx.db
    .selectFrom('agents as a')
    .innerJoin('desks as d', 'd.agent_id', 'a.id')
    .select('a.id')
    .where('a.role', '=', 'supervisor')
    .where('a.active', '=', true)
    .where('d.seen_at', '>', presentSince(now))
    .executeTakeFirst()
  return there !== undefined
}
