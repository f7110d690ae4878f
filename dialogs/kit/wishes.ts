import type { Readings } from '../../services/understanding/index.ts'
import { acknowledge, goOn } from './acknowledge.ts'
import { answersOf, applies, askStep, changeable, placeOf, take, type Course } from './course.ts'
import { hasText } from './fields/titles.ts'
import { hear } from './hear.ts'
import { askNow, changedBy, PRESS, question, walk } from './questions.ts'
import type { Ask } from './script.ts'
import { freshState } from './state.ts'

/**
 * What a person may wish at any question, handled once for all dialogs: a button of the kit, back,
 * help, skip, change, cancel, start over. Returns whether the message was such a wish.
 */
export function turnAside(course: Course, readings: Readings, press: string | null): boolean {
  const wish = wishIn(course, readings, press)
  if (wish === null) return false
  wish()
  return true
}

function wishIn(course: Course, readings: Readings, press: string | null): (() => void) | null {
  const { state } = course
  const { intents } = readings
  if (press === PRESS.skip) return () => skip(course)
  if (press === PRESS.why) return () => help(course)
  if (press === PRESS.confirm) return () => confirm(course)
  if (press === PRESS.neither) return () => askAnew(course)
  if (press === PRESS.keep) return () => leaveMenu(course)
  if (press === PRESS.menu) return () => openMenu(course)
  if (press?.startsWith(PRESS.change)) return () => reopen(course, press.slice(PRESS.change.length))
  const tapped = changedBy(course.script, readings.words)
  if (tapped !== undefined && isAnswered(course, tapped)) return () => reopen(course, tapped.name)
  if (press !== null && state.doubt !== null) return () => settle(course, press)
  if (press !== null) return null // a button of the question itself
  if (state.misses >= 3 && hasText(readings.words, 'kit:press.retry'))
    return () => void course.says.push(question(course))
  if (state.misses >= 3 && hasText(readings.words, 'kit:press.skip')) return () => skip(course)

  if (intents.has('cancel')) return () => cancel(course)
  if (intents.has('restart')) return () => startOver(course)
  if (intents.has('back')) return () => back(course)
  if (intents.has('skip')) return () => skip(course)
  const named = namedStep(course, readings)
  if (state.choosingChange && named !== undefined) return () => reopen(course, named.name)
  if (intents.has('change')) return () => change(course, readings, named)
  if (intents.has('help')) return () => help(course)
  if (state.choosingChange && readings.answer === 'no') return () => leaveMenu(course)

  const doubted = state.doubt
  if (doubted !== null && readings.answer !== null) {
    if (readings.answer === 'no') return () => askAnew(course)
    if (doubted.values.length === 1) return () => settle(course, String(doubted.values[0]))
  }
  const atReview = state.asked !== null && askStep(course, state.asked) === undefined
  if (atReview && !state.choosingChange) {
    // What comes after "oui, mais" corrects the summary.
    const agrees = readings.answer === 'yes' || readings.answer === 'likely'
    if (agrees && !hasText(readings.words, 'kit:reserves')) return () => confirm(course)
    if (readings.answer === 'no') return () => openMenu(course)
  }
  return null
}

/** The question goes without an answer; one that is being changed keeps the one it had. */
function skip(course: Course): void {
  const { state, says } = course
  const step = askStep(course, state.asked)
  state.choosingChange = false
  if (step === undefined || (!step.optional && state.reopened !== step.name)) {
    says.push({ key: 'kit:cannotSkip' }, question(course))
    return
  }
  state.doubt = null
  const kept = state.reopened === step.name && (answersOf(course)[step.name] ?? null) !== null
  state.reopened = null
  if (!kept) take(course, step, null)
  says.push({ key: kept ? 'kit:unchanged' : 'kit:skipped' })
  walk(course)
}

function help(course: Course): void {
  const { state, says, script } = course
  const step = askStep(course, state.asked)
  says.push({ key: step === undefined ? 'kit:review.help' : `${script.name}:${step.name}.help` }, question(course))
}

