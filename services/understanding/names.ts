import { flat } from './normalise.ts'
import type { Phrases } from './phrases.ts'

const pieces = (phrases: readonly string[]): string =>
  [...phrases]
    .sort((a, b) => b.length - a.length)
    .map((phrase) => flat(phrase).replace(/ /g, "[\\s'-]+"))
    .join('|')

/** A name has few words, and none of those that make a sentence. */
const MOST_WORDS = 5

/** Said before a name or to a person; a dot after one that is cut short ends no sentence: "M. Diallo", "Mr. Diallo". */
const TITLES = ['m', 'mm', 'mr', 'mme', 'mlle', 'mrs', 'ms', 'mx', 'miss', 'mister', 'dr', 'dre', 'pr', 'prof', 'st', 'ste', 'jr', 'sr', 'sra', 'srta', 'monsieur', 'madame', 'mademoiselle', 'sir', 'madam', 'docteur', 'doctor'] // prettier-ignore
const isTitle = (word: string): boolean => TITLES.includes(word)

/** Words of a sentence that are names too, of many people: taken for one where nothing else is said ("Will"). */
const ALSO_NAMES = new Set(['an', 'can', 'ma', 'may', 'son', 'will', 'young']) // prettier-ignore
/** And those only where every word has its capital ("Do Van Minh", "He Li"). */
const NAMES_BESIDE = new Set(['as', 'brother', 'do', 'en', 'es', 'father', 'frere', 'he', 'her', 'in', 'me', 'mere', 'mon', 'mother', 'on', 'ou', 'pere', 'sa', 'si', 'sister', 'so', 'soeur', 'sous', 'ta', 'toi', 'tu', 'un', 'us', 'you']) // prettier-ignore
/** Between the parts of a name, without a capital. */
const PARTICLES = new Set(['al', 'ben', 'bin', 'da', 'das', 'de', 'del', 'della', 'den', 'der', 'di', 'dos', 'du', 'e', 'el', 'ibn', 'la', 'las', 'le', 'los', 'van', 'von', 'y']) // prettier-ignore

/** What makes an introduction say the opposite: "don't call me Mrs. Roy". */
const DENIALS = new Set(['t', 'dont', 'not', 'never', 'ne', 'pas'])

/** Finds a person's name in what they wrote. */
export interface NameReader {
  /** The name that the message introduces by itself ("je m'appelle Amina"), or null. */
  introduced(text: string): string | null
  /** The name in an answer to "what is your name", or null when it reads as something else. */
  answered(text: string): string | null
}

/** Reads names by the words around them: no list of names, which would leave somebody out. */
export function nameReader(all: readonly Phrases[]): NameReader {
  const before = pieces(all.flatMap((p) => p.name.before))
  const mayPrecede = pieces(all.flatMap((p) => [...p.name.before, ...p.name.mayPrecede]))
  const sure = new RegExp(`(?:^|[^\\p{L}])(?:${before})[\\s:]+`, 'u')
  const may = new RegExp(`^\\s*(?:${mayPrecede})[\\s:]+`, 'u')
  const after = new RegExp(`(?:\\s|^)(?:${pieces(all.flatMap((p) => p.name.after))})(?![\\p{L}])`, 'u')
  const polite = all.flatMap((p) => p.fillers).filter((filler) => !isTitle(filler))
  const addressed = `(?:${TITLES.join('|')})(?:\\s*[,!]+\\s*|\\s+(?=(?:${mayPrecede})[\\s:]))`
  const fillers = new RegExp(`^(?:(?:${pieces(polite).replaceAll('_', "[\\s'-]+")})[\\s,.!]+|${addressed})+`, 'u')
  const notNames = new Set(all.flatMap((p) => p.name.notNames))
  /** Also how to reach somebody: "call me evenings". In both lists of introductions. */
  const ambiguous = new Set(all.flatMap((p) => p.name.before.filter((one) => p.name.mayPrecede.includes(one))))

  const isSentence = (name: string): boolean => {
    const said = words(name.replace(INITIAL, ' '))
    const isCapital = isCapitalised(name)
    const mayBe = (word: string): boolean =>
      isCapital ? ALSO_NAMES.has(word) || NAMES_BESIDE.has(word) : said.length === 1 && ALSO_NAMES.has(word)
    return said.some((word) => notNames.has(word) && !mayBe(word))
  }
  const clean = (text: string): string | null => {
    const lower = flat(text)
    const end = Math.min(after.exec(lower)?.index ?? text.length, endOfSentence(lower))
    const letters = [...text.slice(0, end).matchAll(/\p{L}[\p{L}\p{M}]*/gu)]
    const [first, last] = [letters[0], letters.at(-1)]
    if (first === undefined || last === undefined) return null
    const name = text.slice(first.index, last.index + last[0].length).replace(/\s+/g, ' ')
    if (/[\d@]/.test(name) || name.split(' ').length > MOST_WORDS || words(name).every(isTitle)) return null
    return isSentence(name) ? null : name
  }
  const past = (text: string, rule: RegExp): string | null => {
    const found = rule.exec(flat(text))
    return found === null ? null : text.slice(found.index + found[0].length)
  }
  /** The name after an introduction; undefined when there is no introduction. */
  const introduced = (text: string, isAsked: boolean): string | null | undefined => {
    const found = sure.exec(flat(text))
    if (found === null) return undefined
    if (DENIALS.has(words(text.slice(0, found.index)).at(-1) ?? '')) return null
    const name = clean(text.slice(found.index + found[0].length))
    const mayBeOther = !isAsked && ambiguous.has(words(found[0].replaceAll("'", ' ')).join(' '))
    return name !== null && mayBeOther && /^\p{Ll}/u.test(name) ? null : name
  }
  return {
    introduced: (text) => introduced(text, false) ?? null,
    answered(text) {
      const said = past(text, fillers) ?? text
      const name = introduced(said, true)
      return name === undefined ? clean(past(said, may) ?? said) : name
    },
  }
}

/** "J. Diallo" has no "j'" in it. */
const INITIAL = /(?<!\p{L})\p{L}\./gu

/** Signs that may end a name. */
const ENDS = /[.,;:!?()\n،。，！？、]|\s[-–—]\s/gu

/** Where the first sentence or part of one ends: not at the dot of "M. Diallo" or "A. Diallo". */
function endOfSentence(lower: string): number {
  for (const { 0: sign, index } of lower.matchAll(ENDS)) {
    if (sign !== '.') return index
    const word = words(lower.slice(Math.max(0, index - LONGEST_TITLE - 1), index)).at(-1) ?? ''
    const goesOn = word.length === 1 || isTitle(word) ? /^\s?\p{L}/u : /^\p{L}/u
    if (!goesOn.test(lower.slice(index + 1, index + 4))) return index
  }
  return lower.length
}

const LONGEST_TITLE = Math.max(...TITLES.map((title) => title.length))

/** Lower-case words; "j'", "c'", "qu'" keep their apostrophe, which an initial has not. */
const words = (text: string): string[] =>
  flat(text)
    .replaceAll('œ', 'oe')
    .match(/(?:j|c|qu)'|[\p{L}\p{M}\p{N}]+/gu) ?? []

/** "Ma Yun", "Do van Minh", not "Ma soeur" nor "MA SOEUR". */
function isCapitalised(name: string): boolean {
  const parts = name.split(/[\s'’-]+/u).filter((part) => !PARTICLES.has(flat(part)))
  return parts.length > 1 && parts.every((part) => /^\p{Lu}/u.test(part)) && name !== name.toUpperCase()
}
