import { anyOf, patternSource, wholly } from './pattern.ts'
import { intentNames, type Phrases } from './phrases.ts'
import type { Intent } from './readings.ts'

type Reader<Result> = (words: string) => Result

/** A message's words without the politeness around them: "bonjour, aide svp" asks for help. */
export function bareReader(all: readonly Phrases[]): Reader<string> {
  const filler = `(?:${all
    .flatMap((p) => p.fillers)
    .map(patternSource)
    .join('|')})`
  const leading = new RegExp(`^ (?:${filler})+(?=[^ ])`, 'u')
  const trailing = new RegExp(` (?:${filler})+$`, 'u')
  return (words) => {
    const bare = words.replace(leading, ' ').replace(trailing, ' ')
    return bare.trim() === '' ? words : bare
  }
}

/** The things that can be said at any time: whole messages, or words within one. */
export function intentReader(all: readonly Phrases[]): (words: string, bare: string) => Set<Intent> {
  const rules = intentNames.map((name) => ({
    name,
    whole: wholly(all.flatMap((p) => p.intents[name].whole)),
    within: anyOf(all.flatMap((p) => p.intents[name].within)),
  }))
  return (words, bare) =>
    new Set<Intent>(
      rules
        .filter(({ whole, within }) => whole?.test(bare) || whole?.test(words) || within?.test(words))
        .map(({ name }) => name),
    )
}

/** The language that a message asks to change to; null when it asks without saying which; undefined when it does not. */
export function changeLanguageReader(
  all: readonly Phrases[],
): (words: string, bare: string) => string | null | undefined {
  const codes = [...new Set(all.flatMap((p) => Object.keys(p.changeLanguage)))].sort((a, b) => b.length - a.length)
  const rules = codes.map((code) => ({
    code,
    whole: wholly(all.flatMap((p) => p.changeLanguage[code]?.whole ?? [])),
    within: anyOf(all.flatMap((p) => p.changeLanguage[code]?.within ?? [])),
  }))
  return (words, bare) => {
    const asked = rules.find(({ whole, within }) => whole?.test(bare) || within?.test(words))
    return asked === undefined ? undefined : asked.code || null
  }
}

/** Whether the message corrects what was said before. */
export function correctionReader(all: readonly Phrases[]): Reader<boolean> {
  const rule = anyOf(all.flatMap((p) => p.corrects))
  return (words) => rule?.test(words) ?? false
}

/** "I don't know yet". */
export function unknownReader(all: readonly Phrases[]): Reader<boolean> {
  const rule = anyOf(all.flatMap((p) => p.calendar.unknown))
  return (words) => rule?.test(words) ?? false
}
