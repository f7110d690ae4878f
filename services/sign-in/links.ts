import type { Kysely } from 'kysely'
import type { Temporal } from 'temporal-polyfill'
import { toDate } from '../platform/clock.ts'
import { digest, randomSecret, type AgentId } from '../platform/ids.ts'
import type { Platform } from '../platform/platform.ts'
import type { Schema } from '../schema.ts'

/** A one-time sign-in link; shown once, to the person who asked for it. */
export interface SignInLink {
  /** The secret is in the fragment, which no server, proxy or referrer ever sees. */
  url: string
  expiresAt: Temporal.Instant
}

/** Makes a link for an agent and voids those not yet used: there is one at a time. */
export async function makeLink(
  db: Kysely<Schema>,
  publicUrl: string,
  agentId: AgentId,
  validity: { now: Temporal.Instant; hours: number },
): Promise<SignInLink> {
  const secret = randomSecret()
  const expiresAt = validity.now.add({ hours: validity.hours })
  await db.deleteFrom('sign_in_links').where('agent_id', '=', agentId).where('used_at', 'is', null).execute()
  await db
    .insertInto('sign_in_links')
    .values({
      token_digest: digest(secret),
      agent_id: agentId,
      created_at: toDate(validity.now),
      expires_at: toDate(expiresAt),
      used_at: null,
    })
    .execute()
  return { url: `${publicUrl}/desk#sign-in=${secret}`, expiresAt }
}

/**
 * Uses a link up. One statement: of two people who open it at once, one gets in. Undefined: unknown,
 * used, expired, or the agent was deactivated.
 */
export async function useLink(platform: Platform, secret: string): Promise<AgentId | undefined> {
  const now = toDate(platform.clock.now())
  const used = await platform.database.db
    .updateTable('sign_in_links')
    .set({ used_at: now })
    .from('agents')
    .whereRef('agents.id', '=', 'sign_in_links.agent_id')
    .where('agents.active', '=', true)
    .where('token_digest', '=', digest(secret))
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('sign_in_links.agent_id')
    .executeTakeFirst()
  return used?.agent_id as AgentId | undefined
}
