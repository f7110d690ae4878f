import { wordsOf } from './normalise.ts'
import { anyOf, wholly } from './pattern.ts'
import type { Phrases } from './phrases.ts'
import type { Readings } from './readings.ts'

/** A longer message is no mere yes. */
const LONGEST_YES = 24

/**
 * Yes or no, read as the law reads a consent (quebec.md, section 6): a yes only when every word of the message
 * says it or says nothing besides ("oui, gardez-le, merci"); whatever is not known in it ("oui mais…",
 * "oui si…") leaves it unclear. A no may have reasons after it.
 */
export function answerReader(all: readonly Phrases[]): (words: string, bare: string) => Readings['answer'] {
  const clear = wholly(all.flatMap((p) => p.yes.clear))
  const likely = wholly(all.flatMap((p) => p.yes.likely))
  const no = wholly(all.flatMap((p) => p.no))
  const refuses = anyOf(all.flatMap((p) => p.refuses))
  const unclear = anyOf(all.flatMap((p) => p.unclear))
  const opensWithNo = new RegExp(`^ (?:${all.flatMap((p) => p.opensWithNo).join('|')}) `, 'u')
  const agrees = all.flatMap((p) => p.yes.parts).map(piece)
  const nothing = all.flatMap((p) => p.besides).map(piece)

  return (words, bare) => {
    const says = (rule: RegExp | null): boolean => rule?.test(words) === true || rule?.test(bare) === true
    if (says(no)) return 'no'
    if (says(clear)) return 'yes'
    if (says(likely)) return 'likely'
    if (says(unclear)) return null
    const said = words.trim().split(' ')
    if (saysOnly(said, agrees, nothing)) return 'yes'
    const agreesSomewhere = said.some((_, i) => agrees.some((one) => endOf(one, said, i) !== null))
    if (says(refuses)) return 'no'
    return opensWithNo.test(words) && !agreesSomewhere ? 'no' : null
  }
}

/** A phrase as words, each with its alternatives. */
type Piece = readonly (readonly string[])[]

const piece = (phrase: string): Piece =>
  phrase.split(/\s+/).map((token) => token.split('|').map((word) => wordsOf(word).trim()))

/** Where a phrase ends that begins at a word; null when it does not stand there. */
const endOf = (one: Piece, words: readonly string[], at: number): number | null =>
  one.every((alternatives, k) => alternatives.includes(words[at + k] ?? '')) ? at + one.length : null

/** Whether the message is made of nothing but pieces of which one at least agrees. */
function saysOnly(words: readonly string[], agrees: readonly Piece[], nothing: readonly Piece[]): boolean {
  if (words.length > LONGEST_YES) return false
  // For each word: not reached by pieces from the start, reached, or reached with an agreement among them.
  const reached: (undefined | boolean)[] = [false]
  for (const i of words.keys()) {
    const agreed = reached[i]
    if (agreed === undefined) continue
    for (const [pieces, agreeing] of [
      [agrees, true],
      [nothing, agreed],
    ] as const)
      for (const one of pieces) {
        const end = endOf(one, words, i)
        if (end !== null) reached[end] = agreeing || reached[end] === true
      }
  }
  return reached[words.length] === true
}
