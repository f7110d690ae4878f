import type { Kysely } from 'kysely'
import type { Temporal } from 'temporal-polyfill'
import { toDate } from '../platform/clock.ts'
import { digest, randomSecret, type AgentId } from '../platform/ids.ts'
import type { Platform } from '../platform/platform.ts'
import type { Schema } from '../schema.ts'
import { insertSession, type OpenedSession } from './sessions.ts'

/** A one-time sign-in link; shown once, to the person who asked for it. */
export interface SignInLink {
  /** The secret is in the fragment, which no server, proxy or referrer ever sees. */
  url: string
  expiresAt: Temporal.Instant
}

/** Makes a link for an agent and voids those not yet used: there is one at a time. `madeBy` is null for the console. */
export async function makeLink(
  db: Kysely<Schema>,
  publicUrl: string,
  agentId: AgentId,
  { now, hours, madeBy }: { now: Temporal.Instant; hours: number; madeBy: string | null },
): Promise<SignInLink> {
  const secret = randomSecret()
  const expiresAt = now.add({ hours })
  await db.deleteFrom('sign_in_links').where('agent_id', '=', agentId).where('used_at', 'is', null).execute()
  await db
    .insertInto('sign_in_links')
    .values({
      token_digest: digest(secret),
      agent_id: agentId,
      made_by: madeBy,
      created_at: toDate(now),
      expires_at: toDate(expiresAt),
      used_at: null,
    })
    .execute()
  return { url: `${publicUrl}/desk#sign-in=${secret}`, expiresAt }
}

/**
 * Uses a link up and opens the session, both or neither: an answer that is lost between the two would
 * lock its owner out. The account's other sessions end, so that nobody comes in beside its owner
 * unnoticed. Of two people who open it at once, one gets in. Undefined: unknown, used, expired, or the
 * agent was deactivated.
 */
export async function signInByLink(
  platform: Platform,
  secret: string,
): Promise<(OpenedSession & { agentId: AgentId }) | undefined> {
  const now = platform.clock.now()
  return platform.database.transaction(async (tx) => {
    const used = await tx.db
      .updateTable('sign_in_links')
      .set({ used_at: toDate(now) })
      .from('agents')
      .whereRef('agents.id', '=', 'sign_in_links.agent_id')
      .where('agents.active', '=', true)
      .where('token_digest', '=', digest(secret))
      .where('used_at', 'is', null)
      .where('expires_at', '>', toDate(now))
      .returning('sign_in_links.agent_id')
      .executeTakeFirst()
    if (used === undefined) return undefined
    const agentId = used.agent_id as AgentId
    await tx.db.deleteFrom('agent_sessions').where('agent_id', '=', agentId).execute()
    const session = await insertSession(tx.db, now, agentId)
    tx.afterCommit(() => platform.bell.ring(`agent:${agentId}`))
    return { ...session, agentId }
  })
}
