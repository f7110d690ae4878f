import { languages } from '../../services/locales/index.ts'
import { wordsOf } from '../../services/understanding/index.ts'
import { answersOf, applies, askStep, changeable, placeOf, saveDue, type Course } from './course.ts'
import { renderShown, written } from './render.ts'
import type { Asking, Choice, Say, Shown } from './say.ts'
import type { Ask, Script } from './script.ts'

/** What the buttons of the kit itself stand for; a field's buttons stand for its values. */
export const PRESS = {
  menu: '#menu',
  skip: '#skip',
  neither: '#neither',
  confirm: '#confirm',
  change: '#change:',
  keep: '#keep',
  person: '#person',
  retry: '#retry',
  why: '#why',
} as const

/** Goes on to the first step that is neither behind nor answered, doing on the way what asks nothing. */
export function walk(course: Course): void {
  const { state, says, effects, script } = course
  const doubted = askStep(course, state.doubt?.step ?? null)
  if (doubted !== undefined) return askNow(course, doubted)
  state.asked = null
  state.misses = 0
  for (const step of script.steps) {
    const again = step.kind === 'act' && step.again
    if ((state.passed.includes(step.name) && !again) || !applies(course, step)) continue
    if (step.kind === 'ask') {
      if (answersOf(course)[step.name] !== undefined) continue
      askNow(course, step)
      return
    }
    if (step.kind === 'review') {
      saveDue(course)
      state.asked = step.name
      says.push(question(course))
      return
    }
    if (!again) state.passed.push(step.name)
    if (step.kind === 'tell') {
      const params = step.params?.(answersOf(course))
      says.push({ key: `${script.name}:${step.name}`, ...(params === undefined ? {} : { params }) })
    } else if (step.kind === 'keep') {
      state.keeping = true
      saveDue(course)
    } else if (step.kind === 'act') {
      state.trail = [] // what an act did is not undone by going back
      saveDue(course)
      effects.push({ kind: 'act', step: step.name, answers: answersOf(course) })
      for (const name of step.forgets) Reflect.deleteProperty(state.answers, name)
      state.unsaved = state.unsaved.filter((name) => !step.forgets.includes(name))
      state.passed = state.passed.filter((name) => !step.forgets.includes(name))
    } else {
      saveDue(course)
      state.asked = step.name
      effects.push({ kind: 'run', dialog: step.name })
      return
    }
  }
  saveDue(course)
  course.outcome = 'finished'
}

/** More buttons than these hide the summary on a phone. */
const FEW_ANSWERS = 6

/** Puts a question on the screen. */
export function askNow(course: Course, step: Ask): void {
  course.state.asked = step.name
  course.state.misses = 0
  course.says.push(question(course))
}

/** The question on the screen, as it is asked: of a step, of a doubt, of what to change, or the review. */
export function question(course: Course): Say {
  const { state, script } = course
  const choices = choicesNow(course)
  const asking = askingNow(course)
  if (state.choosingChange) return { key: 'kit:change.which', choices }
  const doubted = state.doubt === null ? undefined : askStep(course, state.doubt.step)
  if (doubted !== undefined && state.doubt !== null) {
    const values = state.doubt.values.map((value) => doubted.field.show(value, placeOf(course, doubted.name)))
    return {
      key: values.length === 1 ? 'kit:doubt.one' : 'kit:doubt.several',
      params: { values: { list: values, joined: 'or' } },
      choices,
      asking,
    }
  }
  if (askStep(course, state.asked) === undefined) return { ...reviewSay(course, choices), asking }
  return { key: `${script.name}:${state.asked}.question`, choices, asking }
}

/** The question on the screen among those of the dialog; how far one is, unless an answer is being changed. */
function askingNow(course: Course): Asking {
  const { state, script } = course
  const step = askStep(course, state.asked)
  if (step === undefined || !step.reviewed) return { name: state.asked ?? '' }
  const answers = answersOf(course)
  const all = script.steps.filter((one) => one.kind === 'ask' && one.reviewed && applies(course, one))
  const before = all.filter((one) => one !== step && answers[one.name] !== undefined)
  return {
    name: step.name,
    change: changeWords(script, step),
    ...(state.reopened === step.name ? {} : { progress: { step: before.length + 1, of: all.length } }),
  }
}

/** What a person says, by a button, to answer a question again. */
const changeWords = (script: Script, { name }: Ask, key = 'kit:review.change'): Shown => ({
  key,
  params: { label: { key: `${script.name}:${name}.label` } },
})

/** The question that such a button names, in any shipped language. */
export const changedBy = (script: Script, words: string): Ask | undefined =>
  script.steps.find(
    (step): step is Ask =>
      step.kind === 'ask' &&
      step.reviewed &&
      languages.some((lang) => wordsOf(renderShown(changeWords(script, step), lang)) === words),
  )

/** The buttons that go with the question on the screen. */
export function choicesNow(course: Course): Choice[] {
  const { state } = course
  if (state.choosingChange)
    return [...changeable(course).map((step) => changeChoice(course, step, 'kit:change.item')), press(PRESS.keep)]
  const step = askStep(course, state.doubt?.step ?? state.asked)
  if (step === undefined) return [press(PRESS.confirm), ...changesAtReview(course)]
  const place = placeOf(course, step.name)
  if (state.doubt !== null) {
    const values = state.doubt.values.map((value) => ({ value: String(value), label: step.field.show(value, place) }))
    return [...values, press(PRESS.neither)]
  }
  const choices = step.field.choices(place)
  const knowsWayOut = choices.some(({ value }) => value === 'unknown')
  if (step.optional && !knowsWayOut) return [...choices, press(PRESS.skip)]
  const why = `${course.script.name}:${step.name}.why`
  return written(why) ? [...choices, { value: PRESS.why, label: { key: why } }] : [...choices]
}

/** A button for each answer while they are few; else one that opens their list. */
function changesAtReview(course: Course): Choice[] {
  const items = changeable(course)
  if (items.length > FEW_ANSWERS) return [press(PRESS.menu)]
  return items.map((item) => changeChoice(course, item, 'kit:review.change'))
}

const pressNames: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(PRESS).map(([name, value]) => [value, name]),
)

/** A button of the kit's own. */
export const press = (value: string): Choice => ({ value, label: { key: `kit:press.${pressNames[value] ?? ''}` } })

const changeChoice = ({ script }: Course, step: Ask, key: string): Choice => ({
  value: `${PRESS.change}${step.name}`,
  label: changeWords(script, step, key),
})

function reviewSay(course: Course, choices: readonly Choice[]): Say {
  const answers = answersOf(course)
  const lines = changeable(course).map((step) => ({
    key: 'kit:review.item',
    params: {
      label: { key: `${course.script.name}:${step.name}.label` } satisfies Shown,
      value: step.field.show(answers[step.name] ?? null, placeOf(course, step.name)),
    },
  }))
  return lines.length === 0
    ? { key: 'kit:review.empty', choices }
    : { key: 'kit:review.intro', params: { items: { lines } }, choices }
}
