import { sql } from 'kysely'
import type { Platform } from '../platform/platform.ts'
import type { Actor } from './permissions.ts'

/** Changes when a list that an agent sees has changed; nothing else may be read from it. */
export interface ListMarks {
  queue: string
  people: string
}

/** The marks of the queue and of "my people": what a desk compares to know that it must ask again. */
export async function readListMarks({ database }: Platform, actor: Actor): Promise<ListMarks> {
  const { rows } = await sql<ListMarks>`
    select (select md5(coalesce(string_agg(concat_ws(':', h.id, h.priority, c.seq, c.agent_read_seq), ',' order by h.id), ''))
              from handoffs h join conversations c on c.id = h.conversation_id
             where h.state = 'waiting') as queue,
           (select md5(coalesce(string_agg(concat_ws(':', c.id, c.seq, c.mode, c.held_by, c.agent_read_seq), ',' order by c.id), ''))
              from conversations c
             where c.held_by = ${actor.id} or c.agent_id = ${actor.id}) as people`.execute(database.db)
  return rows[0] ?? { queue: '', people: '' }
}
