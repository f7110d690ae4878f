import { spawn, type ChildProcess } from 'node:child_process'
import { open, rename, stat, type FileHandle } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { invocation, type Account } from './account.ts'
import type { Binaries } from './binaries.ts'
import { answers } from './connection.ts'
import { PostgresStartError, systemCode } from './errors.ts'
import { PATIENCE } from './recovery.ts'

/** Everything a postmaster is started with. Paths are absolute. */
export interface Launch {
  readonly folder: string
  readonly sockets: string
  readonly account: Account
  readonly binaries: Binaries
  readonly settings: Readonly<Record<string, string>>
}

/** One life of a postmaster, from its first answer on. */
export interface RunningServer {
  readonly pid: number
  /** Resolves, never rejects, with how it ended: a signal's name or an exit code. */
  readonly ended: Promise<string>
  /** Fast shutdown: ends sessions, writes everything, exits. Harsher when that takes too long. May be called twice. */
  stop(): Promise<void>
}

/** Where the server is found and who may enter: not for callers to replace, because trust is safe only behind these. */
const FIXED = { listen_addresses: '', port: '5432', unix_socket_permissions: '0700' } as const

const DEFAULTS = {
  synchronous_commit: 'on',
  shared_buffers: '256MB',
  max_connections: '60',
  io_method: 'sync',
  max_parallel_workers_per_gather: '0',
  // What people write must not reach the log by way of an error message.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_parameter_max_length_on_error: '0',
  timezone: 'UTC',
} as const

const LARGEST_LOG = 10 * 1024 * 1024

/** Replaying the log after a crash under load takes minutes, during which the server lives and does not answer. */
const LONGEST_RECOVERY = 300_000

/**
 * Starts a postmaster and waits until it answers.
 * @param abort ends the wait, and the postmaster with it
 * @throws PostgresStartError `start_failed`, with the last thing the server's log says
 */
export async function launch(plan: Launch, abort: AbortSignal): Promise<RunningServer> {
  const log = await openLog(logOf(plan.folder))
  const { size } = await log.stat()
  const server = spawnPostmaster(plan, log)
  await log.close()
  try {
    await untilAnswering(server, plan, size, abort)
    return server
  } catch (error) {
    await server.stop()
    throw error
  }
}

function spawnPostmaster(plan: Launch, log: FileHandle): RunningServer {
  const settings = { ...DEFAULTS, ...plan.settings, ...FIXED, unix_socket_directories: plan.sockets }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const { command, args, options } = invocation(plan.account, plan.binaries.postgres, ['-D', plan.folder, ...flags])
  // Detached: Ctrl-C in a terminal reaches us and not the server, which must outlive our drain. A file, not a pipe, outlives us.
  const child = spawn(command, args, {
    ...options,
    cwd: plan.folder,
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  })
  return watched(child)
}

function watched(child: ChildProcess): RunningServer {
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(systemCode(error)))
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
  })
  return { pid: child.pid ?? 0, ended, stop: () => stopChild(child, ended) }
}

async function stopChild(child: ChildProcess, ended: Promise<string>): Promise<void> {
  const steps = [
    ['SIGINT', PATIENCE.fast],
    ['SIGQUIT', PATIENCE.immediate],
    ['SIGKILL', PATIENCE.immediate],
  ] as const
  for (const [signal, patience] of steps) {
    child.kill(signal)
    const timer = new AbortController()
    const late = pause(patience, 'late', { signal: timer.signal }).catch(() => 'ended')
    const outcome = await Promise.race([ended, late])
    timer.abort()
    if (outcome !== 'late') return
  }
}

async function untilAnswering(server: RunningServer, plan: Launch, logFrom: number, abort: AbortSignal): Promise<void> {
  let end: string | undefined
  void server.ended.then((how) => (end = how))
  const deadline = performance.now() + LONGEST_RECOVERY
  while (!(await answers(plan.sockets))) {
    if (end !== undefined)
      throw new PostgresStartError(
        'start_failed',
        `PostgreSQL ended (${end}): ${await lastWords(plan.folder, logFrom)}`,
      )
    if (abort.aborted) throw new PostgresStartError('start_failed', 'The start was stopped.')
    if (performance.now() > deadline)
      throw new PostgresStartError('start_failed', `PostgreSQL does not answer: see ${logOf(plan.folder)}`)
    await pause(10)
  }
}

function logOf(folder: string): string {
  return `${folder}.log`
}

/** Opened anew for each life, so that a log that has grown too large is set aside then; one old log is kept. */
async function openLog(path: string): Promise<FileHandle> {
  try {
    const size = await stat(path).then(
      (log) => log.size,
      () => 0,
    )
    if (size > LARGEST_LOG) await rename(path, `${path}.old`)
    return await open(path, 'a', 0o600)
  } catch (cause) {
    throw new PostgresStartError('start_failed', `Can't write ${path} (${systemCode(cause)}).`, { cause })
  }
}

/** The last fatal line of this life's log, else its last line: what an operator would look for first. */
async function lastWords(folder: string, from: number): Promise<string> {
  const log = await open(logOf(folder))
  try {
    const { size } = await log.stat()
    const length = Math.min(size - from, 4096)
    const { buffer } = await log.read(Buffer.alloc(length), 0, length, size - length)
    const lines = buffer.toString('utf8').trim().split('\n')
    return lines.findLast((line) => /FATAL|PANIC/.test(line)) ?? lines.at(-1) ?? ''
  } finally {
    await log.close()
  }
}
