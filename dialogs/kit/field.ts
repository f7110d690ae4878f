import type { Readings, Want } from '../../services/understanding/index.ts'
import type { Temporal } from 'temporal-polyfill'
import type { Choice, Shown } from './say.ts'

/** What an answer may be: small JSON. `null` is "not answered, and not to be asked again". */
export type Answer = string | number | boolean | null

/** The answers so far by step name; a step not answered is absent. */
export type Answers = Readonly<Record<string, Answer | undefined>>

/**
 * In what quality a message is offered to a question:
 * - `asked`: it is the question on the screen;
 * - `correcting`: the message corrects, or the person is at the review; `current` is the answer so far;
 * - `inPassing`: another question is on the screen, only what is unmistakable counts.
 */
export type Offer = { readonly how: 'asked' | 'inPassing' } | { readonly how: 'correcting'; readonly current: Answer }

/** Where a question stands: its texts are at `<dialog>:<step>.…`. */
export interface Place {
  readonly dialog: string
  readonly step: string
  readonly lang: string
  readonly now: Temporal.Instant
  readonly zone?: string
}

/**
 * What a field read: a certain value; several it hesitates between (one: not sure at all), which are
 * asked about and never kept; or the locale key of why the answer cannot be taken.
 */
export type Read =
  | { readonly value: Answer; readonly certain: true }
  | { readonly doubt: readonly Answer[] }
  | { readonly reason: string }

/** A kind of answer: reads it from free text, shows it, offers buttons for it. Pure. */
export interface Field {
  /** What is to be read for it beyond the rules. */
  readonly wants?: Want
  /** Takes any words as its answer: it is offered a message only when asked, after all others. */
  readonly greedy?: true
  read(readings: Readings, offer: Offer, place: Place): Read | null
  /** Whether a kept answer is still one: kept state may be older than the code. */
  accepts(value: unknown): value is Answer
  show(value: Answer, place: Place): Shown
  /** Buttons under the question. */
  choices(place: Place): readonly Choice[]
}
