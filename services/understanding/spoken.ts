import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { clausesOf } from './clauses.ts'
import { wordsOf } from './normalise.ts'

const list = z.array(z.string().min(1))
const file = z.object({
  spoken: z.record(z.string(), z.array(z.string().min(2))),
  /** The name of one in some language, and another word here: "more" is no Mooré. */
  notLanguages: list,
  negators: list,
  /** Words that may stand between a negator and the language that it negates. */
  light: list,
  /** After the language: spoken all the same, if not well ("I don't speak French very well"). */
  degrees: list,
})

/** Languages that people who come speak, as ISO 639 codes; a name of theirs is in `Intl`. Not a limit of who may come. */
const CODES = ['fr', 'en', 'es', 'ar', 'pt', 'ht', 'uk', 'ru', 'zh', 'fa', 'tr', 'ro', 'it', 'de', 'nl', 'pl', 'vi', 'tl', 'hi', 'pa', 'ur', 'bn', 'gu', 'ta', 'te', 'ml', 'ne', 'si', 'am', 'ti', 'so', 'sw', 'rw', 'rn', 'ln', 'kg', 'wo', 'ff', 'bm', 'mos', 'ee', 'yo', 'ig', 'ha', 'tw', 'ak', 'mg', 'kab', 'ber', 'ku', 'hy', 'ka', 'az', 'uz', 'kk', 'ps', 'he', 'el', 'bg', 'sr', 'hr', 'bs', 'sq', 'mk', 'hu', 'cs', 'sk', 'lt', 'lv', 'et', 'fi', 'sv', 'no', 'da', 'ja', 'ko', 'th', 'km', 'lo', 'my', 'id', 'ms', 'ay', 'qu', 'gn', 'yue', 'zgh', 'dyu', 'fon', 'sg', 'lua', 'ki', 'ny', 'sn', 'zu', 'xh', 'st', 'mn', 'bo', 'ug'] // prettier-ignore
/** Languages in which the name of a language is known. */
const READ_IN = ['fr', 'en', 'es', 'pt', 'ar', 'uk', 'zh-Hans']

/** The languages that a message says are spoken, in its order, each once: not those of "no French", "pas d'anglais". */
export interface SpokenReader {
  (text: string): string[]
  /** Whether it says of a language that it is not spoken. */
  denies(text: string): boolean
}

/** Words looked back at from a language for a negator. */
const FAR = 6

/** Reads names of languages in those of `READ_IN`, in each language's own words, and as `content/spoken.json` has people call them. */
export function spokenReader(): SpokenReader {
  const content = file.parse(JSON.parse(readFileSync(new URL('../../content/spoken.json', import.meta.url), 'utf8')))
  const codeOf = new Map<string, string>()
  const add = (name: string | undefined, code: string): void => {
    const words = name === undefined ? '' : wordsOf(name).trim()
    if (words.length >= 2 && !codeOf.has(words) && !content.notLanguages.includes(words)) codeOf.set(words, code)
  }
  for (const [code, names] of Object.entries(content.spoken)) names.forEach((name) => add(name, code))
  for (const code of CODES)
    for (const locale of [...READ_IN, code]) {
      const name = new Intl.DisplayNames(locale, { type: 'language', fallback: 'none' }).of(code)
      add(name, code)
      add(name?.split(' ')[0], code)
    }
  const negators = new Set(content.negators)
  const light = new Set(content.light)
  const degrees = new Set(content.degrees)
  /** Whether the word that ends before a place is a negator, of one word or two: "pas", "don t". */
  const negates = (words: readonly string[], at: number): boolean =>
    negators.has(words[at - 1] ?? '') || negators.has(`${words[at - 2] ?? ''} ${words[at - 1] ?? ''}`)

  const reading = (text: string): { spoken: string[]; denies: boolean } => {
    const spoken = new Set<string>()
    let denies = false
    for (const words of clausesOf(text)) {
      /** Words of languages that are denied: "pas anglais ni arabe" denies both. */
      const deniedAt = new Set<number>()
      const isDenied = (from: number, end: number): boolean => {
        if (end === words.length - 1 && negates(words, words.length)) return true // "French no"
        let at = from
        while (at > 0 && from - at < FAR && !negates(words, at) && light.has(words[at - 1] ?? '')) at -= 1
        return negates(words, at) ? !degrees.has(words[end] ?? '') : deniedAt.has(at - 1)
      }
      for (let i = 0; i < words.length; i += 1) {
        const two = codeOf.get(`${words[i]} ${words[i + 1] ?? ''}`)
        const code = two ?? codeOf.get(words[i] ?? '')
        if (code === undefined) continue
        const from = i
        if (two !== undefined) i += 1
        if (isDenied(from, i + 1)) {
          for (let k = from; k <= i; k += 1) deniedAt.add(k)
          denies = true
        } else spoken.add(code)
      }
    }
    return { spoken: [...spoken], denies }
  }
  return Object.assign((text: string) => reading(text).spoken, {
    denies: (text: string) => reading(text).denies,
  })
}
