import { setTimeout as delay } from 'node:timers/promises'
import { Logger, parseCronItems, run, type Runner } from 'graphile-worker'
import type { Platform } from './platform.ts'

/** What a job of one name does. It may run twice or late: the rows it works on say what is left to do. */
export type Task = (payload: unknown) => Promise<void>

/** Work that each node repeats, safe on many nodes at once: it finds what a crash or a lost alarm left. */
export interface Sweep {
  name: string
  everySeconds: number
  run(): Promise<unknown>
}

export interface Jobs {
  /** Takes no more work and waits for what runs. */
  stop(): Promise<void>
}

/** Jobs at once on this node; they share the pool with the turns. */
const CONCURRENCY = 2

/**
 * Runs this node's jobs and sweeps until stopped. A job that a killed node had in hand stays locked in
 * graphile-worker's table for hours, which delays nothing: the sweep does what is overdue, and the job
 * then finds it done.
 */
export function startJobs(platform: Platform, tasks: Readonly<Record<string, Task>>, sweeps: readonly Sweep[]): Jobs {
  const stopping = new AbortController()
  const running = [
    runWorker(platform, tasks, stopping.signal),
    ...sweeps.map((sweep) => repeat(platform, sweep, stopping.signal)),
  ]
  return {
    async stop() {
      stopping.abort()
      await Promise.all(running)
    },
  }
}

/** graphile-worker outlives lost connections; but it does not start, or may end, while the database is away: then again. */
async function runWorker(
  { database, log }: Platform,
  tasks: Readonly<Record<string, Task>>,
  stopping: AbortSignal,
): Promise<void> {
  while (!stopping.aborted) {
    let runner: Runner | undefined
    const stop = (): void => void runner?.stop().catch(() => {}) // it has stopped by itself
    try {
      runner = await run({
        pgPool: database.pool,
        taskList: Object.fromEntries(
          Object.entries(tasks).map(([name, task]) => [name, (payload: unknown) => task(payload)]),
        ),
        parsedCronItems: parseCronItems([]),
        concurrency: CONCURRENCY,
        noHandleSignals: true,
        logger: silent,
      })
      stopping.addEventListener('abort', stop, { once: true })
      if (stopping.aborted) stop()
      await runner.promise
    } catch (error) {
      if (!stopping.aborted) log.warn('jobs.worker_ended', { error })
    } finally {
      stopping.removeEventListener('abort', stop)
    }
    await pause(1_000, stopping)
  }
}

/** A sweep that fails is tried at its next time: its work is still there to be found. */
async function repeat({ log }: Platform, sweep: Sweep, stopping: AbortSignal): Promise<void> {
  for (;;) {
    // Spread, so that nodes that started together do not sweep together.
    await pause(sweep.everySeconds * 1_000 * (0.8 + 0.4 * Math.random()), stopping)
    if (stopping.aborted) return
    try {
      await sweep.run()
    } catch (error) {
      log.warn('jobs.sweep_failed', { kind: sweep.name, error })
    }
  }
}

/** Resolves after a while, or at once when it is time to stop. */
async function pause(ms: number, stopping: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal: stopping, ref: false }).catch(() => {}) // aborted: the caller looks
}

/** Its messages carry payloads and errors in full; ours go through the log's allow-list. */
const silent = new Logger(() => () => {})
