import { languages } from '../../services/locales/index.ts'
import { wordsOf, type Readings } from '../../services/understanding/index.ts'
import { answersOf, applies, askStep, placeOf, take, type Course } from './course.ts'
import type { Answer, Offer, Read } from './field.ts'
import { choicesNow } from './questions.ts'
import { renderShown } from './render.ts'
import type { Ask } from './script.ts'

/** What a message brought, by step. */
export interface Heard {
  taken: { step: Ask; value: Answer }[]
  corrected: { step: Ask; from: Answer; to: Answer }[]
  doubt: { step: Ask; values: readonly Answer[] } | null
  /** Why the question on the screen could not take what was said. */
  reason: string | null
}

/** A message of so many words is one answer. */
const FEW_WORDS = 3

/** The button on the screen that the message presses: its title in any shipped language, or its value. */
export function pressed(course: Course, { words }: Readings): string | null {
  const shown = choicesNow(course)
  const found = shown.find(
    ({ value, label }) =>
      wordsOf(value) === words || languages.some((lang) => wordsOf(renderShown(label, lang)) === words),
  )
  return found?.value ?? null
}

/**
 * Offers the message to the question on the screen, to those still open, and, when it corrects, to
 * those answered; takes what is certain. The question that takes any words comes last, with what the
 * others left.
 */
export function hear(course: Course, readings: Readings): Heard {
  const { state } = course
  const heard: Heard = { taken: [], corrected: [], doubt: null, reason: null }
  const asked = askStep(course, state.asked)
  const answers = answersOf(course)
  const others = course.script.steps.filter(
    (step): step is Ask =>
      step.kind === 'ask' &&
      step !== asked &&
      step.reviewed &&
      (answers[step.name] !== undefined || !state.passed.includes(step.name)),
  )
  if (asked !== undefined && asked.field.greedy === undefined) offer(course, asked, { how: 'asked' }, readings, heard)
  // Too short to say two things: what the question knows and cannot take was meant for it.
  const meantForAsked = heard.reason !== null && readings.words.trim().split(' ').length <= FEW_WORDS
  const isAnswered = [...heard.taken, ...heard.corrected].some(({ step }) => step === asked)
  for (const step of meantForAsked ? [] : others) {
    const current = answers[step.name]
    // "finalement Sherbrooke" that answers the question on the screen corrects no other one.
    const mayCorrect = asked === undefined || (readings.corrects && !isAnswered)
    const correcting = current !== undefined && mayCorrect
    offer(course, step, correcting ? { how: 'correcting', current } : { how: 'inPassing' }, readings, heard)
  }
  if (asked?.field.greedy) {
    const left = heard.taken.length + heard.corrected.length > 0 ? { ...readings, text: readings.rest } : readings
    const onlyCorrects = heard.corrected.length > 0 && readings.introduces === null
    if (!onlyCorrects) offer(course, asked, { how: 'asked' }, left, heard)
  }
  return heard
}

function offer(course: Course, step: Ask, how: Offer, readings: Readings, heard: Heard): void {
  const read = step.field.read(readings, how, placeOf(course, step.name))
  if (read === null) return
  const before = answersOf(course)[step.name]
  const reopened = course.state.asked === step.name
  if ('reason' in read) {
    if (reopened) heard.reason = read.reason
  } else if ('doubt' in read) {
    const settled = settledBy(course, step, read)
    if (settled !== undefined) keepIt(settled)
    else if (heard.doubt === null && (reopened || applies(course, step) || before === undefined))
      heard.doubt = { step, values: read.doubt }
  } else {
    keepIt(narrowed(course, step, read.value))
  }

  function keepIt(value: Answer): void {
    if (before === value && !reopened) return
    take(course, step, value)
    if (before !== undefined && before !== null && before !== value)
      heard.corrected.push({ step, from: before, to: value })
    else heard.taken.push({ step, value })
  }
}

/** A doubt that the one before settles: of "3 avril ou 4 mars", "le 3/4, c'est 3 avril" leaves one. */
function settledBy({ state }: Course, step: Ask, read: Extract<Read, { doubt: unknown }>): Answer | undefined {
  if (state.doubt?.step !== step.name) return undefined
  const both = state.doubt.values.filter((value) => read.doubt.includes(value))
  return both.length === 1 ? both[0] : undefined
}

/** Of "3 avril ou 4 mars", "avril" is the first: a vaguer answer that fits one of the doubts means it. */
function narrowed({ state }: Course, step: Ask, value: Answer): Answer {
  if (state.doubt?.step !== step.name || typeof value !== 'string') return value
  const fitting = state.doubt.values.filter((v) => typeof v === 'string' && v.startsWith(value))
  return fitting.length === 1 ? (fitting[0] ?? value) : value
}
