import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import net from 'node:net'
import { PostgresStartError, systemCode } from './errors.ts'

/** Proof that no other Parcours server of this machine uses a folder. It ends with the process, however that ends. */
export interface FolderLock {
  release(): Promise<void>
}

/** A short name for a folder, for places where its path does not fit. */
export function folderHash(folder: string): string {
  return createHash('sha256').update(folder).digest('hex').slice(0, 32)
}

/**
 * Takes the folder, or says that somebody has it.
 *
 * Only what the kernel itself gives back at our death is used. A file with a pid is fooled by a recycled pid; a socket in
 * tmpdir has to be removed when stale, and when four servers started over a stale one, in one round of 16 two won.
 * @param folder absolute and real: two spellings would be two locks
 * @throws PostgresStartError `already_running`
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  return process.platform === 'linux' ? listenFor(folder) : lockBeside(folder)
}

/**
 * Linux: a socket with an abstract name. It is no file, so it can't be left behind, needs no permission to be seen by
 * another user's server, and does not depend on TMPDIR. Containers with networks of their own do not see each other's.
 */
function listenFor(folder: string): Promise<FolderLock> {
  return new Promise((resolve, reject) => {
    const server = net.createServer((socket) => socket.destroy())
    server.once('error', (cause) => reject(refusal(folder, systemCode(cause) === 'EADDRINUSE', cause)))
    server.listen(`\0parcours-${folderHash(folder)}`, () => {
      server.unref()
      resolve({ release: () => new Promise((released) => server.close(() => released())) })
    })
  })
}

/** `O_EXLOCK` of macOS: open and lock in one step. Node does not name it. */
const EXCLUSIVE_LOCK = 0x20

/** macOS: a locked file beside the folder; the file stays, the lock does not. Not verified on a real one. */
async function lockBeside(folder: string): Promise<FolderLock> {
  try {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | EXCLUSIVE_LOCK
    const file = await open(`${folder}.lock`, flags, 0o600)
    return { release: () => file.close() }
  } catch (cause) {
    throw refusal(folder, systemCode(cause) === 'EAGAIN', cause)
  }
}

function refusal(folder: string, isTaken: boolean, cause: unknown): PostgresStartError {
  if (isTaken) {
    return new PostgresStartError('already_running', `Another server is already running on ${folder}.`, { cause })
  }
  return new PostgresStartError('start_failed', `Can't lock ${folder} (${systemCode(cause)}).`, { cause })
}
