import type { Readings } from '../../services/understanding/index.ts'
import type { Pause } from './context.ts'
import { applies, saveDue, type Course, type Effect, type Outcome, type ScriptContext } from './course.ts'
import { acknowledge, goOn } from './acknowledge.ts'
import { hear, pressed } from './hear.ts'
import { miss } from './miss.ts'
import { question, walk } from './questions.ts'
import type { Say } from './say.ts'
import type { Script } from './script.ts'
import { freshState, restore, type ScriptState } from './state.ts'
import { turnAside } from './wishes.ts'

/** What happens to a dialog. */
export type ScriptInput =
  /** It begins; at the step `from` when given (what is before is not asked), with the message that asked for it if that says more. */
  | { readonly kind: 'begin'; readonly from?: string; readonly readings?: Readings }
  /** The person wrote, or pressed a button, which writes its title. */
  | { readonly kind: 'text'; readonly readings: Readings }
  /** It takes up again after a pause. */
  | { readonly kind: 'resume'; readonly after: Pause }
  /** The dialog that it ran has ended. */
  | { readonly kind: 'returned' }

/** What came of it. `outcome` is null while the dialog waits for an answer. */
export interface Advance {
  readonly state: ScriptState
  readonly says: readonly Say[]
  readonly effects: readonly Effect[]
  readonly outcome: Outcome | null
}

/** After so long a silence the person is told where we were. */
const ABSENCE_MS = 18 * 3_600_000

/**
 * One step of a conversation, pure: the script, where it was (`null` or anything kept, of any version),
 * what happened, and what the turn knows, give where it is now, what to say and what to do. It answers
 * something to every input, and never throws for what a person wrote or what was kept.
 */
export function advance(script: Script, kept: unknown, input: ScriptInput, context: ScriptContext): Advance {
  const at = context.now.epochMilliseconds
  const { state, excuse } =
    input.kind === 'begin' ? { state: freshState(script, at), excuse: false } : restore(script, kept, at)
  const course: Course = { script, context, state, says: [], effects: [], outcome: null }
  const absent = at - state.at > ABSENCE_MS
  state.at = at
  if (excuse) course.says.push({ key: 'kit:updated' })

  if (input.kind === 'begin') begin(course, input.from, input.readings)
  else if (input.kind === 'resume') resume(course, input.after)
  else if (input.kind === 'returned') returned(course)
  else listen(course, input.readings, absent)

  saveDue(course)
  if (course.says.length === 0 && !course.effects.some(({ kind }) => kind === 'run')) {
    if (course.outcome === null) course.says.push(question(course))
  }
  return { state: course.state, says: course.says, effects: course.effects, outcome: course.outcome }
}

function begin(course: Course, from: string | undefined, readings: Readings | undefined): void {
  const { steps } = course.script
  const index = steps.findIndex(({ name }) => name === from)
  // A question that is not for this person yet may become so: it is not behind.
  course.state.passed = steps
    .slice(0, Math.max(0, index))
    .filter((step) => step.kind !== 'ask' || applies(course, step))
    .map(({ name }) => name)
  if (index > steps.findIndex(({ kind }) => kind === 'keep')) course.state.keeping = true
  if (readings === undefined || !turnAside(course, readings, null)) walk(course)
}

function returned(course: Course): void {
  const { script, state } = course
  const ran = script.steps.find(({ kind, name }) => kind === 'run' && name === state.asked)
  if (ran === undefined) return resume(course, 'interruption')
  state.passed.push(ran.name)
  walk(course)
}

/** A word of context, then the question again. */
function resume(course: Course, after: Pause): void {
  course.says.push({ key: `kit:resume.${after}` })
  if (course.state.asked === null) walk(course)
  else course.says.push(question(course))
}

function listen(course: Course, readings: Readings, absent: boolean): void {
  const { state, says } = course
  const press = pressed(course, readings)
  if (turnAside(course, readings, press)) return
  const lostPlace = state.asked === null
  const before = says.length
  const heard = state.choosingChange ? { taken: [], corrected: [], doubt: null, reason: null } : hear(course, readings)
  const tookSomething = heard.taken.length + heard.corrected.length > 0
  if (tookSomething || heard.doubt !== null) {
    acknowledge(course, heard)
    if (absent) says.splice(before, 0, { key: 'kit:welcomeBack' })
    goOn(course, heard)
  } else if (lostPlace) {
    walk(course)
  } else if (absent || readings.intents.has('greeting') || readings.intents.has('resume')) {
    resume(course, absent ? 'absence' : 'interruption')
  } else {
    miss(course, readings.text, heard.reason)
  }
}
