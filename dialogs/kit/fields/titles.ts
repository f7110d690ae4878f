import { languages, phrases } from '../../../services/locales/index.ts'
import { wordsOf } from '../../../services/understanding/index.ts'

/** The words of the texts at `key` in all shipped languages: a button pressed before a change of language still counts. */
export const wordsAt = (key: string): string[] => languages.flatMap((lang) => phrases(lang, key).map(wordsOf))

/** Whether the message is one of the texts at `key`, whatever the language. */
export const isText = (words: string, key: string): boolean => wordsAt(key).includes(words)

/** Whether the message has one of the texts at `key` in it, as whole words. */
export const hasText = (words: string, key: string): boolean =>
  wordsAt(key).some((known) => known.trim() !== '' && words.includes(known))
