import { askStep, take, type Course } from './course.ts'
import { choicesNow, press, PRESS, walk } from './questions.ts'

/** What is kept of words that were not understood, in characters. */
const SAID = 200

/**
 * The message was not understood. Never the same failure twice: the first time the question is put
 * another way with an example, the second more simply, the third a person is offered with what was
 * said; after that the question is left, or the dialog when it cannot do without.
 * `reason` is a locale key that says why the answer could not be taken.
 */
export function miss(course: Course, said: string, reason: string | null): void {
  const { state, says, effects } = course
  state.misses += 1
  const step = askStep(course, state.doubt?.step ?? state.asked)
  const choices = choicesNow(course)
  if (state.misses === 1) {
    if (reason !== null) says.push({ key: reason, choices })
    else says.push({ key: againKey(course, 'again'), choices })
  } else if (state.misses === 2) {
    state.doubt = null
    state.choosingChange = false
    says.push({ key: againKey(course, 'simpler'), choices: choicesNow(course) })
  } else if (state.misses === 3) {
    const wayOn = step?.optional ? PRESS.skip : PRESS.retry
    says.push({ key: 'kit:offerPerson', choices: [press(PRESS.person), press(wayOn)] })
    effects.push({ kind: 'offerPerson', step: state.asked ?? '', said: [...said].slice(0, SAID).join('') })
  } else if (step?.optional) {
    says.push({ key: 'kit:leftAside' })
    take(course, step, null)
    walk(course)
  } else {
    says.push({ key: 'kit:paused' })
    course.outcome = 'paused'
  }
}

/** The text that says the question on the screen otherwise. */
function againKey(course: Course, how: 'again' | 'simpler'): string {
  const { state, script } = course
  if (state.choosingChange) return `kit:change.${how}`
  if (state.doubt !== null) return `kit:doubt.${how}`
  return askStep(course, state.asked) === undefined ? `kit:review.${how}` : `${script.name}:${state.asked}.${how}`
}
