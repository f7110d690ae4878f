import { fork, type ChildProcess } from 'node:child_process'
import type { Given, Job, Word } from './crash/driver.ts'

/** What became of a conversation in a process that may end on its way. */
export interface Went {
  /** The first step that was not acknowledged. */
  next: number
  /** The code with which the process ended; undefined: it went through. */
  exitCode: number | undefined
  /** Of one that went through. */
  statements: number
}

/** Processes that go through conversations. One that has ended is replaced by one that was started before it did. */
export interface Drivers {
  run(job: Job): Promise<Went>
  stop(): Promise<void>
}

interface Driver {
  child: ChildProcess
  ready: Promise<void>
}

export function startDrivers(given: Given): Drivers {
  let current = start(given)
  let spare = start(given)
  return {
    async run(job) {
      const { child, ready } = current
      await ready
      const went = await drive(child, job)
      if (went.exitCode !== undefined) {
        current = spare
        spare = start(given)
      }
      return went
    },
    async stop() {
      await Promise.all([current, spare].map(end))
    },
  }
}

function start(given: Given): Driver {
  const child = fork(new URL('crash/driver.ts', import.meta.url), {
    env: { ...process.env, CRASH_DRIVER: JSON.stringify(given) },
  })
  const ready = new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve())
    child.once('exit', (code) => reject(new Error(`a driver ended with ${code} before it was ready`)))
  })
  ready.catch(() => {}) // heard by who runs it
  return { child, ready }
}

function drive(child: ChildProcess, job: Job): Promise<Went> {
  return new Promise((resolve) => {
    let next = job.from
    const ended = (exitCode: number | undefined, statements: number): void => {
      child.off('message', hear).off('exit', left)
      resolve({ next, exitCode, statements })
    }
    const hear = (word: Word): void => {
      if ('acknowledged' in word) next = word.acknowledged + 1
      if ('done' in word) ended(undefined, word.statements)
    }
    const left = (code: number | null): void => ended(code ?? -1, 0)
    child.on('message', hear).on('exit', left)
    child.send(job)
  })
}

async function end({ child }: Driver): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}
