import type { RegionContent } from '../catalogue/index.ts'
import { wordsOf } from './normalise.ts'

/**
 * The region that a message names, by its own name or one of its main cities; its code `01` to `17`,
 * or null. The longest name wins, so that "Gaspésie-Îles-de-la-Madeleine" is not taken for less.
 */
export function regionReader({ regions }: RegionContent): (words: string) => string | null {
  const names = regions
    .flatMap(({ code, name, cities }) => [name, ...cities].map((place) => ({ code, words: wordsOf(place) })))
    .sort((a, b) => b.words.length - a.words.length)
  return (words) => names.find((place) => words.includes(place.words))?.code ?? null
}
