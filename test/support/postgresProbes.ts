import { chmod, mkdtemp, readdir, readFile, readlink, realpath, stat } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import type { ChildProcess } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { LocalPostgres } from '../../services/platform/postgres/index.ts'

/** What `postgresProcess.ts` prints. */
export interface Report {
  readonly pid: number
  readonly uid: number
  readonly code?: string
  readonly message?: string
}

/** A new folder that every account of the machine can pass through, as a server's usual place is. */
export async function publicPlace(): Promise<string> {
  const place = await realpath(await mkdtemp(join(tmpdir(), 'parcours-test-')))
  await chmod(place, 0o755)
  return place
}

/** Runs the statements in one session and returns the last one's rows. */
export async function query(server: LocalPostgres, ...statements: string[]): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(server.connection)
  await client.connect()
  try {
    let rows: Record<string, unknown>[] = []
    for (const statement of statements) rows = (await client.query<Record<string, unknown>>(statement)).rows
    return rows
  } finally {
    await client.end()
  }
}

/** The error of what must fail. */
export async function failure(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.catch((error: unknown) => error)
  if (outcome instanceof Error) return outcome
  throw new Error('It was expected to fail, and did not.')
}

/** The first line of JSON that a child prints. */
export function firstLine(child: ChildProcess): Promise<Report> {
  return new Promise((resolve, reject) => {
    if (!child.stdout) throw new Error('The child has no stdout.')
    createInterface(child.stdout).once('line', (line) => resolve(JSON.parse(line) as Report))
    child.once('exit', (code, signal) => reject(new Error(`The child ended first: ${signal ?? code}`)))
  })
}

/** Polls until the condition holds; fails after five seconds. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 5_000
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Waited in vain: ${what}`)
    await pause(5)
  }
}

/** Whether a process runs: a zombie doesn't. */
export function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** The processes that work in a folder, found without the code under test. */
export async function processesWorkingIn(folder: string): Promise<number[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const places = await Promise.all(names.map((name) => readlink(`/proc/${name}/cwd`).catch(() => '')))
  return names.filter((_name, index) => places[index] === folder).map(Number)
}

/** The user a process runs as, seen from outside. */
export async function userOf(pid: number): Promise<number> {
  return (await stat(`/proc/${pid}`)).uid
}

/** The user namespace a process lives in. */
export function namespaceOf(pid: number): Promise<string> {
  return readlink(`/proc/${pid}/ns/user`)
}

/** The variables a process was given. */
export async function environmentOf(pid: number): Promise<string[]> {
  return (await readFile(`/proc/${pid}/environ`, 'utf8'))
    .split('\0')
    .filter(Boolean)
    .map((entry) => entry.split('=')[0] ?? '')
}
