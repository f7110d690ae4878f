import { sql } from 'kysely'
import type { Database } from '../../services/platform/database.ts'

/** What a sweep may forget meanwhile, counts of callers, and who is at their desk, are no effects of a request. */
const ASIDE: Record<string, string> = {
  agent_sessions: 'expires_at > now()',
  sign_in_links: 'expires_at > now()',
  visitor_sessions: 'expires_at > now()',
  rate_limits: 'false',
  desks: 'false',
}

/** Everything that the database keeps: per table how many rows, and one word for all they hold. */
export async function wholeDatabase({ db }: Database): Promise<Record<string, string>> {
  const { rows } = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = 'public' order by tablename`.execute(db)
  const kept = await Promise.all(
    rows.map(async ({ name }) => {
      const all = await sql<{ count: string; digest: string | null }>`
        select count(*) as count, md5(string_agg(t::text, ',' order by t::text)) as digest
          from ${sql.table(name)} t where ${sql.raw(ASIDE[name] ?? 'true')}`.execute(db)
      return [name, `${all.rows[0]?.count ?? 0} rows ${all.rows[0]?.digest ?? ''}`] as const
    }),
  )
  return Object.fromEntries(kept)
}
