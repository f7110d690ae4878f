import { spawn } from 'node:child_process'
import { chmod, chown, lstat, mkdir, readdir, realpath, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { invocation, ownerOf, type Account } from './account.ts'
import type { Binaries } from './binaries.ts'
import { PostgresStartError, systemCode } from './errors.ts'
import { folderHash } from './lock.ts'
import { killAll } from './recovery.ts'

/** A socket's whole path must stay below 104 to 108 bytes, of which `/.s.PGSQL.5432` takes 14. */
const LONGEST_SOCKET_FOLDER = 90

const INITDB = ['-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--locale-provider=builtin', '--locale=C.UTF-8']

/** The folder's one true spelling: absolute, links followed, its parent made when missing. The folder itself may not exist. */
export async function trueFolder(folder: string): Promise<string> {
  const absolute = resolve(folder)
  try {
    await mkdir(dirname(absolute), { recursive: true })
    const parent = await realpath(dirname(absolute))
    return await realpath(absolute).catch(() => join(parent, basename(absolute)))
  } catch (cause) {
    throw new PostgresStartError('init_failed', `Can't make the folder of ${absolute} (${systemCode(cause)}).`, {
      cause,
    })
  }
}

/**
 * Makes the data folder when there is none: in `<folder>.new`, then renamed, so that a killed attempt leaves nothing half made.
 * @returns whether it was made now
 * @throws PostgresStartError `init_failed`
 */
export async function ensureCluster(folder: string, account: Account, binaries: Binaries): Promise<boolean> {
  const present = await readdir(folder).catch((error: unknown): string[] => {
    if (systemCode(error) === 'ENOENT') return []
    throw new PostgresStartError('init_failed', `Can't read ${folder} (${systemCode(error)}).`, { cause: error })
  })
  if (present.includes('PG_VERSION')) return false
  if (present.length > 0)
    throw new PostgresStartError('init_failed', `${folder} is not empty and holds no PostgreSQL data.`)
  const fresh = `${folder}.new`
  try {
    await killAll(fresh)
    await rm(fresh, { recursive: true, force: true })
    await makeOwned(fresh, account)
    await initdb(fresh, account, binaries)
    await rename(fresh, folder)
  } catch (cause) {
    if (cause instanceof PostgresStartError) throw cause
    throw new PostgresStartError('init_failed', `Can't make ${folder} (${systemCode(cause)}).`, { cause })
  }
  return true
}

function initdb(fresh: string, account: Account, binaries: Binaries): Promise<void> {
  const { command, args, options } = invocation(account, binaries.initdb, ['-D', fresh, ...INITDB])
  return new Promise((done, fail) => {
    // The working directory is what killAll() recognises an abandoned initdb by.
    const child = spawn(command, args, { ...options, cwd: fresh, stdio: ['ignore', 'ignore', 'pipe'] })
    let complaint = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
    child.once('error', fail)
    child.once('close', (code, signal) => {
      if (code === 0) done()
      else
        fail(
          new PostgresStartError(
            'init_failed',
            `initdb ended with ${signal ?? code}: ${complaint || 'it said nothing.'}`,
          ),
        )
    })
  })
}

/**
 * The folder of the server's socket: the data folder, or a short private one in tmpdir when the path is too long, or
 * holds what PostgreSQL's list of folders would read as punctuation.
 * @throws PostgresStartError `start_failed` when somebody else made that folder first
 */
export async function socketFolder(folder: string, account: Account): Promise<string> {
  if (Buffer.byteLength(folder) <= LONGEST_SOCKET_FOLDER && !/[,"]/.test(folder)) return folder
  const short = join(await realpath(tmpdir()), `parcours-${folderHash(folder)}`)
  await makeOwned(short, account).catch((error: unknown) => {
    if (systemCode(error) !== 'EEXIST')
      throw new PostgresStartError('start_failed', `Can't make ${short} (${systemCode(error)}).`, { cause: error })
  })
  const made = await lstat(short)
  const isPrivate = made.isDirectory() && made.uid === ownerOf(account).uid && (made.mode & 0o077) === 0
  if (!isPrivate)
    throw new PostgresStartError('start_failed', `${short} is not a private folder of PostgreSQL's account: remove it.`)
  return short
}

async function makeOwned(path: string, account: Account): Promise<void> {
  await mkdir(path, { mode: 0o700 })
  await chmod(path, 0o700)
  const { uid, gid } = ownerOf(account)
  if (account.kind === 'other') await chown(path, uid, gid)
}
