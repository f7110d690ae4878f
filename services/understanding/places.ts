import type { RegionContent } from '../catalogue/index.ts'
import { wordsOf } from './normalise.ts'
import { anyOf } from './pattern.ts'
import { readPhrases, type Phrases } from './phrases.ts'

/**
 * The region that a message names, by its own name or one of its main cities; its code `01` to `17`,
 * or null. The longest name wins, so that "Gaspésie-Îles-de-la-Madeleine" is not taken for less, and
 * "au Québec" is the province, which is no region: a wrong number would be worse than a question.
 * For danger only: it guesses nothing. `places/regions.ts` knows every municipality and forgives typing, where
 * the person is asked where they will live and sees what was understood.
 */
export function regionReader(
  { regions }: RegionContent,
  byLanguage: ReadonlyMap<string, Phrases> = readPhrases(),
): (words: string) => string | null {
  const all = [...byLanguage.values()]
  const city = anyOf(all.flatMap(({ quebec }) => quebec.city))
  const province = anyOf(all.flatMap(({ quebec }) => quebec.province))
  const names = regions
    .flatMap(({ code, name, cities }) => [name, ...cities].map((place) => ({ code, words: wordsOf(place) })))
    .sort((a, b) => b.words.length - a.words.length)
  const firstIn = (words: string) => names.find((place) => words.includes(place.words))
  return (words) => {
    const found = firstIn(words)
    if (found === undefined || city?.test(words) === true || province === null) return found?.code ?? null
    // A longer name may have the province in it ("Nord-du-Québec"): only a name that falls with it is doubtful.
    const without = words.replace(new RegExp(province.source, 'gu'), ' # ')
    return found.words.trim().includes(' ') ? found.code : (firstIn(without)?.code ?? null)
  }
}
