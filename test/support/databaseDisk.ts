import pg from 'pg'
import { connectionTo } from '../../services/platform/postgres/connection.ts'
import { filesUnder, type Place } from './canaries.ts'

/** All rows of all tables, as text: what PostgreSQL keeps compressed is not found in its files. */
export async function everyRow(client: pg.Client): Promise<Place> {
  const { rows: tables } = await client.query<{ name: string }>(
    `select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
      where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE' order by 1`,
  )
  const texts: string[] = []
  for (const { name } of tables) {
    const { rows } = await client.query<{ row: string }>(`select t::text as row from ${name} t order by 1`)
    texts.push(...rows.map(({ row }) => row))
  }
  return { name: 'the rows', bytes: Buffer.from(texts.join('\n')) }
}

/**
 * Everything that the PostgreSQL of a data folder has on its disk: heap, log, and a temporary file that a query
 * over the messages has just spilled; and the rows themselves.
 */
export async function diskOf(folder: string): Promise<Place[]> {
  const client = new pg.Client(connectionTo(folder))
  await client.connect()
  try {
    await client.query(`set work_mem = '64kB'`)
    // Kept open, so that its temporary file is there to be read.
    await client.query(
      'begin; declare spilled cursor with hold for select a.name, m.* from messages m, agents a, generate_series(1, 50) order by random(); commit',
    )
    await client.query('checkpoint')
    return [...filesUnder(folder), await everyRow(client)]
  } finally {
    await client.end()
  }
}
