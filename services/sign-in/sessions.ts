import { sql, type Kysely } from 'kysely'
import type { Temporal } from 'temporal-polyfill'
import { toDate } from '../platform/clock.ts'
import { unauthenticated } from '../platform/errors.ts'
import { digest, randomId, randomSecret, type AgentId } from '../platform/ids.ts'
import type { Platform } from '../platform/platform.ts'
import type { Schema } from '../schema.ts'
import { readToken } from './cookies.ts'

/** An agent as their session says now. */
export interface SignedInAgent {
  id: AgentId
  name: string
  role: 'agent' | 'supervisor' | 'administrator'
  languages: string[]
  sessionId: string
  sessionEndsAt: Date
}

/** A session that was opened: the cookie's token, and for how many seconds it may stand. */
export interface OpenedSession {
  token: string
  seconds: number
}

/** A session ends after this, whatever its agent does. Source: OWASP ASVS 5.0, 7.3.2. */
const SESSION_HOURS = 12
/** A session that nobody uses ends after this. Source: OWASP ASVS 5.0, 7.3.1. */
const IDLE_HOURS = 2
/** `last_seen_at` is written at most this often. */
const SEEN_EVERY_SECONDS = 60

/**
 * Opens a session for somebody whose identity is proven, whatever proved it; the one way to get a
 * session. The token is new each time and only its digest is kept. Throws `unauthenticated` when the
 * agent was deactivated meanwhile.
 */
export async function openSession(platform: Platform, agentId: AgentId): Promise<OpenedSession> {
  return insertSession(platform.database.db, platform.clock.now(), agentId)
}

/** `openSession` within the transaction of whatever proves the identity. */
export async function insertSession(
  db: Kysely<Schema>,
  now: Temporal.Instant,
  agentId: AgentId,
): Promise<OpenedSession> {
  const token = randomSecret()
  const { rows } = await sql`
    insert into agent_sessions (token_digest, id, agent_id, created_at, last_seen_at, expires_at)
    select ${digest(token)}, ${randomId()}, id, ${toDate(now)}, ${toDate(now)}, ${toDate(now.add({ hours: SESSION_HOURS }))}
      from agents where id = ${agentId} and active
    returning id`.execute(db)
  if (rows.length === 0) throw unauthenticated()
  return { token, seconds: SESSION_HOURS * 3600 }
}

/**
 * Who a `Cookie` header belongs to, for HTTP and sockets alike: the only function that knows. Undefined:
 * no session, ended, idle too long, or an agent who was deactivated. Counts as a sign of life.
 */
export async function authenticate(
  platform: Platform,
  cookieHeader: string | undefined,
): Promise<SignedInAgent | undefined> {
  const token = readToken(platform.settings.publicUrl, cookieHeader)
  if (token === undefined) return undefined
  return platform.database.hold(async () => {
    const now = platform.clock.now()
    const row = await liveSessions(platform.database.db, now)
      .where('s.token_digest', '=', digest(token))
      .executeTakeFirst()
    if (row === undefined) return undefined
    const seenBefore = toDate(now.subtract({ seconds: SEEN_EVERY_SECONDS }))
    if (row.last_seen_at < seenBefore)
      await platform.database.db
        .updateTable('agent_sessions')
        .set({ last_seen_at: toDate(now) })
        .where('id', '=', row.session_id)
        .where('last_seen_at', '<', seenBefore)
        .execute()
    return asAgent(row)
  })
}

/** The agent of a session that still stands. No sign of life: an open socket alone does not keep it alive. */
export async function readSession(platform: Platform, sessionId: string): Promise<SignedInAgent | undefined> {
  const row = await liveSessions(platform.database.db, platform.clock.now())
    .where('s.id', '=', sessionId)
    .executeTakeFirst()
  return row === undefined ? undefined : asAgent(row)
}

/** Ends one session. Its sockets are told at once. */
export async function signOut(platform: Platform, agent: { id: string; sessionId: string }): Promise<void> {
  await platform.database.hold(() =>
    platform.database.db.deleteFrom('agent_sessions').where('id', '=', agent.sessionId).execute(),
  )
  platform.bell.ring(`agent:${agent.id}`)
}

/** Removes what no longer opens anything. A link that was used is kept: it says when somebody came, and who let them in. */
export async function forgetExpired(platform: Platform): Promise<void> {
  const now = toDate(platform.clock.now())
  await platform.database.db.deleteFrom('agent_sessions').where('expires_at', '<', now).execute()
  await platform.database.db
    .deleteFrom('sign_in_links')
    .where('used_at', 'is', null)
    .where('expires_at', '<', now)
    .execute()
}

/** Sessions that stand at `now`, of accounts that are open. */
export function liveSessions(db: Kysely<Schema>, now: Temporal.Instant) {
  return db
    .selectFrom('agent_sessions as s')
    .innerJoin('agents as a', 'a.id', 's.agent_id')
    .select(['a.id', 'a.name', 'a.role', 'a.languages', 's.id as session_id', 's.last_seen_at', 's.expires_at'])
    .where('a.active', '=', true)
    .where('s.expires_at', '>', toDate(now))
    .where('s.last_seen_at', '>', toDate(now.subtract({ hours: IDLE_HOURS })))
}

interface SessionRow {
  id: string
  name: string
  role: SignedInAgent['role']
  languages: string[]
  session_id: string
  expires_at: Date
}

const asAgent = (row: SessionRow): SignedInAgent => ({
  id: row.id as AgentId,
  name: row.name,
  role: row.role,
  languages: row.languages,
  sessionId: row.session_id,
  sessionEndsAt: row.expires_at,
})
