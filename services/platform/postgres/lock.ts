import { createHash } from 'node:crypto'
import { rename, rm } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PostgresStartError, systemCode } from './errors.ts'

/** Proof that no other Parcours server of this machine uses a folder. It ends with the process, however that ends. */
export interface FolderLock {
  release(): Promise<void>
}

/** A name for a folder that is short enough for a socket (macOS allows 103 bytes, of which its tmpdir takes 49). */
export function folderHash(folder: string): string {
  return createHash('sha256').update(folder).digest('hex').slice(0, 32)
}

/** The socket that the server of `folder` listens on. Servers with different TMPDIRs don't see each other. */
export function lockAddress(folder: string): string {
  return join(tmpdir(), `parcours-${folderHash(folder)}.sock`)
}

/**
 * Takes the folder, or says who has it. A lock file would outlive kill -9 and a pid can be recycled; a listening socket can't.
 * @param folder absolute and real: two spellings would be two locks
 * @throws PostgresStartError `already_running`
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const address = lockAddress(folder)
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const server = await listen(address)
    if (server) return { release: () => close(server) }
    const answer = await knock(address)
    if (answer === 'answered')
      throw new PostgresStartError('already_running', `Another server is already running on ${folder}.`)
    if (answer === 'forbidden') {
      throw new PostgresStartError(
        'already_running',
        `Another user's server uses ${folder}, or left ${address} behind: stop it or remove that file.`,
      )
    }
    if (answer === 'refused') await removeStale(address, folder)
  }
  throw new PostgresStartError('already_running', `Other servers are starting on ${folder}.`)
}

function listen(address: string): Promise<net.Server | undefined> {
  return new Promise((resolve, reject) => {
    // Whoever knocks only wants to know that somebody is at home.
    const server = net.createServer((socket) => socket.on('error', () => socket.destroy()).end())
    server.once('error', (cause) => {
      if (systemCode(cause) === 'EADDRINUSE') resolve(undefined)
      else
        reject(new PostgresStartError('start_failed', `Can't listen on ${address} (${systemCode(cause)}).`, { cause }))
    })
    server.listen(address, () => resolve(server.unref()))
  })
}

function close(server: net.Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}

type Answer = 'answered' | 'refused' | 'forbidden' | 'gone'

function knock(address: string): Promise<Answer> {
  return new Promise((resolve) => {
    const socket = net.connect(address, () => {
      socket.destroy()
      resolve('answered')
    })
    socket.once('error', (error) => resolve(meaning(systemCode(error))))
  })
}

function meaning(code: string): Answer {
  if (code === 'ECONNREFUSED' || code === 'ENOTSOCK') return 'refused'
  if (code === 'ENOENT') return 'gone'
  // EACCES is another user's. EAGAIN is a full queue of knockers: somebody lives there.
  return code === 'EACCES' || code === 'EPERM' ? 'forbidden' : 'answered'
}

/**
 * Removes a dead server's socket. Moved aside before it is removed, and knocked at once more: between our first knock and
 * now another starter may have done the same and be listening under this name.
 */
async function removeStale(address: string, folder: string): Promise<void> {
  const aside = `${address}.${process.pid}`
  try {
    await rename(address, aside)
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return
    // In a sticky tmpdir nobody removes another user's file, even one that nobody listens on.
    throw new PostgresStartError(
      'already_running',
      `Another user left ${address} behind for ${folder}: remove that file.`,
      { cause },
    )
  }
  if ((await knock(aside)) !== 'answered') return rm(aside, { force: true })
  await rename(aside, address)
}
