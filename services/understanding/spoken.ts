import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { wordsOf } from './normalise.ts'

const file = z.object({ spoken: z.record(z.string(), z.array(z.string().min(2))) })

/** Languages that people who come speak, as ISO 639 codes; a name of theirs is in `Intl`. Not a limit of who may come. */
const CODES = ['fr', 'en', 'es', 'ar', 'pt', 'ht', 'uk', 'ru', 'zh', 'fa', 'tr', 'ro', 'it', 'de', 'nl', 'pl', 'vi', 'tl', 'hi', 'pa', 'ur', 'bn', 'gu', 'ta', 'te', 'ml', 'ne', 'si', 'am', 'ti', 'so', 'sw', 'rw', 'rn', 'ln', 'kg', 'wo', 'ff', 'bm', 'mos', 'ee', 'yo', 'ig', 'ha', 'tw', 'ak', 'mg', 'kab', 'ber', 'ku', 'hy', 'ka', 'az', 'uz', 'kk', 'ps', 'he', 'el', 'bg', 'sr', 'hr', 'bs', 'sq', 'mk', 'hu', 'cs', 'sk', 'lt', 'lv', 'et', 'fi', 'sv', 'no', 'da', 'ja', 'ko', 'th', 'km', 'lo', 'my', 'id', 'ms', 'ay', 'qu', 'gn', 'yue', 'zgh', 'dyu', 'fon', 'sg', 'lua', 'ki', 'ny', 'sn', 'zu', 'xh', 'st', 'mn', 'bo', 'ug'] // prettier-ignore
/** Languages in which the name of a language is known. */
const READ_IN = ['fr', 'en', 'es', 'pt', 'ar', 'uk', 'zh-Hans']

/** The languages that a message names, in its order, each once. */
export type SpokenReader = (text: string) => string[]

/** Reads names of languages in those of `READ_IN`, in each language's own words, and as `content/spoken.json` has people call them. */
export function spokenReader(): SpokenReader {
  const codeOf = new Map<string, string>()
  const add = (name: string | undefined, code: string): void => {
    const words = name === undefined ? '' : wordsOf(name).trim()
    if (words.length >= 2 && !codeOf.has(words)) codeOf.set(words, code)
  }
  const content = file.parse(JSON.parse(readFileSync(new URL('../../content/spoken.json', import.meta.url), 'utf8')))
  for (const [code, names] of Object.entries(content.spoken)) names.forEach((name) => add(name, code))
  for (const code of CODES)
    for (const locale of [...READ_IN, code]) {
      const name = new Intl.DisplayNames(locale, { type: 'language', fallback: 'none' }).of(code)
      add(name, code)
      add(name?.split(' ')[0], code)
    }
  return (text) => {
    const words = wordsOf(text).trim().split(' ')
    const found: string[] = []
    for (let i = 0; i < words.length; i += 1) {
      const two = codeOf.get(`${words[i]} ${words[i + 1] ?? ''}`)
      const code = two ?? codeOf.get(words[i] ?? '')
      if (two !== undefined) i += 1
      if (code !== undefined) found.push(code)
    }
    return [...new Set(found)]
  }
}
