import { sql } from 'kysely'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database.ts'
import { nowOf } from './now.ts'

/** Lets an account rest for a while, on all nodes; the longer of two pauses holds. */
export async function pauseAccount(
  database: Database,
  pause: { account: string; code: string; forMs: number },
  clock: Clock,
): Promise<void> {
  const now = nowOf(clock)
  await sql`
    insert into channel_pauses (account, until, code)
    values (${pause.account}, ${now} + make_interval(secs => ${pause.forMs / 1000}), ${pause.code})
    on conflict (account) do update
       set until = greatest(channel_pauses.until, excluded.until), code = excluded.code`.execute(database.db)
}

/** The accounts that rest now. */
export async function pausedAccounts(database: Database, clock: Clock): Promise<Set<string>> {
  const { rows } = await sql<{
    account: string
  }>`select account from channel_pauses where until > ${nowOf(clock)}`.execute(database.db)
  return new Set(rows.map(({ account }) => account))
}
