import { execFile, type SpawnOptions } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Binaries } from './binaries.ts'
import { PostgresStartError } from './errors.ts'

const run = promisify(execFile)

/** The account without rights of every Unix. */
const NOBODY = 65534

/** PostgreSQL refuses user 0. Inside this user namespace root is called nobody, and has no rights over the rest of the machine. */
const UNSHARE = ['unshare', '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--'] as const

/**
 * Under which account PostgreSQL runs.
 *
 * `self`: ours, an ordinary one. `other`: we are root, and it is somebody else's. `hidden-root`: we are root, and it
 * is root's without root's rights, in a user namespace.
 */
export type Account =
  | { readonly kind: 'self' }
  | { readonly kind: 'other'; readonly uid: number; readonly gid: number }
  | { readonly kind: 'hidden-root' }

/** A program to spawn under an account. */
export interface Invocation {
  readonly command: string
  readonly args: string[]
  readonly options: Pick<SpawnOptions, 'uid' | 'gid' | 'env'>
}

/**
 * How to spawn `command` under `account`. Of our environment only the path is passed on: it holds keys that another
 * account must not see, and the operator's own PGPORT would move the socket.
 */
export function invocation(account: Account, command: string, args: readonly string[]): Invocation {
  const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin' }
  if (account.kind === 'hidden-root')
    return { command: UNSHARE[0], args: [...UNSHARE.slice(1), command, ...args], options: { env } }
  const identity = account.kind === 'other' ? { uid: account.uid, gid: account.gid } : {}
  return { command, args: [...args], options: { env, ...identity } }
}

/** The numeric owner of what `account` writes, as seen from outside: what our own folders must be given to. */
export function ownerOf(account: Account): { uid: number; gid: number } {
  if (account.kind === 'other') return { uid: account.uid, gid: account.gid }
  return { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
}

/**
 * Chooses the account for a data folder: the owner of an existing one, else the least powerful that can reach the place.
 * @param folder absolute; its parent exists
 * @throws PostgresStartError `no_account`
 */
export async function chooseAccount(folder: string, binaries: Binaries): Promise<Account> {
  if (process.getuid?.() !== 0) return ordinary(folder)
  const existing = await stat(join(folder, 'PG_VERSION')).catch(() => undefined)
  if (existing && existing.uid !== 0) return { kind: 'other', uid: existing.uid, gid: existing.gid }
  for (const candidate of existing ? [HIDDEN_ROOT] : await candidatesOfRoot()) {
    if (await reaches(candidate, folder, binaries)) return candidate
  }
  throw new PostgresStartError(
    'no_account',
    `PostgreSQL refuses to run as root, and no other account can reach ${folder}: start as an ordinary user, or set DATABASE_URL.`,
  )
}

const HIDDEN_ROOT: Account = { kind: 'hidden-root' }

async function ordinary(folder: string): Promise<Account> {
  const owner = await stat(folder).then(
    (found) => found.uid,
    () => undefined,
  )
  if (owner === undefined || owner === process.getuid?.()) return { kind: 'self' }
  throw new PostgresStartError(
    'no_account',
    `${folder} belongs to user ${owner}: start as that user, or choose another DATA_DIR.`,
  )
}

async function candidatesOfRoot(): Promise<Account[]> {
  const postgres = await accountNamed('postgres')
  return [...(postgres ? [postgres] : []), HIDDEN_ROOT, { kind: 'other', uid: NOBODY, gid: NOBODY }]
}

async function accountNamed(name: string): Promise<Account | undefined> {
  const passwords = await readFile('/etc/passwd', 'utf8').catch(() => '')
  const fields = passwords
    .split('\n')
    .map((line) => line.split(':'))
    .find(([login]) => login === name)
  const [uid, gid] = [Number(fields?.[2]), Number(fields?.[3])]
  return uid > 0 && gid > 0 ? { kind: 'other', uid, gid } : undefined
}

/** Tried for real, because permissions, ACLs, mount options and forbidden namespaces all have a say. */
async function reaches(account: Account, folder: string, binaries: Binaries): Promise<boolean> {
  const script = 'cd "$1" && exec "$2" --version'
  const { command, args, options } = invocation(account, '/bin/sh', [
    '-c',
    script,
    'sh',
    dirname(folder),
    binaries.postgres,
  ])
  return run(command, args, { ...options, cwd: '/' }).then(
    () => true,
    () => false,
  )
}
