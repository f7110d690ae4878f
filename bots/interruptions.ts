import { UNCLEAR } from '../dialogs/danger.ts'
import { hasText, isText } from '../dialogs/kit/fields/titles.ts'
import type { Say } from '../dialogs/kit/say.ts'
import { alertDanger } from '../services/handoff/index.ts'
import { languages, nameOf, notSpokenSays, speak } from '../services/locales/index.ts'
import type { Readings, Sentence } from '../services/understanding/index.ts'
import {
  answerRegion,
  answerSafe,
  askAgainInDanger,
  tellDanger,
  tellPerhapsDanger,
  type DangerParts,
} from './danger.ts'
import { openQuestion, type BotState } from './state.ts'
import type { Turn } from './turn.ts'
import { inLanguage } from './voice.ts'
import { askPerson, officeLine, positionLine } from './waiting.ts'

/**
 * What comes of an interruption: nothing more to say, the open question again, or it was none; or a danger may
 * have been told of, so that the message is an answer only where the question knows what it wants to hear.
 */
export type Interruption = 'answered' | 'ask again' | 'no free text' | 'none'

export type InterruptionParts = DangerParts

/** A message: what the rules read in it, and what it is about. */
export interface Heard {
  readonly readings: Readings
  readonly sentence: Sentence
}

/** From here on the model is believed where no rule speaks. Chosen to be high; how often it is wrong there was not measured. */
const SURE = 0.85

/** A model needs words to be believed: buttons and short answers are the rules' alone. */
const ENOUGH_WORDS = 4
const hasEnoughWords = ({ words, language }: Readings): boolean =>
  words.trim().split(' ').length >= ENOUGH_WORDS || language === 'zh-Hans'

/**
 * What a person may say at any moment, whatever was asked, handled here once and before any dialog:
 * danger first of all, then STOP, a person please, another language. Wishes about the open question
 * itself (help, back, skip, cancel) are the dialog kit's.
 */
export async function interrupt(
  turn: Turn,
  state: BotState,
  { readings, sentence }: Heard,
  parts: InterruptionParts,
): Promise<Interruption> {
  const soundsOfDanger = readings.danger.length === 0 && sentence.danger && hasEnoughWords(readings)
  if (readings.danger.length === 0 && state.asked === 'safe' && answerSafe(turn, state, readings, soundsOfDanger))
    return 'answered'
  if (readings.danger.length > 0 || (sentence.surelyDanger && soundsOfDanger)) {
    tellDanger(turn, state, readings, parts, 'bot')
    return 'answered'
  }
  const perhaps = soundsOfDanger && !state.paused
  if (perhaps) {
    tellPerhapsDanger(turn, state, readings, parts)
    // Whoever may be in danger is not offered answers to questions.
    if (state.dialogs.dialogStack.length === 0) return 'answered'
  }
  const named = state.asked === null ? undefined : languageIn(readings)
  if (named !== undefined) return changeLanguage(turn, state, named)
  const wish = await wishAtAnyTime(turn, state, { readings, sentence }, parts)
  if (wish !== undefined) return wish
  // Until the city is known the number for it is owed: only the wish to go on with the file ends that.
  if (state.asked === 'region' && !readings.intents.has('resume')) {
    answerRegion(turn, state, readings, parts)
    return 'answered'
  }
  state.asked = null
  // While a dialog is open these are about its question, and the kit's.
  if (state.dialogs.dialogStack.length > 0) return perhaps ? 'no free text' : 'none'
  if (readings.intents.has('thanks')) return say(turn, { key: 'interruptions:thanks' })
  if (readings.intents.has('help') || (sentence.intent === 'help' && sentence.confidence >= SURE))
    return say(turn, { key: 'interruptions:help' })
  if (readings.intents.has('cancel')) return say(turn, { key: 'interruptions:nothingToCancel' })
  return 'none'
}

