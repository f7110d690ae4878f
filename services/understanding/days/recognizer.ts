import { Worker } from 'node:worker_threads'
import type { Temporal } from 'temporal-polyfill'
import { bounded } from '../normalise.ts'
import type { DayMention } from './mention.ts'
import type { Answer, Question } from './worker.ts'

/** Characters that the recognizer sees: its time grows with their square (1,000 take 0.46 s). */
const LONGEST = 100
/** A warm call takes 1 to 4 ms; an answer that takes longer than this comes too late to be used. */
const PATIENCE_MS = 150
/** Questions that may wait for the worker; beyond them the answer would come too late anyway. */
const MOST_WAITING = 8
/** A worker silent for so long is stuck, or the machine is: a new one is started at the next need. */
const STUCK_MS = 20_000

/** Days that our own rules do not read, when a warm worker answers in time; else none. */
export interface DayRecognizer {
  recognize(text: string, lang: string, at: Temporal.PlainDateTime): Promise<DayMention[]>
  /** Resolves when the worker is warm. For a start-up that wants it, and for tests. */
  warm(): Promise<void>
  stop(): Promise<void>
}

/** Makes the recognizer. Its worker starts and warms itself at the first need and keeps nothing alive. */
export function dayRecognizer(
  cultures: Readonly<Record<string, string>> = { fr: 'fr-fr', en: 'en-us' },
): DayRecognizer {
  let worker: Worker | undefined
  let ready: Promise<void> | undefined
  let isWarm = false
  let lastId = 0
  const waiting = new Map<number, (answer: Answer | null) => void>()

  function start(): Worker {
    const started = new Worker(new URL('./worker.ts', import.meta.url))
    started.unref()
    started.on('message', (answer: Answer) => waiting.get(answer.id)?.(answer))
    started.on('error', () => forget(started)) // a reading is a convenience: its loss is no failure of the turn
    started.on('exit', () => forget(started))
    return started
  }

  function forget(gone: Worker): void {
    if (worker !== gone) return
    worker = undefined
    ready = undefined
    isWarm = false
    for (const answer of waiting.values()) answer(null)
  }

  function ask(to: Worker, question: Omit<Question, 'id'>, patienceMs: number): Promise<Answer | null> {
    const id = (lastId += 1)
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(null), patienceMs)
      timer.unref()
      function settle(answer: Answer | null): void {
        clearTimeout(timer)
        waiting.delete(id)
        resolve(answer)
      }
      waiting.set(id, settle)
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      to.postMessage({ ...question, id } satisfies Question)
    })
  }

  function warm(): Promise<void> {
    if (ready !== undefined) return ready
    worker = start()
    ready = warmUp(worker)
    return ready
  }

  /** One call for each culture, whose rules are built at the first; a worker that stays silent is given up. */
  async function warmUp(started: Worker): Promise<void> {
    const calls = Object.values(cultures).map((culture) =>
      ask(started, { text: '1', culture, at: '2026-01-01T12:00:00' }, STUCK_MS),
    )
    const answers = await Promise.all(calls)
    if (worker !== started) return
    isWarm = answers.every((answer) => answer !== null)
    if (!isWarm) await started.terminate()
  }

  return {
    warm,
    async recognize(text, lang, at) {
      const culture = cultures[lang]
      if (culture === undefined) return []
      void warm()
      if (!isWarm || worker === undefined || waiting.size >= MOST_WAITING) return []
      const asked = worker
      const answer = await ask(asked, { text: bounded(text, LONGEST), culture, at: at.toString() }, PATIENCE_MS)
      return answer === null ? [] : mentionsIn(answer, at.toPlainDate())
    },
    async stop() {
      const stopping = worker
      if (stopping === undefined) return
      forget(stopping)
      await stopping.terminate()
    },
  }
}

/** Keeps what resolves to days to come; times, durations and ranges are what the recognizer misreads most. */
function mentionsIn({ found }: Answer, today: Temporal.PlainDate): DayMention[] {
  return found.flatMap(({ start, end, type, values }) => {
    if (type !== 'datetimeV2.date') return []
    const days = values.flatMap(({ value }) => (value !== undefined && /^\d{4}-\d\d-\d\d$/.test(value) ? [value] : []))
    const coming = [...new Set(days)].filter((day) => day >= today.toString())
    return coming.length === 0 ? [] : [{ values: coming.slice(0, 1), start, end: end + 1, negated: false }]
  })
}
