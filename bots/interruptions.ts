import { dangerSays, regionSays, safeToWrite } from '../dialogs/danger.ts'
import { hasText, isText } from '../dialogs/kit/fields/titles.ts'
import { render } from '../dialogs/kit/render.ts'
import type { Say } from '../dialogs/kit/say.ts'
import type { Calendar } from '../services/calendar/index.ts'
import type { Catalogue } from '../services/catalogue/index.ts'
import type { MessageBody } from '../services/conversations/index.ts'
import { alertDanger, requestPerson } from '../services/handoff/index.ts'
import { languages, nameOf, speak } from '../services/locales/index.ts'
import type { Readings } from '../services/understanding/index.ts'
import { openQuestion, type BotState } from './state.ts'
import type { Turn } from './turn.ts'
import { officeLine, positionLine } from './waiting.ts'

/** What comes of an interruption: nothing more to say, the open question again, or it was none. */
export type Interruption = 'answered' | 'ask again' | 'none'

export interface InterruptionParts {
  catalogue: Catalogue
  calendar: Calendar
  /** The code of the region that words name, or null. */
  regionNamed: (words: string) => string | null
}

/**
 * What a person may say at any moment, whatever was asked, handled here once and before any dialog:
 * danger first of all, then STOP, a person please, another language. Wishes about the open question
 * itself (help, back, skip, cancel) are the dialog kit's.
 */
export async function interrupt(
  turn: Turn,
  state: BotState,
  readings: Readings,
  parts: InterruptionParts,
): Promise<Interruption> {
  if (readings.danger.length > 0) return danger(turn, state, readings, parts, 'bot')
  if (state.asked === 'safe' && answersSafe(turn, state, readings)) return 'answered'
  if (state.asked === 'region') return giveRegionalLines(turn, state, readings, parts)
  if (state.asked === 'language' && languageIn(readings) !== undefined)
    return changeLanguage(turn, state, languageIn(readings) ?? null)
  state.asked = null
  if (readings.intents.has('stop')) return silence(turn, state, true)
  if (readings.intents.has('start') && state.quiet) return silence(turn, state, false)
  if (readings.intents.has('human') || isText(readings.words, 'kit:press.person'))
    return person(turn, state, readings, parts)
  const choosingLanguage = openQuestion(state).step?.endsWith(':language') === true // then it is the dialog's answer
  if (readings.intents.has('changeLanguage') && !choosingLanguage)
    return changeLanguage(turn, state, readings.wantedLanguage)
  // While a dialog is open these are about its question, and the kit's.
  if (state.dialogs.dialogStack.length > 0) return 'none'
  if (readings.intents.has('thanks')) return say(turn, { key: 'interruptions:thanks' })
  if (readings.intents.has('help')) return say(turn, { key: 'interruptions:help' })
  if (readings.intents.has('cancel')) return say(turn, { key: 'interruptions:nothingToCancel' })
  return 'none'
}

/**
 * While an agent holds the conversation only what cannot wait for them is said, by the system: the
 * danger lines at once, with an alarm for the agent, and the confirmation of STOP.
 */
export async function overhear(
  turn: Turn,
  state: BotState,
  readings: Readings,
  parts: InterruptionParts,
): Promise<void> {
  const [situation] = readings.danger
  if (situation !== undefined) {
    await danger(turn, state, readings, parts, 'system')
    alertDanger(turn.tx, turn.conversation, { seq: turn.seq, situation, at: turn.at })
  } else if (readings.intents.has('stop')) silence(turn, state, true, 'system')
}

