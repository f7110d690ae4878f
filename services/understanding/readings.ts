import type { Situation } from '../catalogue/index.ts'
import type { DayMention } from './days/mention.ts'
import type { intentNames } from './phrases.ts'

/** What the person wants, whatever was asked. */
export type Intent = (typeof intentNames)[number] | 'changeLanguage'

/**
 * What was read in a message. Nothing here decides: a reading that is in doubt says so, and who asked
 * decides what to do with it.
 */
export interface Readings {
  /** The message, cut to what rules see. */
  text: string
  /** Its words: lower case, no accent, no punctuation, one space between and around. */
  words: string
  intents: ReadonlySet<Intent>
  /** The language asked for by a `changeLanguage`; null when which one was not said. */
  wantedLanguage: string | null
  /** The language the message seems to be written in, shipped or not, when its words or its script tell it. */
  language: string | null
  /** The situations that help lines are needed for, the most urgent first. */
  danger: readonly Situation[]
  /** `yes` and `no` are clear; `likely` leans to yes and is no consent. */
  answer: 'yes' | 'likely' | 'no' | null
  /** The message corrects something said before ("avril, pas mars"; "en fait…"). */
  corrects: boolean
  /** Days and months, in the order in which they stand. */
  days: readonly DayMention[]
  /** "I don't know yet": an answer in its own right. */
  unknown: boolean
  /** The name that the message introduces ("je m'appelle Amina"), or null. */
  introduces: string | null
  /** The name that the message is, were it an answer to "what is your name"; or null. */
  names: string | null
  /** The message with days taken out, for a question that takes any words. */
  rest: string
}

/** The same where the message may be about something graver: a question that takes any words does not take them. */
export const withoutFreeText = (readings: Readings): Readings => ({ ...readings, introduces: null, names: null })

/** What the questions now open would like to be read, beyond the rules: a day costs a worker's time. */
export type Want = 'day'
