import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { wordsOf } from './normalise.ts'

const file = z.object({ frequent: z.record(z.string(), z.array(z.string().min(1))) })

/** Scripts that tell a language by themselves, among those that danger is answered in. */
const SCRIPTS: readonly [RegExp, string][] = [
  [/\p{Script=Arabic}/gu, 'ar'],
  [/\p{Script=Han}/gu, 'zh-Hans'],
  [/\p{Script=Cyrillic}/gu, 'uk'],
]
/** Frequent words that a message must have to be told by them. */
const ENOUGH = 2

/** The language a message is written in, among eight; null when its words are too few or divided. */
export type WrittenReader = (text: string) => string | null

/** Tells a language by its script, or by its frequent words: those of `shipped` (by language), and of `content/frequent.json`. */
export function writtenReader(shipped: ReadonlyMap<string, readonly string[]>): WrittenReader {
  const content = file.parse(JSON.parse(readFileSync(new URL('../../content/frequent.json', import.meta.url), 'utf8')))
  const sets = [...shipped, ...Object.entries(content.frequent)].map(([language, words]) => ({
    language,
    words: new Set(words.map((word) => wordsOf(word).trim())),
  }))
  return (text) => {
    const letters = text.match(/\p{L}/gu)?.length ?? 0
    const script = SCRIPTS.find(([rule]) => (text.match(rule)?.length ?? 0) > letters / 2)
    if (script !== undefined) return script[1]
    const said = wordsOf(text).trim().split(' ')
    const [first, second] = sets
      .map(({ language, words }) => ({ language, count: said.filter((word) => words.has(word)).length }))
      .sort((a, b) => b.count - a.count)
    if (first === undefined || first.count === second?.count) return null
    return first.count >= ENOUGH || (first.count > 0 && said.length <= 2) ? first.language : null
  }
}