async function danger(
  turn: Turn,
  state: BotState,
  readings: Readings,
  { catalogue, calendar }: InterruptionParts,
  author: 'bot' | 'system',
): Promise<Interruption> {
  const { conversation, at } = turn
  const [lines, ...after] = dangerSays(readings.danger, regionOf(conversation.answers), catalogue.helpLines())
  if (lines !== undefined) turn.say(author, { ...body(lines, conversation.language), urgent: true })
  askPerson(turn, state, { reason: 'danger', situation: readings.danger[0] ?? 'immediate', lastWords: readings.text })
  const [sentence, ...questions] = after
  state.paused = true
  const hours = officeLine(calendar, catalogue.offices().defaultHours, at, conversation.language)
  if (sentence !== undefined)
    turn.say(author, { text: `${body(sentence, conversation.language).text} ${author === 'bot' ? hours : ''}`.trim() })
  // An agent who is there asks what is to be asked.
  if (author === 'bot') {
    for (const question of questions) turn.say(author, body(question, conversation.language))
    state.asked = questions.includes(safeToWrite) ? 'safe' : questions.length > 0 ? 'region' : null
  }
  return 'answered'
}

/** The numbers of the region that the person has just named, then the question that would else have come with the first. */
function giveRegionalLines(
  turn: Turn,
  state: BotState,
  { words }: Readings,
  { catalogue, regionNamed }: InterruptionParts,
): Interruption {
  const { language } = turn.conversation
  turn.say('bot', {
    ...body(regionSays('childInDanger', regionNamed(words), catalogue.helpLines()), language),
    urgent: true,
  })
  state.asked = 'safe'
  return say(turn, safeToWrite)
}

const regionOf = (answers: ReadonlyMap<string, unknown>): string | null => {
  const region = answers.get('region')
  return typeof region === 'string' ? region : null
}

/** The answer to "can you write here without risk"; anything else is not one. */
function answersSafe(turn: Turn, state: BotState, { words, answer }: Readings): boolean {
  const leaves = hasText(words, 'interruptions:safe.choices.quickExit')
  if (!leaves && answer === null) return false
  state.asked = null
  // After "leave quickly" nothing more appears on a screen that somebody may be reading.
  if (!leaves) say(turn, { key: `interruptions:safe.${answer === 'no' ? 'no' : 'yes'}` })
  return true
}

async function person(
  turn: Turn,
  state: BotState,
  readings: Readings,
  { catalogue, calendar }: InterruptionParts,
): Promise<Interruption> {
  const { conversation, at } = turn
  const asked = askPerson(turn, state, { reason: 'asked', lastWords: state.trouble ?? readings.text })
  const sentences = [
    speak(
      conversation.language,
      asked === 'already' ? 'interruptions:personAlreadyRequested' : 'interruptions:personRequested',
    ),
    await positionLine(turn),
    officeLine(calendar, catalogue.offices().defaultHours, at, conversation.language),
  ]
  turn.say('bot', { text: sentences.filter((sentence) => sentence !== '').join(' ') })
  return 'ask again'
}

function askPerson(
  turn: Turn,
  state: BotState,
  request: { reason: 'asked' | 'danger'; situation?: string; lastWords: string },
) {
  const { tx, conversation, at } = turn
  const open = openQuestion(state)
  const region = regionOf(conversation.answers)
  state.trouble = null
  return requestPerson(tx, conversation, {
    ...request,
    openStep: open.step,
    known: { ...Object.fromEntries(conversation.answers), ...open.answers },
    ...(region === null ? {} : { region }),
    at,
  })
}

function silence(turn: Turn, state: BotState, quiet: boolean, author: 'bot' | 'system' = 'bot'): Interruption {
  state.quiet = quiet
  turn.say(author, body({ key: quiet ? 'interruptions:stop' : 'interruptions:start' }, turn.conversation.language))
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
  state.asked = null
  if (wanted === null) {
    state.asked = 'language'
    return say(turn, {
      key: 'interruptions:whichLanguage',
      choices: languages.map((language) => ({ value: language, label: nameOf(language) })),
    })
  }
  if (!languages.includes(wanted)) return say(turn, { key: 'interruptions:languageUnavailable' })
  conversation.language = wanted
  say(turn, { key: 'interruptions:languageChanged' })
  return 'ask again'
}

function say(turn: Turn, what: Say): Interruption {
  turn.say('bot', body(what, turn.conversation.language))
  return 'answered'
}

function body(say: Say, language: string): MessageBody {
  const { text, choices } = render(say, language)
  return choices.length === 0 ? { text } : { text, choices }
}
