import type { AnswerContent } from '../catalogue/index.ts'
import type { Transaction } from '../platform/database.ts'
import { nearestAnswers } from './find.ts'

/**
 * From here on a question is answered, if no other answer is nearly as near; from `PERHAPS` on it is asked
 * which of a few was meant. Measured on `test/understanding/heldApart/questions.tsv` (docs/decisions/0023).
 */
const SURE = 0.6
const PERHAPS = 0.35
/** How much nearer than the next one a sure answer is. */
const AHEAD = 0.2
/** Questions that are offered when it is not sure which was meant. */
const OFFERED = 3

/** What the content has for a question: its answer, or some questions that may be meant; both empty when nothing may be answered. */
export interface Looked {
  answer: AnswerContent | null
  perhaps: readonly AnswerContent[]
}

/** Looks a question up among the answers. `language`: one that the content has. */
export async function findAnswer(
  tx: Pick<Transaction, 'named'>,
  answers: readonly AnswerContent[],
  language: string,
  question: string,
): Promise<Looked> {
  const found = await nearestAnswers(tx, language, question, OFFERED)
  const known = found.flatMap(({ id, score }) => {
    const content = answers.find((one) => one.id === id)
    return content === undefined ? [] : [{ content, score }]
  })
  const [first, second] = known
  if (first === undefined) return { answer: null, perhaps: [] }
  if (first.score >= SURE && first.score >= (second?.score ?? 0) + AHEAD) return { answer: first.content, perhaps: [] }
  return { answer: null, perhaps: known.filter(({ score }) => score >= PERHAPS).map(({ content }) => content) }
}
