import { askStep, placeOf, type Course } from './course.ts'
import type { Answer } from './field.ts'
import type { Heard } from './hear.ts'
import { askNow, walk } from './questions.ts'
import { written } from './render.ts'
import type { Ask } from './script.ts'

/** Says back what was corrected and what was taken, in the order of the questions. */
export function acknowledge(course: Course, { taken, corrected }: Pick<Heard, 'taken' | 'corrected'>): void {
  const { says, script, state } = course
  const shown = (step: Ask, value: Answer) => step.field.show(value, placeOf(course, step.name))
  for (const { step, from, to } of corrected)
    says.push({ key: 'kit:corrected', params: { from: shown(step, from), to: shown(step, to) } })
  const [first] = taken
  if (first === undefined) return
  const noted = `${script.name}:${first.step.name}.noted`
  const told = script.steps.flatMap((step) => taken.filter((one) => one.step === step && one.step.reviewed))
  if (taken.length === 1 && written(noted)) says.push({ key: noted, params: { value: shown(first.step, first.value) } })
  else if (told.length > 1 || (told.length === 1 && told[0]?.step.name !== state.asked))
    says.push({ key: 'kit:noted', params: { values: { list: told.map(({ step, value }) => shown(step, value)) } } })
}

/** A doubt is asked about before anything else; else the next question, or the one that is being changed. */
export function goOn(course: Course, { doubt }: Pick<Heard, 'doubt'>): void {
  const { state } = course
  if (doubt !== null) {
    state.doubt = { step: doubt.step.name, values: [...doubt.values] }
    askNow(course, doubt.step)
    return
  }
  const reopened = askStep(course, state.reopened)
  if (reopened === undefined) walk(course)
  else askNow(course, reopened)
}
