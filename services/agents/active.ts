import type { Transaction } from '../platform/database.ts'
import { unauthenticated } from '../platform/errors.ts'

/**
 * Keeps an account from being closed until the commit. What its owner was signed in for may have waited
 * for a lock since; one that was closed meanwhile does nothing more. Throws `unauthenticated`.
 */
export async function requireActive(tx: Transaction, agentId: string): Promise<void> {
  const active = await tx.db
    .selectFrom('agents')
    .select('id')
    .where('id', '=', agentId)
    .where('active', '=', true)
    .forShare()
    .executeTakeFirst()
  if (active === undefined) throw unauthenticated()
}
