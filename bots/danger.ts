import {
  dangerBeyond,
  dangerSays,
  perhapsAgain,
  perhapsDangerSays,
  regionSays,
  safeToWrite,
  UNCLEAR,
  whichRegion,
} from '../dialogs/danger.ts'
import { hasText, isText, opensWith } from '../dialogs/kit/fields/titles.ts'
import type { Calendar } from '../services/calendar/index.ts'
import type { Catalogue, Situation } from '../services/catalogue/index.ts'
import { languages } from '../services/locales/index.ts'
import type { Readings } from '../services/understanding/index.ts'
import type { BotState } from './state.ts'
import type { Turn } from './turn.ts'
import { dangerLanguages, inLanguages } from './voice.ts'
import { askPerson, officeLine, regionOf } from './waiting.ts'

export interface DangerParts {
  catalogue: Catalogue
  calendar: Calendar
  /** The code of the region that words name, or null. */
  regionNamed: (words: string) => string | null
}

/** How often the city is asked for. */
const REGION_TRIES = 2

/**
 * Danger was said: the numbers at once, a person, and what else there is to ask. In the language of the
 * message, and in the conversation's after it where they differ: nobody chooses a language first.
 */
export function tellDanger(
  turn: Turn,
  state: BotState,
  readings: Readings,
  { catalogue, calendar, regionNamed }: DangerParts,
  author: 'bot' | 'system',
): void {
  const { conversation, at } = turn
  const situations = readings.danger.length > 0 ? readings.danger : [UNCLEAR]
  noteLanguage(turn, state, readings)
  const spoken = dangerLanguages(turn, state)
  const region = regionNamed(readings.words) ?? regionOf(conversation.answers)
  const [lines, sentence, ...questions] = dangerSays(situations, region, catalogue.helpLines())
  const beyond = dangerBeyond(readings.language, situations, 'asked', catalogue.helpLines(), region)
  if (beyond !== null) turn.say(author, { text: beyond, urgent: true })
  if (lines !== undefined) turn.say(author, { ...inLanguages(lines, spoken), urgent: true })
  callInDanger(turn, state, { situation: situations[0] ?? 'immediate', lastWords: readings.text, region })
  const hours = (lang: string): string =>
    author === 'bot' ? officeLine(calendar, catalogue.offices().defaultHours, at, lang) : ''
  if (sentence !== undefined)
    turn.say(author, {
      text: spoken.map((lang) => `${inLanguages(sentence, [lang]).text} ${hours(lang)}`.trim()).join('\n\n'),
    })
  // An agent who is there asks what is to be asked.
  if (author === 'system') return
  for (const question of questions) turn.say(author, inLanguages(question, spoken))
  state.missed = 0
  state.asked = questions.includes(safeToWrite) ? 'safe' : questions.length > 0 ? 'region' : null
}

/**
 * Asks urgently for a person. Whoever is to come knows the last danger that was said, unless an earlier one
 * was told more exactly.
 */
function callInDanger(
  turn: Turn,
  state: BotState,
  { situation, lastWords, region }: { situation: Situation; lastWords: string; region: string | null },
): void {
  const renews = situation !== UNCLEAR || state.danger === null || state.danger === UNCLEAR
  askPerson(turn, state, {
    reason: 'danger',
    situation,
    lastWords,
    renews,
    ...(region === null ? {} : { region }),
  })
  if (renews) state.danger = situation
  state.paused = true
}

/** Messages within which the numbers that may not have been needed are not said a second time. */
const NOT_AGAIN_WITHIN = 30

/**
 * A message may tell of danger, or not: the numbers are said, or, when they were a moment ago, that they are
 * above. A person is offered. Then an open question goes on.
 */
export function tellPerhapsDanger(turn: Turn, state: BotState, readings: Readings, { catalogue }: DangerParts): void {
  noteLanguage(turn, state, readings)
  const spoken = dangerLanguages(turn, state)
  if (state.perhapsDanger !== null && turn.seq - state.perhapsDanger < NOT_AGAIN_WITHIN)
    return turn.say('bot', inLanguages(perhapsAgain, spoken))
  state.perhapsDanger = turn.seq
  const beyond = dangerBeyond(readings.language, [UNCLEAR], 'perhaps', catalogue.helpLines())
  if (beyond !== null) turn.say('bot', { text: beyond, urgent: true })
  const [lines, sentence] = perhapsDangerSays(catalogue.helpLines())
  if (lines !== undefined) turn.say('bot', { ...inLanguages(lines, spoken), urgent: true })
  if (sentence !== undefined) turn.say('bot', inLanguages(sentence, spoken))
}

/**
 * The numbers of the region that the person has just named, then the question that would else have come
 * with the first. Not found: the city is asked for once more.
 */
export function answerRegion(
  turn: Turn,
  state: BotState,
  readings: Readings,
  { catalogue, regionNamed }: DangerParts,
): void {
  noteLanguage(turn, state, readings)
  const spoken = dangerLanguages(turn, state)
  const region = regionNamed(readings.words)
  if (region === null && (state.missed += 1) < REGION_TRIES)
    return turn.say('bot', inLanguages({ key: 'interruptions:danger.whichRegionAgain' }, spoken))
  const lines = regionSays('childInDanger', region, catalogue.helpLines())
  turn.say('bot', { ...inLanguages(lines, spoken), urgent: true })
  state.asked = 'safe'
  turn.say('bot', inLanguages(safeToWrite, spoken))
}

/**
 * The answer to "can you write here without risk": a button, a yes or a no. Anything else is not one: what
 * answers another question is not taken for it. What `soundsOfDanger` ("he is next to me") is a no: it tells
 * of the same danger, whose numbers are on the screen. Returns whether it was an answer.
 */
export function answerSafe(turn: Turn, state: BotState, { words, text }: Readings, soundsOfDanger: boolean): boolean {
  const leaves = hasText(words, 'interruptions:safe.choices.quickExit')
  const answer =
    (['no', 'yes'] as const).find(
      (one) =>
        isText(words, `interruptions:safe.choices.${one}`) ||
        isText(words, `interruptions:safe.words.${one}`) ||
        opensWith(words, `interruptions:safe.opens.${one}`),
    ) ?? (soundsOfDanger ? 'no' : undefined)
  if (!leaves && answer === undefined) return false
  state.asked = null
  state.watched = leaves || answer === 'no'
  if (soundsOfDanger) callInDanger(turn, state, { situation: UNCLEAR, lastWords: text, region: null })
  // After "leave quickly" nothing more appears on a screen that somebody may be reading.
  if (!leaves) turn.say('bot', inLanguages({ key: `interruptions:safe.${answer}` }, dangerLanguages(turn, state)))
  return true
}

/** The language in which danger is told of, when the message tells it. */
function noteLanguage({ conversation }: Turn, state: BotState, { language }: Readings): void {
  if (language !== null && languages.includes(language))
    state.dangerLanguage = language === conversation.language ? null : language
}

/** What danger has left open, asked in the language that was just chosen. Returns whether there was anything. */
export function askAgainInDanger(turn: Turn, { asked }: BotState): boolean {
  if (asked !== 'region' && asked !== 'safe') return false
  turn.say('bot', inLanguages(asked === 'safe' ? safeToWrite : whichRegion, [turn.conversation.language]))
  return true
}
