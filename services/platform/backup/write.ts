import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createZstdCompress } from 'node:zlib'
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import type { Keys } from '../keys.ts'
import { migrationMarks } from '../migrate.ts'
import {
  BackupRefused,
  FORMAT,
  headerFrame,
  RECORD,
  record,
  trailerFrame,
  type Header,
  type TableStart,
} from './format.ts'
import { expectKeyOf } from './key.ts'
import { inSession } from './session.ts'
import { columnList, fingerprintOf, quoted, sequencesOf, tablesOf } from './tables.ts'

/** What was written. */
export interface WrittenBackup {
  readonly tables: number
  readonly rows: number
  /** Of the file. */
  readonly bytes: number
  readonly createdAt: string
}

/**
 * Writes everything that the database holds at one instant into a new file, which its owner alone can read; whoever
 * uses the database meanwhile is not held up. The file has its name only once it is whole and on disk: whatever fails
 * on the way leaves none, and so does `signal`. Throws `BackupRefused`: `exists`, `noDatabase`, and `wrongKey` when
 * these are not the keys of the database, because then nobody who has them could read the backup.
 */
export async function writeBackup(
  connection: pg.PoolConfig,
  file: string,
  keys: Keys,
  signal?: AbortSignal,
): Promise<WrittenBackup> {
  if (existsSync(file)) throw new BackupRefused('exists')
  return inSession(connection, signal, async (client) => {
    await client.query('begin isolation level repeatable read read only')
    const header = await headerOf(client)
    expectKeyOf(header.witness, keys)
    const counts = { tables: 0, rows: 0 }
    const bytes = await writeWhole(file, headerFrame(header), recordsFrom(client, counts))
    return { ...counts, bytes, createdAt: header.createdAt }
  })
}

async function headerOf(client: pg.Client): Promise<Header> {
  const migrated = await client.query("select to_regclass('public.kysely_migration') is not null as yes")
  if (migrated.rows[0]?.yes !== true) throw new BackupRefused('noDatabase')
  // `now()` is the instant of BEGIN, before the snapshot's: what was acknowledged by then is in it.
  const { rows: moments } = await client.query<{ now: Date }>('select now() as now')
  const { rows: done } = await client.query<{ name: string }>('select name from kysely_migration order by name')
  const { rows: keys } = await client.query<{ id: string; wrapped: Buffer }>(
    `select id, wrapped from data_keys order by id = 'master-key' desc limit 1`,
  )
  const [key] = keys
  return {
    format: FORMAT,
    createdAt: (moments[0]?.now ?? new Date()).toISOString(),
    migrations: await migrationMarks(done.map(({ name }) => name)),
    witness: key === undefined ? null : { id: key.id, wrapped: key.wrapped.toString('base64') },
  }
}

async function* recordsFrom(client: pg.Client, counts: { tables: number; rows: number }): AsyncGenerator<Buffer> {
  for (const table of await tablesOf(client)) {
    yield record(RECORD.tableStart, table)
    const hash = createHash('sha256')
    for await (const chunk of client.query(copyTo(copyOut(table))) as AsyncIterable<Buffer>) {
      hash.update(chunk)
      yield record(RECORD.rows, chunk)
    }
    const { rows, fingerprint } = await fingerprintOf(client, table)
    yield record(RECORD.tableEnd, { rows, sha256: hash.digest('hex'), fingerprint })
    counts.tables += 1
    counts.rows += rows
  }
  // Read last: a sequence has no snapshot, and must be at or after every number that was given.
  yield record(RECORD.sequences, await sequencesOf(client))
}

const copyOut = ({ table, columns }: TableStart): string =>
  `copy ${quoted(table)} (${columnList(columns)}) to stdout (format binary)`

/** Writes beside, syncs, renames. */
async function writeWhole(file: string, header: Buffer, records: AsyncIterable<Buffer>): Promise<number> {
  const fresh = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}.part`)
  const target = await open(fresh, 'wx', 0o600)
  try {
    const whole = createHash('sha256').update(header)
    await target.appendFile(header)
    const write = async (compressed: AsyncIterable<Buffer>): Promise<void> => {
      for await (const chunk of compressed) {
        whole.update(chunk)
        await writeAll(target, chunk)
      }
    }
    await pipeline(records, createZstdCompress(), write)
    await target.appendFile(trailerFrame(whole))
    await target.sync()
    const { size } = await target.stat()
    await target.close()
    await rename(fresh, file)
    await syncFolder(dirname(file))
    return size
  } catch (error) {
    await target.close().catch(() => undefined)
    await rm(fresh, { force: true })
    throw error
  }
}

/** A disk that is nearly full takes a part and complains at the next. */
async function writeAll(target: FileHandle, chunk: Buffer): Promise<void> {
  for (let at = 0; at < chunk.length;) at += (await target.write(chunk, at)).bytesWritten
}

/** A new name is only in the folder once the folder is on disk. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
