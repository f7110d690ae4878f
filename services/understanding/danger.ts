import type { Situation } from '../catalogue/index.ts'
import { anyOf } from './pattern.ts'
import { dangerNames, type Phrases } from './phrases.ts'

/**
 * The situations that a message tells of, the most urgent first. Look-alikes ("mort de rire", "this
 * heat is killing me") are taken out before, so that danger said beside one is still seen. Rules, not
 * a model: what is shown to somebody in danger must be explainable and testable phrase by phrase.
 */
export function dangerReader(
  all: readonly Phrases[],
  lookAlikes: readonly string[] = all.flatMap((p) => p.lookAlikes),
): (words: string) => Situation[] {
  const lookAlike = anyOf(lookAlikes)
  const everyLookAlike = lookAlike === null ? null : new RegExp(lookAlike.source, 'gu')
  const rules = dangerNames.map((situation) => ({ situation, rule: anyOf(all.flatMap((p) => p.danger[situation])) }))
  return (words) => {
    const meant = everyLookAlike === null ? words : words.replace(everyLookAlike, ' # ')
    return rules.filter(({ rule }) => rule?.test(meant)).map(({ situation }) => situation)
  }
}

/** The language whose phrases, and no other's, tell of a danger: a cry is too short for its frequent words to tell. */
export function dangerLanguageReader(byLanguage: ReadonlyMap<string, Phrases>): (words: string) => string | null {
  const lookAlikes = [...byLanguage.values()].flatMap((p) => p.lookAlikes)
  const readers = [...byLanguage].map(([language, p]) => ({ language, read: dangerReader([p], lookAlikes) }))
  return (words) => {
    const [told, ...others] = readers.filter(({ read }) => read(words).length > 0)
    return others.length === 0 ? (told?.language ?? null) : null
  }
}
