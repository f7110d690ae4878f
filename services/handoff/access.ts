import type { Kysely } from 'kysely'
import { requireActive } from '../agents/index.ts'
import type { OpenConversation } from '../conversations/index.ts'
import type { ConversationId } from '../platform/ids.ts'
import type { Schema } from '../schema.ts'
import { callsEveryone } from './alarms.ts'
import type { Change } from './change.ts'
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
 * again under the lock, by `requireRightNow`.
 */
export async function accessConversation(
  db: Kysely<Schema>,
  actor: Actor,
  id: string,
  need: Need,
): Promise<Accessible> {
  const [row, calls] = await Promise.all([
    db
      .selectFrom('conversations')
      .select(['id', 'mode', 'seq', 'epoch', 'held_by', 'agent_id'])
      .where('id', '=', id)
      .executeTakeFirst(),
    callsEveryone(db, id),
  ])
  const found = row && {
    id: row.id as ConversationId,
    mode: row.mode,
    seq: row.seq,
    epoch: row.epoch,
    heldBy: row.held_by ?? undefined,
    accompaniedBy: row.agent_id ?? undefined,
    waiting: row.mode === 'waiting',
    callsEveryone: calls,
  }
  requireRight(actor, found, need)
  return found
}

/**
 * The right and the account, proven within the change: both may have ended while it waited for the
 * lock. Throws what `accessConversation` does, and `unauthenticated`.
 */
export async function requireRightNow({ tx, c }: Change, actor: Actor, need: Need): Promise<void> {
  await requireActive(tx, actor.id)
  requireRight(actor, { ...standingOf(c), callsEveryone: await callsEveryone(tx.db, c.id) }, need)
}

const standingOf = (c: OpenConversation): Standing => ({
  heldBy: c.holder?.id,
  accompaniedBy: c.agentId,
  waiting: c.mode === 'waiting',
})
