import { sql } from 'kysely'
import { speak } from '../locales/index.ts'
import { toDate } from '../platform/clock.ts'
import type { Transaction } from '../platform/database.ts'
import { randomId, type AgentId } from '../platform/ids.ts'
import type { Platform } from '../platform/platform.ts'
import { makeLink } from './links.ts'

/** One number for all nodes: two that start at once do not make two administrators. */
const LOCK = 7_201_909
const LINK_HOURS = 24

/**
 * The link that lets the first administrator in, for the console. Undefined once an administrator has
 * signed in. Until then each start makes a new one, which voids the one before: a link that was lost
 * with a closed terminal opens nothing.
 */
export async function firstAdministratorLink(platform: Platform): Promise<string | undefined> {
  return platform.database.transaction(async (tx) => {
    await sql`select pg_advisory_xact_lock(${LOCK})`.execute(tx.db)
    if (await anAdministratorCame(tx)) return undefined
    const id = (await invitedAdministrator(tx)) ?? (await addAdministrator(tx, platform))
    const link = await makeLink(tx.db, platform.settings.publicUrl, id, {
      now: platform.clock.now(),
      hours: LINK_HOURS,
    })
    return link.url
  })
}

const administrators = (tx: Transaction) =>
  tx.db.selectFrom('agents as a').select('a.id').where('a.role', '=', 'administrator').where('a.active', '=', true)

async function anAdministratorCame(tx: Transaction): Promise<boolean> {
  const came = await administrators(tx)
    .where((row) =>
      row.or([
        row.exists(
          row
            .selectFrom('sign_in_links as l')
            .select('l.agent_id')
            .whereRef('l.agent_id', '=', 'a.id')
            .where('l.used_at', 'is not', null),
        ),
        row.exists(row.selectFrom('agent_sessions as s').select('s.id').whereRef('s.agent_id', '=', 'a.id')),
      ]),
    )
    .executeTakeFirst()
  return came !== undefined
}

async function invitedAdministrator(tx: Transaction): Promise<AgentId | undefined> {
  const found = await administrators(tx).orderBy('a.created_at').executeTakeFirst()
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
