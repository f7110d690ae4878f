import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import {
  headerFrame,
  headerLength,
  RECORD,
  TRAILER_LENGTH,
  trailerFrame,
  type Header,
  type TableStart,
} from '../../services/platform/backup/format.ts'
import { openBackup } from '../../services/platform/backup/index.ts'
import { inSession } from '../../services/platform/backup/session.ts'
import { columnList, quoted } from '../../services/platform/backup/tables.ts'
import { startPostgres } from '../../services/platform/postgres/index.ts'
import { eventually } from './eventually.ts'

/** How a command ended, and what it said. */
interface CommandRun {
  readonly code: number | null
  readonly stdout: string
  /** Its lines on standard error. */
  readonly complaints: string[]
  readonly seconds: number
}

/**
 * Runs `commands/NAME.ts` as `npm run NAME -- ...args` does. `largestFile`: the size that a file may have, in blocks of
 * 512 bytes: a disk that is full, for this process alone.
 */
export async function runCommand(
  name: 'backup' | 'restore',
  args: string[],
  env: NodeJS.ProcessEnv,
  { largestFile }: { largestFile?: number } = {},
): Promise<CommandRun> {
  const started = performance.now()
  const line = [process.execPath, resolve(`commands/${name}.ts`), ...args]
  const [program = '', ...rest] =
    largestFile === undefined ? line : ['sh', '-c', `ulimit -f ${largestFile}; exec "$@"`, 'sh', ...line]
  const child = spawn(program, rest, {
    env: {
      ...process.env,
      npm_lifecycle_event: undefined,
      INIT_CWD: undefined,
      MASTER_KEY: undefined,
      DATABASE_URL: undefined,
      LANG: 'en_CA.UTF-8',
      LC_ALL: undefined,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk: Buffer) => void (stdout += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => void (stderr += chunk.toString()))
  const code = await new Promise<number | null>((done) => child.once('close', done))
  const complaints = stderr.split('\n').filter((one) => one.trim() !== '')
  return { code, stdout, complaints, seconds: (performance.now() - started) / 1000 }
}

/** Each table's rows as marks in one order: two databases that hold the same have the same. */
export type Rows = Map<string, string[]>

/** The rows that are in a backup's file, read from their bytes, not by what the file says of itself. */
export async function rowsInBackup(file: string): Promise<Rows> {
  const all: Rows = new Map()
  let table = ''
  let chunks: Buffer[] = []
  for await (const { kind, content } of (await openBackup(file)).records()) {
    if (kind === RECORD.tableStart) {
      table = (JSON.parse(content.toString()) as TableStart).table
      chunks = []
    } else if (kind === RECORD.rows) chunks.push(Buffer.from(content))
    else if (kind === RECORD.tableEnd) all.set(table, rowMarks(Buffer.concat(chunks)))
  }
  return all
}

/** The rows that a database has of these tables. */
export async function rowsInDatabase(connection: pg.PoolConfig, tables: readonly TableStart[]): Promise<Rows> {
  return inSession(connection, undefined, async (client) => {
    const all: Rows = new Map()
    for (const { table, columns } of tables) {
      const chunks: Buffer[] = []
      const out = client.query(copyTo(`copy ${quoted(table)} (${columnList(columns)}) to stdout (format binary)`))
      for await (const chunk of out) chunks.push(chunk as Buffer)
      all.set(table, rowMarks(Buffer.concat(chunks)))
    }
    return all
  })
}

/** The tables that a backup says it has. */
export async function tablesInBackup(file: string): Promise<TableStart[]> {
  const tables: TableStart[] = []
  for await (const { kind, content } of (await openBackup(file)).records())
    if (kind === RECORD.tableStart) tables.push(JSON.parse(content.toString()) as TableStart)
  return tables
}

/** A digest of each row of PostgreSQL's binary COPY, sorted: 19 bytes of header; a row is a count, then lengths and values. */
function rowMarks(copy: Buffer): string[] {
  const marks: string[] = []
  let at = 19
  for (;;) {
    const fields = copy.readInt16BE(at)
    if (fields === -1) break
    const from = at
    at += 2
    for (let n = 0; n < fields; n += 1) at += 4 + Math.max(0, copy.readInt32BE(at))
    marks.push(createHash('sha1').update(copy.subarray(from, at)).digest('base64'))
  }
  return marks.sort()
}

/** A copy of a backup with something wrong: where it is cut, which bit is turned, or what its header says instead. */
export function spoil(
  file: string,
  target: string,
  how: { cutTo: number } | { turnBitAt: number } | { header: (header: Header) => Header },
): string {
  let bytes = readFileSync(file)
  if ('cutTo' in how) bytes = bytes.subarray(0, Math.floor(bytes.length * how.cutTo))
  else if ('turnBitAt' in how) {
    const at = Math.floor(bytes.length * how.turnBitAt)
    bytes[at] = (bytes[at] ?? 0) ^ 1
  } else {
    const end = 8 + (headerLength(bytes) ?? 0)
    const header = how.header(JSON.parse(bytes.subarray(8, end).toString()) as Header)
    const rest = bytes.subarray(end, bytes.length - TRAILER_LENGTH)
    const whole = createHash('sha256').update(headerFrame(header)).update(rest)
    bytes = Buffer.concat([headerFrame(header), rest, trailerFrame(whole)])
  }
  writeFileSync(target, bytes)
  return target
}

/** The database of a data folder whose server does not run, for a look. */
export async function visited<T>(dataDir: string, look: (connection: pg.PoolConfig) => Promise<T>): Promise<T> {
  const postgres = await startPostgres({ folder: join(dataDir, 'postgres') })
  try {
    return await look(postgres.connection)
  } finally {
    await postgres.stop()
  }
}

/** Takes a data folder away from under its PostgreSQL, as a lost disk does. Its server has been killed. */
export async function destroy(dataDir: string): Promise<void> {
  const pidFile = join(dataDir, 'postgres', 'postmaster.pid')
  if (existsSync(pidFile)) {
    const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0])
    process.kill(pid, 'SIGKILL')
    await eventually(`PostgreSQL ${pid} is gone`, () => !isAlive(pid))
  }
  await eventually('the folder is gone', () => {
    // Its other processes write until they notice.
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })
    return !existsSync(dataDir)
  })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
