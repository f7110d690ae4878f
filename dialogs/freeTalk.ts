import type { Readings } from '../services/understanding/index.ts'
import { hasText, isText } from './kit/fields/titles.ts'
import { changedBy } from './kit/questions.ts'
import type { Say } from './kit/say.ts'
import { onboarding } from './onboarding.ts'

/** What is known of the person when no dialog is open. */
export interface Standing {
  /** Their file by answer name; empty without consent. */
  readonly file: ReadonlyMap<string, unknown>
  /** They confirmed the summary of the onboarding. */
  readonly onboarded: boolean
}

/** What to do: say something, or begin a dialog (at a step of it). */
export type FreeTalk =
  | { readonly say: Say }
  /** Nothing was asked that this knows of: it may be a question; else this is said. */
  | { readonly unless: Say }
  | { readonly begin: 'onboarding'; readonly from?: string; readonly hears?: true }

/**
 * A message when no dialog is open, and no interruption took it: the few things that the assistant can
 * do now, said honestly, with a button each.
 */
export function freeTalk({ words, intents, answer }: Readings, { file, onboarded }: Standing): FreeTalk {
  const hasFile = file.get('consent') === true
  const pressed = (value: string) => isText(words, `freeTalk:choices.${value}`)
  if (pressed('open')) return { begin: 'onboarding', from: 'consent' }
  if (hasFile && pressed('change')) return { begin: 'onboarding', from: 'review' }
  if (hasFile && (intents.has('change') || changedBy(onboarding, words) !== undefined))
    return { begin: 'onboarding', from: 'review', hears: true }
  if (intents.has('restart')) return { begin: 'onboarding' }
  const goesOn =
    pressed('continue') || hasText(words, 'freeTalk:choices.continue') || intents.has('resume') || answer === 'yes'
  if (!onboarded && goesOn)
    return hasFile ? { begin: 'onboarding', from: 'preferredName' } : { begin: 'onboarding', from: 'consent' }
  if (!hasFile) return { unless: saying('withoutFile', ['open', 'person']) }
  return {
    unless: onboarded
      ? saying('finished', ['change', 'person'])
      : saying('unfinished', ['continue', 'change', 'person']),
  }
}

const saying = (key: string, choices: readonly string[]): Say => ({
  key: `freeTalk:${key}`,
  choices: choices.map((value) => ({ value, label: { key: `freeTalk:choices.${value}` } })),
})
