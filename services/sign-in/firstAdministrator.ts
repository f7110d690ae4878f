import { sql } from 'kysely'
import type { Temporal } from 'temporal-polyfill'
import { speak } from '../locales/index.ts'
import { toDate } from '../platform/clock.ts'
import type { Transaction } from '../platform/database.ts'
import { randomId, type AgentId } from '../platform/ids.ts'
import type { Platform } from '../platform/platform.ts'
import { makeLink } from './links.ts'
import { liveSessions } from './sessions.ts'

/** One number for all nodes: two that start at once do not make two administrators. */
const LOCK = 7_201_909
const LINK_HOURS = 24

/**
 * The link that lets an administrator in, for the console: the first one, or the oldest account when
 * every administrator is out, since nobody else could let them in again. Undefined while one is signed
 * in. Each start makes a new one, which voids the one before: a link that was lost with a closed
 * terminal opens nothing.
 */
export async function firstAdministratorLink(platform: Platform): Promise<string | undefined> {
  return platform.database.transaction(async (tx) => {
    await sql`select pg_advisory_xact_lock(${LOCK})`.execute(tx.db)
    const now = platform.clock.now()
    if (await administratorIsIn(tx, now)) return undefined
    const id = (await oldestAdministrator(tx)) ?? (await addAdministrator(tx, platform))
    const link = await makeLink(tx.db, platform.settings.publicUrl, id, { now, hours: LINK_HOURS, madeBy: null })
    return link.url
  })
}

async function administratorIsIn(tx: Transaction, now: Temporal.Instant): Promise<boolean> {
  const session = await liveSessions(tx.db, now).where('a.role', '=', 'administrator').executeTakeFirst()
  return session !== undefined
}

async function oldestAdministrator(tx: Transaction): Promise<AgentId | undefined> {
  const found = await tx.db
    .selectFrom('agents')
    .select('id')
    .where('role', '=', 'administrator')
    .where('active', '=', true)
    .orderBy('created_at')
    .executeTakeFirst()
  return found?.id as AgentId | undefined
}

async function addAdministrator(tx: Transaction, platform: Platform): Promise<AgentId> {
  const id = randomId() as AgentId
  await tx.db
    .insertInto('agents')
    .values({
      id,
      name: speak('fr', 'signIn:firstAdministrator'),
      role: 'administrator',
      languages: ['fr', 'en'],
      region: null,
      created_at: toDate(platform.clock.now()),
      created_by: null,
    })
    .execute()
  return id
}
