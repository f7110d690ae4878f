import { answerSays, notFoundSays, onlyAsks, perhapsSays } from '../dialogs/answers.ts'
import { pressedTopic, sayAbout, topicSays } from '../dialogs/topics.ts'
import type { Choice, Say } from '../dialogs/kit/say.ts'
import { findAnswer, noteUnanswered, type Looked } from '../services/answers/index.ts'
import type { Catalogue } from '../services/catalogue/index.ts'
import type { Readings, Sentence } from '../services/understanding/index.ts'
import type { Turn } from './turn.ts'
import { inLanguage } from './voice.ts'

type Language = 'fr' | 'en'

/**
 * Answers what is asked while another question is open, where the content knows it for sure. What can be
 * nothing but a question is else told about its subject, or noted. Returns whether anything was said.
 */
export async function answerBetween(
  turn: Turn,
  { readings, sentence }: { readings: Readings; sentence: Sentence },
  catalogue: Catalogue,
): Promise<boolean> {
  const language = languageOf(turn, readings)
  const { answer } = await lookUp(turn, readings, catalogue, language)
  const says = answer === null ? null : answerSays(answer, language)
  if (says === null && !onlyAsks(readings)) return false
  const about = says ?? topicSays(sentence, catalogue.answers(), language)
  if (about === null) note(turn, language)
  say(turn, about ?? notFoundSays, about === null ? turn.conversation.language : language)
  return true
}

/** Says what can be done about a subject whose button was pressed. Returns whether one was. */
export function answerTopic(turn: Turn, readings: Readings, catalogue: Catalogue): boolean {
  const topic = pressedTopic(readings.words)
  if (topic === undefined) return false
  const language = languageOf(turn, readings)
  say(turn, sayAbout(topic, catalogue.answers(), language), language)
  return true
}

/**
 * Answers what is asked when nothing else is open; where it is not sure what was meant, asks which, of the
 * questions or of the subjects; where nothing is known, says so. `next`: the buttons after an answer.
 */
export async function answerOrAsk(
  turn: Turn,
  { readings, sentence }: { readings: Readings; sentence: Sentence },
  catalogue: Catalogue,
  next: readonly Choice[],
): Promise<void> {
  const language = languageOf(turn, readings)
  const { answer, perhaps } = await lookUp(turn, readings, catalogue, language)
  if (answer !== null) return say(turn, { ...answerSays(answer, language), choices: next }, language)
  const about = topicSays(sentence, catalogue.answers(), language)
  if (about !== null) return say(turn, about, language)
  note(turn, language)
  if (perhaps.length > 0) say(turn, perhapsSays(perhaps, language), language)
  else say(turn, notFoundSays, turn.conversation.language)
}

/** For the supervisors: a question that found no answer. */
function note({ tx, conversation, seq, at }: Turn, language: Language): void {
  noteUnanswered(tx, { conversationId: conversation.id, seq, language, at })
}

const lookUp = ({ tx }: Turn, { text }: Readings, catalogue: Catalogue, language: Language): Promise<Looked> =>
  findAnswer(tx, catalogue.answers(), language, text)

/** The language a question was asked in, if it is one of the answers'; else the conversation's; else French. */
const languageOf = ({ conversation }: Turn, { language }: Readings): Language =>
  [language, conversation.language].find((one) => one === 'fr' || one === 'en') ?? 'fr'

function say(turn: Turn, what: Say, language: string): void {
  turn.say('bot', inLanguage(what, language))
}
