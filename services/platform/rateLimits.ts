import { sql } from 'kysely'
import { toDate, type Clock } from './clock.ts'
import type { Database } from './database.ts'
import { tooMany } from './errors.ts'
import type { Keys } from './keys.ts'

/** How often, or how much of it, one address may do something, whichever node it reaches. */
export interface AddressLimit {
  /** Names what is counted: each purpose has its own count. */
  purpose: string
  /** At most this many; below 1,000,000, where counting stops. */
  count: number
  seconds: number
}

/**
 * Counts a call of an address and throws `tooMany` beyond the limit. The counts are in the database,
 * shared by the nodes, under a blind index: no address is kept in clear. While the database is away
 * nobody passes: the error goes up.
 *
 * @param amount what this call counts for, e.g. its kilobytes
 */
export async function countCall(
  { database, keys, clock }: { database: Database; keys: Keys; clock: Clock },
  limit: AddressLimit,
  address: string,
  amount = 1,
): Promise<void> {
  const now = clock.now()
  const windowStart = toDate(now.subtract({ seconds: limit.seconds }))
  const { rows } = await sql<{ count: number; started_at: Date }>`
    insert into rate_limits as r (key, started_at, count)
    values (${keys.blindIndex(`rate:${limit.purpose}`, networkOf(address))}, ${toDate(now)}, ${Math.min(amount, 1_000_000)})
    on conflict (key) do update
       set started_at = case when r.started_at <= ${windowStart} then excluded.started_at else r.started_at end,
           count = case when r.started_at <= ${windowStart} then excluded.count else least(r.count + excluded.count, 1000000) end
    returning count, started_at`.execute(database.db)
  const row = rows[0]
  if (row === undefined || row.count <= limit.count) return
  const until = row.started_at.getTime() + limit.seconds * 1000
  throw tooMany(Math.max(1, Math.ceil((until - now.epochMilliseconds) / 1000)))
}

/** Forgets counts whose window is long over. For the sweep. */
export async function forgetOldCounts({ database, clock }: { database: Database; clock: Clock }): Promise<void> {
  await database.db
    .deleteFrom('rate_limits')
    .where('started_at', '<', toDate(clock.now().subtract({ hours: 24 })))
    .execute()
}

/** One subscriber has a whole /64 of IPv6 to choose from, so that is what counts as one address. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.toLowerCase().split('%')[0]?.split('::') ?? []
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length)
  const groups = [...before, ...Array<string>(zeros).fill('0'), ...after].slice(0, 4)
  return `${groups.map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/64`
}
