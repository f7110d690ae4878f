import type { Kysely } from 'kysely'
import type { OpenConversation } from '../conversations/index.ts'
import type { ConversationId } from '../platform/ids.ts'
import type { Schema } from '../schema.ts'
import { requireRight, type Actor, type Need, type Standing } from './permissions.ts'

/** A conversation that its reader may touch. */
export interface Accessible extends Standing {
  id: ConversationId
  mode: 'bot' | 'waiting' | 'human'
  /** Last position of the log. */
  seq: number
  epoch: number
}

/**
 * The one way from an id that somebody sent to a conversation: reads it as it is now and proves the
 * right. Throws `notFound` (foreign and absent alike), `notYours`, `alreadyTaken`. A write proves it
 * again under the lock, by `requireRight` over `standingOf`.
 */
export async function accessConversation(
  db: Kysely<Schema>,
  actor: Actor,
  id: string,
  need: Need,
): Promise<Accessible> {
  const row = await db
    .selectFrom('conversations')
    .select(['id', 'mode', 'seq', 'epoch', 'held_by', 'agent_id'])
    .where('id', '=', id)
    .executeTakeFirst()
  const found = row && {
    id: row.id as ConversationId,
    mode: row.mode,
    seq: row.seq,
    epoch: row.epoch,
    heldBy: row.held_by ?? undefined,
    accompaniedBy: row.agent_id ?? undefined,
    waiting: row.mode === 'waiting',
  }
  requireRight(actor, found, need)
  return found
}

/** The standing of a conversation that this transaction has locked. */
export const standingOf = (c: OpenConversation): Standing => ({
  heldBy: c.holder?.id,
  accompaniedBy: c.agentId,
  waiting: c.mode === 'waiting',
})
