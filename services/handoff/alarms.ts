import { sql } from 'kysely'
import type { DueWork } from '../due/index.ts'
import type { ConversationId } from '../platform/ids.ts'
import type { Platform } from '../platform/platform.ts'
import type { Actor } from './permissions.ts'

/** The due time of danger that was written while an agent holds the conversation. */
export const DANGER_UNREAD = 'danger-unread'

/** Danger that this agent should look at now. */
export interface Alarm {
  /** One message of danger; the same alarm has the same reference. */
  reference: string
  conversationId: ConversationId
  /** The holder has not read it in time: supervisors are called too. */
  unread: boolean
}

/**
 * The alarms of an agent: danger not yet read in what they hold and, for supervisors, wherever the
 * holder has let the time pass. A query, so that a desk that opens later is alarmed as well.
 */
export async function readAlarms({ database }: Platform, actor: Actor): Promise<Alarm[]> {
  const { rows } = await sql<Alarm>`
    select d.reference, d.conversation_id as "conversationId", d.outcome is not distinct from 'unread' as unread
      from due_times d
      join conversations c on c.id = d.conversation_id
     where d.kind = ${DANGER_UNREAD}
       and (d.done_at is null or d.outcome = 'unread')
       and (c.held_by = ${actor.id} or (d.outcome = 'unread' and ${actor.role === 'supervisor'}))
     order by d.due_at`.execute(database.db)
  return rows
}

/** What is done when danger has had its time: nothing if it was read, else supervisors are rung. */
export function dangerUnread(platform: Platform): DueWork {
  return async (tx, due) => {
    const seq = Number(due.reference.split(':').at(-1))
    const { agent_read_seq: read } = await tx.db
      .selectFrom('conversations')
      .select('agent_read_seq')
      .where('id', '=', due.conversationId)
      .executeTakeFirstOrThrow()
    if (read >= seq) return 'read'
    tx.afterCommit(() => platform.bell.ring('queue'))
    return 'unread'
  }
}