/** Silence, a person, another language: heard whatever was asked, also by the bot itself. */
async function wishAtAnyTime(
  turn: Turn,
  state: BotState,
  { readings, sentence }: Heard,
  parts: InterruptionParts,
): Promise<Interruption | undefined> {
  const isSurely = (intent: Sentence['intent']): boolean =>
    sentence.intent === intent && sentence.confidence >= SURE && hasEnoughWords(readings)
  if (readings.intents.has('stop') || isSurely('stop')) return silence(turn, state, true)
  if (readings.intents.has('start') && state.quiet) return silence(turn, state, false)
  if (readings.intents.has('deadline')) return person(turn, state, readings, parts, 'deadline')
  if (
    readings.intents.has('human') ||
    isText(readings.words, 'kit:press.person') ||
    (isSurely('human') && readings.introduces === null)
  )
    return person(turn, state, readings, parts)
  const { step } = openQuestion(state)
  const wanted = readings.wantedLanguage
  if (step?.endsWith(':language') === true)
    return wanted === null || languages.includes(wanted) ? undefined : notSpoken(turn, wanted)
  // Among the languages that somebody speaks, one that is only named is one of them.
  const isNamed = step?.endsWith(':spoken') === true && !hasText(readings.words, 'interruptions:continueIn')
  if ((readings.intents.has('changeLanguage') || isSurely('change-language')) && !isNamed)
    return changeLanguage(turn, state, wanted)
  return undefined
}

/**
 * While an agent holds the conversation only what cannot wait for them is said, by the system: the
 * danger lines at once, with an alarm for the agent, and the confirmation of STOP.
 */
export function overhear(turn: Turn, state: BotState, { readings, sentence }: Heard, parts: InterruptionParts): void {
  const said = sentence.surelyDanger && hasEnoughWords(readings)
  const situation = readings.danger[0] ?? (said ? UNCLEAR : undefined)
  if (situation !== undefined) {
    tellDanger(turn, state, readings, parts, 'system')
    alertDanger(turn.tx, turn.conversation, { seq: turn.seq, situation, at: turn.at })
  } else if (readings.intents.has('stop')) silence(turn, state, true, 'system')
}

async function person(
  turn: Turn,
  state: BotState,
  readings: Readings,
  { catalogue, calendar }: InterruptionParts,
  reason: 'asked' | 'deadline' = 'asked',
): Promise<Interruption> {
  const { conversation, at } = turn
  const asked = askPerson(turn, state, { reason, lastWords: state.trouble ?? readings.text })
  const sentences = [
    speak(
      conversation.language,
      asked === 'already' ? 'interruptions:personAlreadyRequested' : 'interruptions:personRequested',
    ),
    ...(reason === 'deadline' ? [speak(conversation.language, 'interruptions:deadline')] : []),
    await positionLine(turn),
    officeLine(calendar, catalogue.offices().defaultHours, at, conversation.language),
  ]
  turn.say('bot', { text: sentences.filter((sentence) => sentence !== '').join(' ') })
  return 'ask again'
}

function silence(turn: Turn, state: BotState, quiet: boolean, author: 'bot' | 'system' = 'bot'): Interruption {
  state.quiet = quiet
  turn.say(
    author,
    inLanguage({ key: quiet ? 'interruptions:stop' : 'interruptions:start' }, turn.conversation.language),
  )
  return 'answered'
}

/** The shipped language that a message names, alone. */
const languageIn = ({ words, wantedLanguage }: Readings): string | undefined =>
  wantedLanguage ??
  languages.find(
    (language) => words.trim() === nameOf(language).toLowerCase().normalize('NFD').replaceAll(/\p{M}/gu, ''),
  )

function changeLanguage(turn: Turn, state: BotState, wanted: string | null): Interruption {
  const { conversation } = turn
  if (wanted === null) {
    if (state.asked !== 'region') state.asked = 'language'
    return say(turn, {
      key: 'interruptions:whichLanguage',
      choices: languages.map((language) => ({ value: language, label: nameOf(language) })),
    })
  }
  if (state.asked === 'language') state.asked = null
  if (!languages.includes(wanted)) return notSpoken(turn, wanted)
  conversation.language = wanted
  state.dangerLanguage = null
  say(turn, { key: 'interruptions:languageChanged' })
  if (askAgainInDanger(turn, state)) return 'answered'
  return 'ask again'
}

/** A language that the assistant does not speak: said in it where somebody wrote that, and in the conversation's. */
function notSpoken(turn: Turn, wanted: string): Interruption {
  const text = [notSpokenSays(wanted), speak(turn.conversation.language, 'interruptions:languageUnavailable')]
  turn.say('bot', { text: text.filter((one) => one !== null).join('\n\n') })
  return 'ask again'
}

function say(turn: Turn, what: Say): Interruption {
  turn.say('bot', inLanguage(what, turn.conversation.language))
  return 'answered'
}
