import type { Kysely } from 'kysely'
import type { ConversationId } from '../platform/ids.ts'
import type { Schema } from '../schema.ts'
import type { Mode } from './types.ts'

/** How a conversation stands, for those who watch it: not part of the log, told again when it changes. */
export interface Standing {
  mode: Mode
  /** The name of the agent who holds it. */
  holder: string | null
  /** How far an agent has read. */
  agentReadSeq: number
}

/** Reads how a conversation stands. Undefined: there is none, or no longer. */
export async function readStanding(db: Kysely<Schema>, id: ConversationId): Promise<Standing | undefined> {
  const row = await db
    .selectFrom('conversations as c')
    .leftJoin('agents as a', 'a.id', 'c.held_by')
    .select(['c.mode', 'a.name', 'c.agent_read_seq'])
    .where('c.id', '=', id)
    .executeTakeFirst()
  return row === undefined ? undefined : { mode: row.mode, holder: row.name, agentReadSeq: row.agent_read_seq }
}
