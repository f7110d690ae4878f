import type pg from 'pg'
import type { SequenceMark, TableStart } from './format.ts'

/** What the migrator itself keeps, which a restore makes again by migrating, and what a start makes of `content/`. */
const MADE_AGAIN = [
  'kysely_migration',
  'kysely_migration_lock',
  'answer_phrasings',
  'answer_lexemes',
  'answer_words',
  'answer_sets',
]

/**
 * The tables that a backup holds, each after those that its foreign keys name. Left out, on purpose: what an
 * extension owns; unlogged tables (counters of minutes, which a crash of PostgreSQL empties too); other schemas, which
 * is graphile-worker's: its jobs are alarm clocks, and the sweep rings whatever is due without one.
 */
export async function tablesOf(client: pg.ClientBase): Promise<TableStart[]> {
  const { rows } = await client.query<TableStart>(
    `select t.relname as "table",
            json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod))
                     order by a.attnum) as columns
       from pg_class t
       join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      where t.relnamespace = 'public'::regnamespace and t.relkind = 'r' and t.relpersistence = 'p'
        and not t.relname = any($1)
        and not exists (select from pg_depend d where d.objid = t.oid and d.deptype = 'e')
      group by t.oid, t.relname
      order by t.relname`,
    [MADE_AGAIN],
  )
  return inOrder(rows, await foreignKeys(client))
}

async function foreignKeys(client: pg.ClientBase): Promise<{ from: string; to: string }[]> {
  const { rows } = await client.query<{ from: string; to: string }>(
    `select f.relname as "from", t.relname as "to"
       from pg_constraint c join pg_class f on f.oid = c.conrelid join pg_class t on t.oid = c.confrelid
      where c.contype = 'f' and c.conrelid <> c.confrelid and c.connamespace = 'public'::regnamespace`,
  )
  return rows
}

/** Each table after those that it refers to. Throws when two refer to each other: no order would load them. */
export function inOrder(tables: readonly TableStart[], keys: readonly { from: string; to: string }[]): TableStart[] {
  const ordered: TableStart[] = []
  let left = [...tables]
  while (left.length > 0) {
    const waiting = new Set(left.map(({ table }) => table))
    const ready = left.filter(({ table }) => !keys.some(({ from, to }) => from === table && waiting.has(to)))
    if (ready.length === 0) throw new Error(`tables refer to each other in a circle: ${[...waiting].join(', ')}`)
    ordered.push(...ready)
    left = left.filter((one) => !ready.includes(one))
  }
  return ordered
}

/** How many rows a table has, and a mark of all their values that does not depend on their order. */
export async function fingerprintOf(
  client: pg.ClientBase,
  { table, columns }: TableStart,
): Promise<{ rows: number; fingerprint: string }> {
  const { rows } = await client.query<{ rows: string; fingerprint: string }>(
    `select count(*) as rows, coalesce(sum(('x' || left(md5(t::text), 16))::bit(64)::bigint::numeric), 0)::text as fingerprint
       from (select ${columnList(columns)} from ${quoted(table)}) t`,
  )
  return { rows: Number(rows[0]?.rows), fingerprint: rows[0]?.fingerprint ?? '' }
}

/** Where the sequences are that number rows. */
export async function sequencesOf(client: pg.ClientBase): Promise<SequenceMark[]> {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class s
      where relnamespace = 'public'::regnamespace and relkind = 'S'
        and not exists (select from pg_depend d where d.objid = s.oid and d.deptype = 'e')
      order by relname`,
  )
  const marks: SequenceMark[] = []
  for (const { name } of rows) {
    const found = await client.query<{ last_value: string; is_called: boolean }>(
      `select last_value, is_called from ${quoted(name)}`,
    )
    const [mark] = found.rows
    if (mark !== undefined) marks.push({ name, lastValue: mark.last_value, isCalled: mark.is_called })
  }
  return marks
}

/** Whether none of our tables has a row. A database without tables is empty too. */
export async function isEmpty(client: pg.ClientBase): Promise<boolean> {
  for (const { table } of await tablesOf(client)) {
    const { rowCount } = await client.query(`select from ${quoted(table)} limit 1`)
    if (rowCount !== 0) return false
  }
  return true
}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

export const columnList = (columns: TableStart['columns']): string => columns.map(({ name }) => quoted(name)).join(', ')
