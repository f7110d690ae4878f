import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** The kernel's unit of processor time: a hundredth of a second, unless it says otherwise. */
const ticksPerSecond = Number(silently(() => execFileSync('getconf', ['CLK_TCK']).toString()) ?? 100)

/**
 * Processor time that a process has taken, in seconds; of PostgreSQL, with the backends that it started
 * and that still run. NaN where the system does not tell (only Linux has `/proc`).
 */
export function cpuSeconds(pid: number, withChildren = false): number {
  const pids = withChildren ? [pid, ...childrenOf(pid)] : [pid]
  return pids.reduce((sum, one) => {
    const fields = silently(() => statOf(one))
    // utime and stime; and what children that ended had taken
    const ticks = fields === undefined ? Number.NaN : [11, 12, 13, 14].reduce((all, n) => all + Number(fields[n]), 0)
    return sum + ticks / ticksPerSecond
  }, 0)
}

/** Memory that a process holds now, in MB. */
export function residentMb(pid: number): number {
  const status = silently(() => readFileSync(`/proc/${pid}/status`, 'utf8')) ?? ''
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024
}

/** The fields of `/proc/<pid>/stat` behind the name, which may hold spaces: the first is the state. */
function statOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function childrenOf(parent: number): number[] {
  const all = silently(() => readdirSync('/proc').filter((name) => /^\d+$/.test(name))) ?? []
  return all.map(Number).filter((pid) => silently(() => Number(statOf(pid)[1])) === parent)
}

function silently<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined // a process that has ended meanwhile, or a system without /proc
  }
}
