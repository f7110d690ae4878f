import { toDate, type Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database.ts'
import { digest, randomId, randomSecret, type ConversationId } from '../platform/ids.ts'
import { SESSION_DAYS, SHARED_HOURS } from './cookie.ts'

/** An anonymous person of the web: one user id and one conversation, for as long as they come back. */
export interface Visitor {
  userId: string
  conversationId: ConversationId
}

interface Ground {
  database: Database
  clock: Clock
}

/** Somebody new: 128 random bits, in the form that Direct Line clients know (`dl_`). Kept nowhere yet. */
export const newVisitor = (): Visitor => ({ userId: `dl_${randomId()}`, conversationId: randomId() as ConversationId })

/** How long a session lasts after it was last used. */
const lasts = (shared: boolean): { hours: number } => ({ hours: shared ? SHARED_HOURS : SESSION_DAYS * 24 })

/** Opens a page session. `secret` goes into the cookie; the database keeps its digest. */
export async function startSession(
  { database, clock }: Ground,
  shared: boolean,
): Promise<{ secret: string; visitor: Visitor }> {
  const secret = randomSecret()
  const visitor = newVisitor()
  const now = clock.now()
  await database.db
    .insertInto('visitor_sessions')
    .values({
      token_digest: digest(secret),
      conversation_id: visitor.conversationId,
      user_id: visitor.userId,
      created_at: toDate(now),
      last_seen_at: toDate(now),
      expires_at: toDate(now.add(lasts(shared))),
    })
    .execute()
  return { secret, visitor }
}

/** Whose session this is; it then lasts another 180 days, on a shared device a visit. Undefined: unknown or over. */
export async function renewSession(
  { database, clock }: Ground,
  secret: string,
  shared: boolean,
): Promise<Visitor | undefined> {
  const now = clock.now()
  const row = await database.db
    .updateTable('visitor_sessions')
    .set({ last_seen_at: toDate(now), expires_at: toDate(now.add(lasts(shared))) })
    .where('token_digest', '=', digest(secret))
    .where('expires_at', '>', toDate(now))
    .returning(['conversation_id', 'user_id'])
    .executeTakeFirst()
  return row && { userId: row.user_id, conversationId: row.conversation_id as ConversationId }
}

/** Ends a session: its secret opens nothing any more. One that is unknown is over already. */
export async function endSession({ database }: Ground, secret: string): Promise<void> {
  await database.db.deleteFrom('visitor_sessions').where('token_digest', '=', digest(secret)).execute()
}

/** Deletes the sessions that are over. For the sweep. */
export async function forgetEndedSessions({ database, clock }: Ground): Promise<void> {
  await database.db.deleteFrom('visitor_sessions').where('expires_at', '<=', toDate(clock.now())).execute()
}
