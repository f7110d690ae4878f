import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Keys } from '../keys.ts'
import { migrate, migrationMarks } from '../migrate.ts'
import {
  BackupRefused,
  RECORD,
  type BackupRecord,
  type Header,
  type SequenceMark,
  type TableEnd,
  type TableStart,
} from './format.ts'
import type { OpenBackup } from './read.ts'
import { expectKeyOf } from './key.ts'
import { inSession } from './session.ts'
import { columnList, fingerprintOf, isEmpty, quoted, tablesOf } from './tables.ts'

/** What was restored. */
export interface RestoredBackup {
  readonly tables: number
  readonly rows: number
  readonly createdAt: string
}

/**
 * Proves that a backup can be restored by this version with these keys, before anything is touched.
 * Throws `BackupRefused`: `newer`, `wrongKey`.
 */
export async function expectRestorable({ header }: OpenBackup, keys: Keys): Promise<void> {
  const known = new Set((await migrationMarks()).map(({ name }) => name))
  const unknown = header.migrations.find(({ name }) => !known.has(name))
  if (unknown !== undefined) throw new BackupRefused('newer', unknown.name)
  expectKeyOf(header.witness, keys)
}

/**
 * Fills an empty database with a backup, each table compared with what was saved, and brings it to this version.
 * What fails, or `signal`, leaves the database as empty as it was, and it can be tried again. Throws `BackupRefused`.
 */
export async function restoreBackup(
  connection: pg.PoolConfig,
  backup: OpenBackup,
  signal?: AbortSignal,
): Promise<RestoredBackup> {
  const restored = await loadBackup(connection, backup, signal)
  await migrate(connection)
  // Statements that are planned before that read whole tables.
  await inSession(connection, signal, (client) => client.query('analyze'))
  return restored
}

/** The same, but the tables stay those of the version that made the backup. */
export function loadBackup(
  connection: pg.PoolConfig,
  backup: OpenBackup,
  signal?: AbortSignal,
): Promise<RestoredBackup> {
  const { header } = backup
  return inSession(connection, signal, async (client) => {
    await expectFresh(client, header)
    await migrate(connection, { upTo: header.migrations.at(-1)?.name })
    await client.query('begin')
    const loaded = await load(client, backup)
    await client.query('commit')
    return { ...loaded, createdAt: header.createdAt }
  })
}

/** Empty, and not made by a later version than the backup: migrations only go forward. */
async function expectFresh(client: pg.ClientBase, { migrations }: Header): Promise<void> {
  if (!(await isEmpty(client))) throw new BackupRefused('notEmpty')
  const { rows } = await client.query("select to_regclass('public.kysely_migration') is not null as made")
  if (rows[0]?.made !== true) return
  const done = await client.query<{ name: string }>('select name from kysely_migration')
  if (done.rows.some(({ name }) => !migrations.some((one) => one.name === name))) throw new BackupRefused('notEmpty')
}

async function load(client: pg.ClientBase, backup: OpenBackup): Promise<{ tables: number; rows: number }> {
  const expected = await tablesOf(client)
  // Nobody may begin to fill it meanwhile.
  await client.query(`lock table ${expected.map(({ table }) => quoted(table)).join(', ')} in exclusive mode`)
  if (!(await isEmpty(client))) throw new BackupRefused('notEmpty')
  const records = backup.records()
  const counts = { tables: 0, rows: 0 }
  for (;;) {
    const { kind, content } = await next(records)
    if (kind === RECORD.sequences) {
      await setSequences(client, json<SequenceMark[]>(content))
      break
    }
    if (kind !== RECORD.tableStart) throw new BackupRefused('damaged')
    const table = json<TableStart>(content)
    const here = expected.find((one) => one.table === table.table)
    if (JSON.stringify(here) !== JSON.stringify(table)) throw new BackupRefused('otherTables', table.table)
    counts.rows += await loadTable(client, table, records)
    counts.tables += 1
  }
  if (counts.tables !== expected.length) throw new BackupRefused('otherTables')
  return counts
}

async function loadTable(
  client: pg.ClientBase,
  table: TableStart,
  records: AsyncGenerator<BackupRecord>,
): Promise<number> {
  const hash = createHash('sha256')
  let end: TableEnd | undefined
  async function* rows(): AsyncGenerator<Buffer> {
    for (;;) {
      const { kind, content } = await next(records)
      if (kind === RECORD.tableEnd) {
        end = json<TableEnd>(content)
        return
      }
      if (kind !== RECORD.rows) throw new BackupRefused('damaged')
      hash.update(content)
      yield content
    }
  }
  const target = client.query(
    copyFrom(`copy ${quoted(table.table)} (${columnList(table.columns)}) from stdin (format binary)`),
  )
  await pipeline(rows, target)
  if (end === undefined || hash.digest('hex') !== end.sha256) throw new BackupRefused('damaged', table.table)
  const found = await fingerprintOf(client, table)
  if (target.rowCount !== end.rows || found.rows !== end.rows || found.fingerprint !== end.fingerprint)
    throw new BackupRefused('notTheSame', table.table)
  return end.rows
}

async function setSequences(client: pg.ClientBase, marks: readonly SequenceMark[]): Promise<void> {
  for (const { name, lastValue, isCalled } of marks)
    await client.query('select setval($1::regclass, $2::bigint, $3)', [`public.${quoted(name)}`, lastValue, isCalled])
}

/** The next record: a whole file has one until the sequences. */
async function next(records: AsyncGenerator<BackupRecord>): Promise<BackupRecord> {
  const { value, done } = await records.next()
  if (done === true) throw new BackupRefused('damaged')
  return value
}

const json = <T>(content: Buffer): T => JSON.parse(content.toString()) as T