function cancel(course: Course): void {
  course.says.push({ key: course.state.keeping ? 'kit:cancelled.kept' : 'kit:cancelled.notKept' })
  course.outcome = 'cancelled'
}

/** Everything is asked again, but not what is settled apart from the review (language, consent). */
function startOver(course: Course): void {
  const { script, state } = course
  const settled = script.steps.filter(
    (step): step is Ask => step.kind === 'ask' && !step.reviewed && step.name in state.answers,
  )
  course.state = {
    ...freshState(script, state.at),
    answers: Object.fromEntries(settled.map(({ name }) => [name, state.answers[name] ?? null])),
    passed: state.passed.filter((name) => script.steps.some((step) => step.name === name && step.kind !== 'ask')),
    unsaved: state.unsaved.filter((name) => settled.some((step) => step.name === name)),
    keeping: state.keeping,
    afresh: true,
  }
  course.says.push({ key: 'kit:restarted' })
  walk(course)
}

function back(course: Course): void {
  const { state, says } = course
  state.doubt = null
  state.choosingChange = false
  const previous = askStep(course, state.trail.findLast((name) => name !== state.asked) ?? null)
  if (previous === undefined) {
    says.push({ key: 'kit:nothingBefore' }, question(course))
    return
  }
  state.trail = state.trail.slice(0, state.trail.indexOf(previous.name))
  says.push({ key: 'kit:back' })
  reopen(course, previous.name)
}

/** The corrections that the message itself holds; else the step it names; else "which one?". */
function change(course: Course, readings: Readings, named: Ask | undefined): void {
  const heard = hear(course, { ...readings, corrects: true, names: null, text: '' })
  if (heard.corrected.length > 0 || heard.doubt !== null) {
    acknowledge(course, heard)
    goOn(course, heard)
  } else if (named !== undefined) reopen(course, named.name)
  else openMenu(course)
}

function openMenu(course: Course): void {
  const { state, says } = course
  if (changeable(course).length === 0) {
    says.push({ key: 'kit:change.nothing' }, question(course))
    return
  }
  state.choosingChange = true
  state.misses = 0
  says.push(question(course))
}

function leaveMenu(course: Course): void {
  course.state.choosingChange = false
  course.state.misses = 0
  course.says.push(question(course))
}

/** Asks an answered question again; its answer holds until there is another. */
function reopen(course: Course, name: string): void {
  const step = askStep(course, name)
  if (step === undefined) return
  course.state.choosingChange = false
  course.state.doubt = null
  course.state.reopened = name
  askNow(course, step)
}

/** None of what we thought: the question again. */
function askAnew(course: Course): void {
  const step = askStep(course, course.state.doubt?.step ?? null)
  course.state.doubt = null
  if (step === undefined) course.says.push(question(course))
  else {
    course.says.push({ key: 'kit:doubt.neither' })
    askNow(course, step)
  }
}

/** One of the doubts is chosen. */
function settle(course: Course, chosen: string): void {
  const { state, says } = course
  const step = askStep(course, state.doubt?.step ?? null)
  const value = state.doubt?.values.find((v) => String(v) === chosen)
  if (step === undefined || value === undefined) return
  take(course, step, value)
  says.push({ key: 'kit:noted', params: { values: step.field.show(value, placeOf(course, step.name)) } })
  walk(course)
}

function confirm(course: Course): void {
  const { state } = course
  if (state.asked !== null) state.passed.push(state.asked)
  walk(course)
}

/** It was asked, and is for this person: an answer that was skipped can be given after all. */
const isAnswered = (course: Course, step: Ask): boolean =>
  applies(course, step) && answersOf(course)[step.name] !== undefined

/** The changeable question that the message names ("ma date d'arrivée", "my name"). */
const namedStep = (course: Course, { words }: Readings): Ask | undefined =>
  changeable(course).find(({ name }) => hasText(words, `${course.script.name}:${name}.words`))
