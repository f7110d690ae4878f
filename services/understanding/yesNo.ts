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
  const leans = all.flatMap((p) => p.yes.likely).map(piece)
  const nothing = all.flatMap((p) => p.besides).map(piece)
  const assentIn = assentReader({ agrees, leans, nothing })
  // "no problem, but…" opens with a no and is none.
  const notNo = endsOf([...agrees, ...leans.filter((one) => one.length > 1)])

  return (words, bare) => {
    const says = (rule: RegExp | null): boolean => rule?.test(words) === true || rule?.test(bare) === true
    if (says(no)) return 'no'
    if (says(clear)) return 'yes'
    if (says(likely)) return 'likely'
    if (says(unclear)) return null
    const said = words.trim().split(' ')
    const assent = assentIn(said)
    if (assent !== null) return assent
    if (says(refuses)) return 'no'
    return opensWithNo.test(words) && !said.some((_, i) => notNo(said, i).length > 0) ? 'no' : null
  }
}

/** A phrase as words, each with its alternatives. */
type Piece = readonly (readonly string[])[]

const piece = (phrase: string): Piece =>
  phrase.split(/\s+/).map((token) => token.split('|').map((word) => wordsOf(word).trim()))

/** Where phrases end that begin at a word: those are tried that begin with it. */
function endsOf(phrases: readonly Piece[]): (words: readonly string[], at: number) => number[] {
  const byFirst = new Map<string, Piece[]>()
  for (const one of phrases) for (const first of one[0] ?? []) byFirst.set(first, [...(byFirst.get(first) ?? []), one])
  return (words, at) =>
    (byFirst.get(words[at] ?? '') ?? [])
      .filter((one) => one.every((alternatives, k) => alternatives.includes(words[at + k] ?? '')))
      .map((one) => at + one.length)
}

/**
 * What a message agrees to that is made of nothing but pieces that agree, lean to it ("no problem" minds nothing,
 * which is no consent yet) or say nothing; null when there is more in it.
 */
function assentReader(pieces: Record<'agrees' | 'leans' | 'nothing', readonly Piece[]>) {
  const kinds = [
    { ends: endsOf(pieces.agrees), amount: 2 },
    { ends: endsOf(pieces.leans), amount: 1 },
    { ends: endsOf(pieces.nothing), amount: 0 },
  ]
  return (words: readonly string[]): 'yes' | 'likely' | null => {
    if (words.length > LONGEST_YES) return null
    // For each word: not reached by pieces from the start; or reached, with what they amount to at most.
    const reached: (undefined | number)[] = [0]
    for (const i of words.keys()) {
      const soFar = reached[i]
      if (soFar === undefined) continue
      for (const { ends, amount } of kinds)
        for (const end of ends(words, i)) reached[end] = Math.max(soFar, amount, reached[end] ?? 0)
    }
    const amount = reached[words.length]
    return amount === 2 ? 'yes' : amount === 1 ? 'likely' : null
  }
}
