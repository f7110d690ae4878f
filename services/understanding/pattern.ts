import { wordsOf } from './normalise.ts'

/** Words that a `*` stands for at most. */
const GAP = '(?:[^ ]+ ){0,4}'

/**
 * The little language of `content/phrases`, as a regular expression over `wordsOf` a message:
 * `word` itself; `word~` any word that begins so; `a|b_c` one of them (`_` is a space inside one);
 * `a|` with a final bar, it or nothing;
 * `*` up to four words of any kind. Accents, case and apostrophes do not count. Gaps are bounded, so
 * matching takes a time in proportion to the message.
 */
export function patternSource(phrase: string): string {
  return phrase.trim().split(/\s+/).map(tokenSource).join('')
}

function tokenSource(token: string): string {
  if (token === '*') return GAP
  const words = token.split('|').filter((word) => word !== '')
  return `(?:(?:${words.map(wordSource).join('|')}) )${token.endsWith('|') ? '?' : ''}`
}

function wordSource(word: string): string {
  const prefix = word.endsWith('~')
  const words = wordsOf(word.replaceAll('_', ' ')).trim()
  return prefix ? `${words}[^ ]*` : words
}

/** Chinese has no spaces: each of its characters becomes a word, in a message (by a space) and in a pattern (by `_`). */
export const charactersApart = (text: string, space: ' ' | '_' = ' '): string =>
  text.replace(/(?<=\p{Script=Han})(?=[\p{L}\p{N}])|(?<=[\p{L}\p{N}])(?=\p{Script=Han})/gu, space)

/** A matcher for any of `phrases`, or null when there are none. */
export function anyOf(phrases: readonly string[]): RegExp | null {
  if (phrases.length === 0) return null
  return new RegExp(` (?:${phrases.map(patternSource).join('|')})`, 'u')
}

/** The same, for a message that says nothing else. */
export function wholly(phrases: readonly string[]): RegExp | null {
  if (phrases.length === 0) return null
  return new RegExp(`^ (?:${phrases.map(patternSource).join('|')})$`, 'u')
}
