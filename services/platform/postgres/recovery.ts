import { execFile } from 'node:child_process'
import { readdir, readFile, readlink, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { PostgresStartError } from './errors.ts'

const run = promisify(execFile)
const PROGRAMS = ['postgres', 'initdb']

/** How long a fast shutdown may take (it writes everything to disk), then an immediate one, in milliseconds. */
export const PATIENCE = { fast: 60_000, immediate: 10_000 } as const

/**
 * Makes a data folder startable, whatever killed its last server: ends what still runs there and removes what it left.
 * Only for who holds the folder's lock.
 *
 * A postmaster whose supervisor died is asked to stop. Backends that outlived a killed postmaster keep the shared memory
 * and block the next start: they are killed, which PostgreSQL survives by design. The pid file goes, because PostgreSQL
 * itself is fooled by a zombie and by a recycled pid.
 * @param folder absolute and real
 * @param sockets the folder of the server's socket
 * @returns what was ended, for the log; empty when nothing ran
 */
export async function recover(folder: string, sockets: string): Promise<string[]> {
  const running = await processesIn(folder)
  const postmaster = await recordedPid(folder)
  const ended: string[] = []
  if (postmaster !== undefined && running.includes(postmaster)) {
    await stopPostmaster(postmaster, folder)
    ended.push(`server ${postmaster}`)
  }
  ended.push(...(await killAll(folder)).map((pid) => `process ${pid}`))
  await Promise.all(
    [join(folder, 'postmaster.pid'), join(sockets, '.s.PGSQL.5432'), join(sockets, '.s.PGSQL.5432.lock')].map((path) =>
      rm(path, { force: true }),
    ),
  )
  return ended
}

/** Kills every PostgreSQL program that works in the folder, and returns their pids once they are gone. */
export async function killAll(folder: string): Promise<number[]> {
  const killed = await processesIn(folder)
  for (const pid of killed) signal(pid, 'SIGKILL')
  if (killed.length > 0 && !(await emptied(folder, killed, PATIENCE.immediate))) {
    throw new PostgresStartError(
      'start_failed',
      `PostgreSQL's process ${killed.join(', ')} in ${folder} can't be killed.`,
    )
  }
  return killed
}

async function stopPostmaster(pid: number, folder: string): Promise<void> {
  signal(pid, 'SIGINT')
  if (await emptied(folder, [pid], PATIENCE.fast)) return
  signal(pid, 'SIGQUIT')
  await emptied(folder, [pid], PATIENCE.immediate)
}

async function emptied(folder: string, pids: readonly number[], patience: number): Promise<boolean> {
  const deadline = performance.now() + patience
  for (;;) {
    const left = await processesIn(folder)
    if (!pids.some((pid) => left.includes(pid))) return true
    if (performance.now() > deadline) return false
    await pause(5)
  }
}

async function recordedPid(folder: string): Promise<number | undefined> {
  const text = await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number.parseInt(text, 10)
  return pid > 1 ? pid : undefined
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // Gone in between, which is what was wanted; one that may not be signalled shows in the wait that follows.
  }
}

/**
 * The living PostgreSQL processes whose working directory is the folder: the one mark that a postmaster and its backends
 * share, that a recycled pid lacks, and that a zombie has lost.
 */
async function processesIn(folder: string): Promise<number[]> {
  return process.platform === 'linux' ? listedByProc(folder) : listedByLsof(folder)
}

async function listedByProc(folder: string): Promise<number[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const matches = await Promise.all(names.map((name) => worksIn(name, folder)))
  return names.filter((_name, index) => matches[index]).map(Number)
}

async function worksIn(pid: string, folder: string): Promise<boolean> {
  try {
    if ((await readlink(`/proc/${pid}/cwd`)) !== folder) return false
    const [, program = ''] = /^\d+ \((.*)\) [^Z]/s.exec(await readFile(`/proc/${pid}/stat`, 'utf8')) ?? []
    return PROGRAMS.includes(program)
  } catch {
    // Ended while we looked, a zombie, or another user's: none can be ours.
    return false
  }
}

/** macOS has no /proc. Not verified on a real one. */
async function listedByLsof(folder: string): Promise<number[]> {
  const args = ['-a', '-d', 'cwd', ...PROGRAMS.flatMap((program) => ['-c', program]), '-Fpn']
  // lsof exits with 1 when it finds nothing.
  const { stdout } = await run('lsof', args).catch(() => ({ stdout: '' }))
  return stdout
    .split(/^p/m)
    .filter((block) => block.split('\n').includes(`n${folder}`))
    .map((block) => Number.parseInt(block, 10))
}
