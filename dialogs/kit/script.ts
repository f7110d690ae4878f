import type { Answers, Field } from './field.ts'
import type { TurnServices } from './context.ts'
import type { ShownParams } from './say.ts'

/** Whether a step is for this person: a pure function of the answers and of their file. */
export type When = (answers: Answers, file: ReadonlyMap<string, unknown>) => boolean

interface Named {
  readonly name: string
  readonly when?: When
}

export interface Tell extends Named {
  readonly kind: 'tell'
  readonly params?: (answers: Answers) => ShownParams
}

export interface Ask extends Named {
  readonly kind: 'ask'
  readonly field: Field
  /** May be skipped. */
  readonly optional: boolean
  /** Is shown at the review, corrected in passing, and asked again when the person starts over. */
  readonly reviewed: boolean
}

export interface Run extends Named {
  readonly kind: 'run'
}

export interface Keep extends Named {
  readonly kind: 'keep'
}

export interface Review extends Named {
  readonly kind: 'review'
}

export interface Act extends Named {
  readonly kind: 'act'
  readonly act: (services: TurnServices, answers: Answers) => void | Promise<void>
  /** Done each time that its `when` holds, not once: what it does must end that. */
  readonly again: boolean
  /** Answers that the dialog no longer has after it. */
  readonly forgets: readonly string[]
}

export type Step = Tell | Ask | Run | Keep | Review | Act

/** A conversation as data: named steps in the order in which they come. */
export interface Script {
  readonly name: string
  readonly version: number
  readonly steps: readonly Step[]
  /** Makes the state of an older version one of this version; null gives up, and the dialog restarts with an excuse. */
  readonly migrate?: (old: unknown) => unknown
}

/**
 * A dialog. Step names are the keys of `locales/<lang>/<name>.json`, of the saved answers and of the
 * review. Raise `version` when a step changes its meaning: a conversation under way keeps the answers
 * that still fit. Throws when two steps have one name.
 */
export function dialog(
  name: string,
  steps: readonly Step[],
  options: { version: number; migrate?: Script['migrate'] },
): Script {
  const names = new Set(steps.map((step) => step.name))
  if (names.size !== steps.length) throw new Error(`dialog ${name}: two steps have one name`)
  const { version, migrate } = options
  return migrate === undefined ? { name, version, steps } : { name, version, steps, migrate }
}

const given = <K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> =>
  value === undefined ? {} : ({ [key]: value } as Record<K, V>)

/** Says `<dialog>:<name>`, once. */
export const tell = (name: string, { when, params }: { when?: When; params?: Tell['params'] } = {}): Tell => ({
  kind: 'tell',
  name,
  ...given('when', when),
  ...given('params', params),
})

/**
 * Asks a question and keeps its answer. Texts: `question`, `again` (with an example), `simpler`, `help`
 * (why it is asked), `label` (its name at the review), `words` (how people call it, to change it), and
 * if wanted `noted` (said back, with `{{value}}`), besides those of its field.
 */
export const ask = (
  name: string,
  field: Field,
  { when, optional = false, reviewed = true }: { when?: When; optional?: boolean; reviewed?: boolean } = {},
): Ask => ({ kind: 'ask', name, field, optional, reviewed, ...given('when', when) })

/** Runs another dialog, then goes on. */
export const run = (name: string, { when }: { when?: When } = {}): Run => ({
  kind: 'run',
  name,
  ...given('when', when),
})

/**
 * From here each answer is saved in its own turn, with those given before. A dialog without this step
 * saves from the start; one that asks for a consent puts it after the yes.
 */
export const keep = ({ when }: { when?: When } = {}): Keep => ({ kind: 'keep', name: 'keep', ...given('when', when) })

/** Shows every answer; any can be changed, by a button or in words, until the person confirms. */
export const review = ({ when }: { when?: When } = {}): Review => ({
  kind: 'review',
  name: 'review',
  ...given('when', when),
})

/**
 * Calls a service, inside the turn. One cannot go back over it. `again`: each time that `when` holds, not once;
 * `forgets`: answers that the dialog no longer has after it.
 */
export const act = (
  name: string,
  does: Act['act'],
  { when, again = false, forgets = [] }: { when?: When; again?: boolean; forgets?: readonly string[] } = {},
): Act => ({
  kind: 'act',
  name,
  act: does,
  again,
  forgets,
  ...given('when', when),
})
