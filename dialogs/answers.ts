import type { AnswerContent } from '../services/catalogue/index.ts'
import type { Readings } from '../services/understanding/index.ts'
import type { Say } from './kit/say.ts'

/** Words that a question has at least. */
const ENOUGH_WORDS = 3
/** Marks of the sources in quebec.md, which say nothing to a person. */
const MARKS = /\s*\[[^\]]*\]/g

/** Whether a message asks something while another question is open: only what has a question mark does. */
export const asksBetween = ({ text, words }: Readings): boolean => /[?？؟]/u.test(text) && hasEnoughWords(words)

/** Whether a message may be looked for among the answers when nothing else is open. */
export const mayAsk = ({ words }: Readings): boolean => hasEnoughWords(words)

const hasEnoughWords = (words: string): boolean => words.trim().split(' ').length >= ENOUGH_WORDS

/** An answer of the content, always with its source and the day it was checked. `language`: one that the content has. */
export function answerSays(answer: AnswerContent, language: 'fr' | 'en'): Say {
  return {
    key: answer.toConfirm ? 'answers:toConfirm' : 'answers:said',
    params: {
      question: answer[language].question,
      answer: answer[language].answer,
      source: answer.source.replace(MARKS, ''),
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
