import type { AnswerContent } from '../services/catalogue/index.ts'
import type { Readings } from '../services/understanding/index.ts'
import { opensWith } from './kit/fields/titles.ts'
import type { Say } from './kit/say.ts'

/** Words that a question has at least. */
const ENOUGH_WORDS = 3
/** Words that a statement has at most ("je suis fatiguée"). */
const SHORT_STATEMENT = 5
/** Marks of the sources in quebec.md, which say nothing to a person. */
const MARKS = /\s*\[[^\]]*\]/g
/** The project's own sheet, where it names no other: no source that a person could look at. */
const OWN_SHEET = /^Fiche du domaine/

const hasMark = (text: string): boolean => /[?？؟]/u.test(text)

/** Whether a message may ask something while another question is open: by its mark, or by how it begins. */
export const asksBetween = (readings: Readings): boolean =>
  hasEnoughWords(readings.words) && (hasMark(readings.text) || opensAsQuestion(readings))

/** Whether it can be nothing but a question: it begins as one, and answers nothing. */
export const onlyAsks = (readings: Readings): boolean =>
  hasEnoughWords(readings.words) &&
  opensAsQuestion(readings) &&
  readings.days.length === 0 &&
  readings.answer === null &&
  readings.intents.size === 0

const opensAsQuestion = ({ words }: Readings): boolean => opensWith(words, 'answers:opensAsQuestion')

/** Whether a message may be looked for among the answers when nothing else is open: how one feels is no question. */
export const mayAsk = ({ text, words }: Readings): boolean =>
  hasEnoughWords(words) &&
  (hasMark(text) || !opensWith(words, 'answers:opensAsStatement') || words.trim().split(' ').length > SHORT_STATEMENT)

const hasEnoughWords = (words: string): boolean => words.trim().split(' ').length >= ENOUGH_WORDS

/** An answer of the content, always with its source and the day it was checked. `language`: one that the content has. */
export function answerSays(answer: AnswerContent, language: 'fr' | 'en'): Say {
  const source = answer.source
    .replace(MARKS, '')
    .split('; ')
    .filter((one) => !OWN_SHEET.test(one))
    .join('; ')
  const key = source === '' ? 'sourceToConfirm' : answer.toConfirm ? 'toConfirm' : 'said'
  return {
    key: `answers:${key}`,
    params: {
      question: answer[language].question,
      answer: answer[language].answer,
      source,
      day: { day: answer.checkedOn },
    },
  }
}

/** It is not sure which question was meant: the nearest are offered, each as a button that asks it. */
export const perhapsSays = (some: readonly AnswerContent[], language: 'fr' | 'en'): Say => ({
  key: 'answers:perhaps',
  choices: [
    ...some.map((one) => ({ value: one.id, label: one[language].question })),
    { value: 'person', label: { key: 'answers:choices.person' } },
  ],
})

/** Nothing answers it: said plainly, with a person. */
export const notFoundSays: Say = {
  key: 'answers:notFound',
  choices: [{ value: 'person', label: { key: 'answers:choices.person' } }],
}
