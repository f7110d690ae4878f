import { flat } from './normalise.ts'
import type { Phrases } from './phrases.ts'

const pieces = (phrases: readonly string[]): string =>
  [...phrases]
    .sort((a, b) => b.length - a.length)
    .map((phrase) => flat(phrase).replace(/ /g, "[\\s'-]+"))
    .join('|')

/** A name has few words, and none of those that make a sentence. */
const MOST_WORDS = 5

/** Finds a person's name in what they wrote. */
export interface NameReader {
  /** The name that the message introduces by itself ("je m'appelle Amina"), or null. */
  introduced(text: string): string | null
  /** The name in an answer to "what is your name", or null when it reads as something else. */
  answered(text: string): string | null
}

/** Reads names by the words around them: no list of names, which would leave somebody out. */
export function nameReader(all: readonly Phrases[]): NameReader {
  const sure = new RegExp(`(?:^|[^\\p{L}])(?:${pieces(all.flatMap((p) => p.name.before))})[\\s:]+`, 'u')
  const may = new RegExp(`^\\s*(?:${pieces(all.flatMap((p) => [...p.name.before, ...p.name.mayPrecede]))})[\\s:]+`, 'u')
  const after = new RegExp(`[,.;!?\\n]|(?:\\s|^)(?:${pieces(all.flatMap((p) => p.name.after))})(?![\\p{L}])`, 'u')
  const fillers = new RegExp(
    `^(?:(?:${pieces(all.flatMap((p) => p.fillers)).replaceAll('_', "[\\s'-]+")})[\\s,.!]+)+`,
    'u',
  )
  const notNames = new Set(all.flatMap((p) => p.name.notNames))

  const clean = (text: string): string | null => {
    const cut = after.exec(flat(text))
    const name = (cut === null ? text : text.slice(0, cut.index)).replace(/\s+/g, ' ').trim()
    const words = flat(name).split(/[\s']+/)
    const reads = /\p{L}/u.test(name) && !/\d/.test(name) && words.length <= MOST_WORDS
    return reads && !words.some((word) => notNames.has(word)) ? name : null
  }
  const past = (text: string, rule: RegExp): string | null => {
    const found = rule.exec(flat(text))
    return found === null ? null : text.slice(found.index + found[0].length)
  }
  return {
    introduced(text) {
      const rest = past(text, sure)
      return rest === null ? null : clean(rest)
    },
    answered(text) {
      const polite = past(text, fillers) ?? text
      return clean(past(polite, sure) ?? past(polite, may) ?? polite)
    },
  }
}
