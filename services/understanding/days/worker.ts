import { parentPort } from 'node:worker_threads'
import Recognizers from '@microsoft/recognizers-text-suite'

/** A question to the worker. `at` is the wall clock where the person is, as ISO without a zone. */
export interface Question {
  id: number
  text: string
  culture: string
  at: string
}

/** One resolution among those the recognizer hesitates between. Dates are ISO. */
export interface Resolution {
  type: string
  timex: string
  value?: string
}

/** What the recognizer found, places with the end included as it gives them. */
export interface Answer {
  id: number
  found: { start: number; end: number; type: string; values: Resolution[] }[]
}

/**
 * The general recognizer, alone in its thread: it blocks for seconds at its first call and a time
 * quadratic in the text's length after, neither of which the server can afford.
 */
parentPort?.on('message', ({ id, text, culture, at }: Question) => {
  const results = Recognizers.recognizeDateTime(text, culture, undefined, new Date(at))
  const found = results.map(({ start, end, typeName, resolution }) => ({
    start,
    end,
    type: typeName,
    values: (resolution?.['values'] ?? []) as Resolution[],
  }))
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage({ id, found } satisfies Answer)
})
