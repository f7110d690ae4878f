import { languages, phrases } from '../../../services/locales/index.ts'
import { wordsOf } from '../../../services/understanding/index.ts'

/** Texts never change while the program runs, and every message is held against many: read each once. */
const known = new Map<string, readonly string[]>()

/** The words of the texts at `key` in all shipped languages: a button pressed before a change of language still counts. */
export function wordsAt(key: string): readonly string[] {
  let words = known.get(key)
  if (words === undefined) known.set(key, (words = languages.flatMap((lang) => phrases(lang, key).map(wordsOf))))
  return words
}

/** Whether the message is one of the texts at `key`, whatever the language. */
export const isText = (words: string, key: string): boolean => wordsAt(key).includes(words)

/** Whether the message begins with one of the texts at `key`, as whole words. */
export const opensWith = (words: string, key: string): boolean =>
  wordsAt(key).some((text) => text.trim() !== '' && words.startsWith(text))

/** Whether the message has one of the texts at `key` in it, as whole words. */
export const hasText = (words: string, key: string): boolean =>
  wordsAt(key).some((text) => text.trim() !== '' && words.includes(text))
