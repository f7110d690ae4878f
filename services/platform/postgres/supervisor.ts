import { setTimeout as pause } from 'node:timers/promises'
import { PostgresStartError, systemCode } from './errors.ts'
import { recover } from './recovery.ts'
import { launch, type Launch, type RunningServer } from './server.ts'

/**
 * What happened to the server, for the log.
 *
 * `created`: the data folder is new. `recovered`: something of an earlier life was ended. `retry`: a start failed and is
 * tried again. `ready`: it answers. `died`: it ended by itself. `restarted`: it answers again. `stopped`: we ended it.
 */
export interface PostgresEvent {
  readonly kind: 'created' | 'recovered' | 'retry' | 'ready' | 'died' | 'restarted' | 'stopped'
  readonly detail?: string
}

/** Attempts of a first start, which somebody is waiting for. A restart is tried for ever. */
const FIRST_ATTEMPTS = 5
const FIRST_DELAY = 100
const LONGEST_DELAY = 5_000
/** A server that lived this long is not in a loop of deaths, in milliseconds. */
const HEALTHY_LIFE = 1_000

/** Keeps one server alive on a folder whose lock we hold. */
export class Supervisor {
  readonly #plan: Launch
  readonly #report: (event: PostgresEvent) => void
  readonly #listeners: (() => void)[] = []
  readonly #stopping = new AbortController()
  #server: RunningServer
  #watching: Promise<void> = Promise.resolve()
  #stopped: Promise<void> | undefined

  private constructor(plan: Launch, report: (event: PostgresEvent) => void, server: RunningServer) {
    this.#plan = plan
    this.#report = report
    this.#server = server
  }

  /** @throws PostgresStartError `start_failed` after a few attempts */
  static async start(plan: Launch, report: (event: PostgresEvent) => void): Promise<Supervisor> {
    const supervisor = new Supervisor(plan, report, await firstLife(plan, report))
    supervisor.#watching = supervisor.#watch()
    return supervisor
  }

  /** The postmaster's process id. Another one after each restart. */
  get pid(): number {
    return this.#server.pid
  }

  onRestart(listener: () => void): void {
    this.#listeners.push(listener)
  }

  /** Ends the server and the watch over it. The same promise however often it is called. */
  stop(): Promise<void> {
    this.#stopped ??= this.#end()
    return this.#stopped
  }

  async #end(): Promise<void> {
    this.#stopping.abort()
    await this.#server.stop()
    await this.#watching
    this.#report({ kind: 'stopped' })
  }

  async #watch(): Promise<void> {
    let quickDeaths = 0
    for (;;) {
      const born = performance.now()
      const how = await this.#server.ended
      if (this.#stopping.signal.aborted) return
      this.#report({ kind: 'died', detail: how })
      quickDeaths = performance.now() - born < HEALTHY_LIFE ? quickDeaths + 1 : 0
      const next = await this.#nextLife(quickDeaths)
      if (!next) return
      this.#server = next
      this.#report({ kind: 'restarted', detail: `pid ${next.pid}` })
      // A listener's error is its own: it must not end the watch.
      for (const listener of this.#listeners) queueMicrotask(listener)
    }
  }

  async #nextLife(quickDeaths: number): Promise<RunningServer | undefined> {
    const { signal } = this.#stopping
    for (let failures = quickDeaths; ; failures += 1) {
      if (failures > 0) await delay(failures - 1, signal)
      if (signal.aborted) return undefined
      try {
        const server = await recoverAndLaunch(this.#plan, signal, this.#report)
        if (!signal.aborted) return server
        await server.stop()
      } catch (error) {
        if (!signal.aborted) this.#report({ kind: 'retry', detail: describe(error) })
      }
    }
  }
}

async function firstLife(plan: Launch, report: (event: PostgresEvent) => void): Promise<RunningServer> {
  const { signal } = new AbortController()
  for (let failures = 1; ; failures += 1) {
    try {
      const server = await recoverAndLaunch(plan, signal, report)
      report({ kind: 'ready', detail: `pid ${server.pid}` })
      return server
    } catch (error) {
      if (failures === FIRST_ATTEMPTS) throw asStartError(error)
      report({ kind: 'retry', detail: describe(error) })
    }
    await delay(0, signal)
  }
}

async function recoverAndLaunch(
  plan: Launch,
  signal: AbortSignal,
  report: (event: PostgresEvent) => void,
): Promise<RunningServer> {
  const ended = await recover(plan.folder, plan.sockets)
  if (ended.length > 0) report({ kind: 'recovered', detail: `ended ${ended.join(', ')}` })
  return launch(plan, signal)
}

/** 100 ms, doubled with each failure, at most 5 s; less when aborted. */
function delay(doublings: number, signal: AbortSignal): Promise<void> {
  const milliseconds = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** Math.min(doublings, 10))
  return pause(milliseconds, undefined, { signal }).catch(() => undefined)
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function asStartError(error: unknown): PostgresStartError {
  if (error instanceof PostgresStartError) return error
  return new PostgresStartError('start_failed', `PostgreSQL could not be started (${systemCode(error)}).`, {
    cause: error,
  })
}
