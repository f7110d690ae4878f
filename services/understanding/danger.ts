import type { Situation } from '../catalogue/index.ts'
import { anyOf, charactersApart } from './pattern.ts'
import { dangerNames, type DangerPhrases } from './phrases.ts'

/**
 * The situations that a message tells of, the most urgent first. Look-alikes ("mort de rire", "this
 * heat is killing me") are taken out before, so that danger said beside one is still seen. Rules, which
 * can be explained and tested phrase by phrase; the model of `sentence` is asked beside them.
 */
export function dangerReader(all: readonly DangerPhrases[]): (words: string) => Situation[] {
  const meantBy = meantReader(all)
  const languages = all.map(rulesOf)
  return (words) => {
    const meant = meantBy(words)
    return dangerNames.filter((situation) => languages.some((rules) => rules.get(situation)?.test(meant)))
  }
}

/**
 * The language that a danger is told in: the one that the message is `written` in, as far as its words
 * tell, when its phrases tell of the danger; or the one whose phrases say most of it. Null when two say
 * as much ("socorro"). A cry is too short for its frequent words to tell: "me va a matar" has French ones.
 */
export function dangerLanguageReader(
  byLanguage: readonly (readonly [string, DangerPhrases])[],
): (words: string, written: string | null) => string | null {
  const meantBy = meantReader(byLanguage.map(([, phrases]) => phrases))
  const languages = byLanguage.map(([language, phrases]) => ({ language, rules: rulesOf(phrases) }))
  return (words, written) => {
    const meant = meantBy(words)
    const said = languages
      .map(({ language, rules }) => ({
        language,
        length: Math.max(0, ...rules.values().map((rule) => rule.exec(meant)?.[0].length ?? 0)),
      }))
      .filter(({ length }) => length > 0)
    if (said.some(({ language }) => language === written)) return written
    const most = Math.max(...said.map(({ length }) => length))
    const [told, ...others] = said.filter(({ length }) => length === most)
    return others.length === 0 ? (told?.language ?? null) : null
  }
}

/** One expression a situation and language: V8 makes a slow one of a source above 20 KB. */
function rulesOf({ danger }: DangerPhrases): Map<Situation, RegExp> {
  const rules = dangerNames.map((situation) => [situation, anyOf(danger[situation].map(pattern))] as const)
  return new Map(rules.flatMap(([situation, rule]) => (rule === null ? [] : [[situation, rule]])))
}

/** A message's words as the rules are tried on them: without its look-alikes. */
function meantReader(all: readonly DangerPhrases[]): (words: string) => string {
  const lookAlikes = all.flatMap((p) => {
    const rule = anyOf(p.lookAlikes.map(pattern))
    return rule === null ? [] : [new RegExp(rule.source, 'gu')]
  })
  return (words) => lookAlikes.reduce((left, rule) => left.replace(rule, ' # '), charactersApart(spelled(words)))
}

const pattern = (phrase: string): string => charactersApart(spelled(phrase), '_')

/** Spelled one way: letters held down once ("auxiliooo"), Arabic without its marks, its final ya and ta as many type them. */
const spelled = (text: string): string =>
  text
    .replace(/[\u064B-\u065F\u0670\u0640]/g, '')
    .replace(/(\p{L})\1{2,}/gu, '$1')
    .replaceAll('ى', 'ي')
    .replaceAll('ة', 'ه')
