import type { AnswerContent } from '../services/catalogue/index.ts'
import type { Sentence } from '../services/understanding/index.ts'
import { isText } from './kit/fields/titles.ts'
import type { Choice, Say } from './kit/say.ts'

/** What a person may want to talk about that is a subject of its own, and the topics of `content/answers.json` that belong to it. */
const TOPICS = {
  french: ['french'],
  work: ['work', 'professions', 'recognition', 'trades'],
  appointment: [],
  plan: ['program', 'before'],
  arrival: ['arrival', 'before'],
  privacy: ['privacy'],
} as const satisfies Partial<Record<Sentence['intent'], readonly string[]>>

export type Topic = keyof typeof TOPICS

/**
 * From here on a sentence is taken to be about its subject: right 93 times of 100 on sentences of writers
 * it was not trained on (docs/decisions/0022). Below it, the person is asked.
 */
const SURE = 0.6
/** Questions of the subject that are offered. */
const OFFERED = 3

/** What to say to a sentence about a subject; null when it is about none. */
export function topicSays(
  { intent, next, confidence }: Sentence,
  answers: readonly AnswerContent[],
  language: 'fr' | 'en',
): Say | null {
  if (!isTopic(intent)) return null
  if (confidence >= SURE) return sayAbout(intent, answers, language)
  const likeliest = [intent, next].filter(isTopic)
  return {
    key: likeliest.length > 1 ? 'topics:which' : 'topics:isIt',
    params: { topic: { key: `topics:about.${intent}` }, other: { key: `topics:about.${likeliest[1] ?? intent}` } },
    choices: [...likeliest.map((topic) => ({ value: topic, label: { key: `topics:names.${topic}` } })), person],
  }
}

/** The subject that a button names, in any shipped language. */
export const pressedTopic = (words: string): Topic | undefined =>
  (Object.keys(TOPICS) as Topic[]).find((topic) => isText(words, `topics:names.${topic}`))

/** What the assistant can do about a subject: the questions that it answers, and a person. */
export function sayAbout(topic: Topic, answers: readonly AnswerContent[], language: 'fr' | 'en'): Say {
  const known: readonly string[] = TOPICS[topic]
  const questions = answers
    .filter((one) => known.includes(one.topic) && !one.toConfirm)
    .slice(0, OFFERED)
    .map((one): Choice => ({ value: one.id, label: one[language].question }))
  return { key: `topics:says.${topic}`, choices: [...questions, person] }
}

const person: Choice = { value: 'person', label: { key: 'kit:press.person' } }

const isTopic = (intent: string): intent is Topic => intent in TOPICS
