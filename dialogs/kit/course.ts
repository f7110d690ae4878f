import type { Temporal } from 'temporal-polyfill'
import type { Answer, Answers, Place } from './field.ts'
import type { Say } from './say.ts'
import type { Ask, Script, Step } from './script.ts'
import type { ScriptState } from './state.ts'

/** What a script must be told of the turn to advance. */
export interface ScriptContext {
  readonly lang: string
  readonly now: Temporal.Instant
  readonly zone?: string
  readonly file: ReadonlyMap<string, unknown>
}

/** What is to be done, as data, in this order, before what is said is rendered. */
export type Effect =
  | { readonly kind: 'save'; readonly name: string; readonly value: Answer; readonly origin: 'newcomer' }
  | { readonly kind: 'act'; readonly step: string; readonly answers: Answers }
  | { readonly kind: 'run'; readonly dialog: string }
  | { readonly kind: 'offerPerson'; readonly step: string; readonly said: string }

/**
 * How a dialog ended. `paused`: a question that cannot be skipped was not understood; nothing is lost
 * and the dialog can be begun again.
 */
export type Outcome = 'finished' | 'cancelled' | 'paused'

/** One advance under way: a copy of the state that the steps change, and what comes out of it. */
export interface Course {
  readonly script: Script
  readonly context: ScriptContext
  state: ScriptState
  readonly says: Say[]
  readonly effects: Effect[]
  outcome: Outcome | null
}

/** The answers that count: those given in this dialog, over those of the file. */
export function answersOf({ script, state, context }: Course): Answers {
  const answers: Record<string, Answer | undefined> = {}
  for (const step of script.steps) {
    if (step.kind !== 'ask') continue
    const filed = state.afresh && step.reviewed ? undefined : context.file.get(step.name)
    if (step.name in state.answers) answers[step.name] = state.answers[step.name]
    else if (filed === null || step.field.accepts(filed)) answers[step.name] = filed
  }
  return answers
}

/** Whether the step is for this person, as far as is known. */
export const applies = (course: Course, step: Step): boolean =>
  step.when === undefined || step.when(answersOf(course), course.context.file)

/** The question of that name. */
export const askStep = ({ script }: Course, name: string | null): Ask | undefined =>
  script.steps.find((step): step is Ask => step.kind === 'ask' && step.name === name)

/** Where a step's texts and its moment are. */
export function placeOf({ script, context }: Course, step: string): Place {
  const { lang, now, zone } = context
  return { dialog: script.name, step, lang, now, ...(zone === undefined ? {} : { zone }) }
}

/** The questions that the review shows and that can be changed: for this person, and answered. */
export function changeable(course: Course): Ask[] {
  const answers = answersOf(course)
  return course.script.steps.filter(
    (step): step is Ask =>
      step.kind === 'ask' && step.reviewed && applies(course, step) && (answers[step.name] ?? null) !== null,
  )
}

/** Takes an answer; it is saved when the dialog keeps answers and the step is for this person. */
export function take(course: Course, { name }: Ask, value: Answer): void {
  const { state } = course
  if (state.asked === name && !state.trail.includes(name)) state.trail.push(name)
  if (state.reopened === name) state.reopened = null
  if (state.doubt?.step === name) state.doubt = null
  state.answers[name] = value
  if (!state.unsaved.includes(name)) state.unsaved.push(name)
}

/** Emits the saves that are due. */
export function saveDue(course: Course): void {
  const { state } = course
  if (!state.keeping) return
  state.unsaved = state.unsaved.filter((name) => {
    const step = askStep(course, name)
    if (step === undefined || !applies(course, step)) return step !== undefined
    course.effects.push({ kind: 'save', name, value: state.answers[name] ?? null, origin: 'newcomer' })
    return false
  })
}
