import { flat } from '../normalise.ts'

/** What of a message is looked at: the request of a long one is at its end, danger may be at its start. */
const LONGEST = 1_000
/** The last words, seen a second time apart: after a long story they are the request. */
const LAST_WORDS = 10
/** Lengths of the pieces of words, which forgive typing, accents, endings and languages without spaces. */
const SHORTEST_PIECE = 2
const LONGEST_PIECE = 5
const HAN = /\p{Script=Han}/u

/**
 * The features of a message, by name, each once: its words, pairs of neighbours, pieces of words, and
 * the last words again. Case, accents, digits and letters repeated for emphasis do not count.
 */
export function featuresOf(text: string): Set<string> {
  const words = tokensOf(text.length > LONGEST ? `${text.slice(0, LONGEST / 2)} ${text.slice(-LONGEST / 2)}` : text)
  const features = new Set<string>()
  words.forEach((word, i) => {
    features.add(`w ${word}`)
    features.add(`b ${words[i - 1] ?? '<'} ${word}`)
    if (i > 0) features.add(`s ${words[i - 2] ?? '<'} ${word}`)
    addPieces(features, word)
  })
  if (words.length > 0) features.add(`b ${words.at(-1)} >`)
  if (words.length > LAST_WORDS) for (const word of words.slice(-LAST_WORDS)) features.add(`l ${word}`)
  if (words.length <= 3) features.add(`n ${words.length}`)
  return features
}

/** Words as they are compared; a character of Chinese is a word. */
function tokensOf(text: string): string[] {
  const plain = flat(text.normalize('NFC').replace(/œ/gi, 'oe').replace(/æ/gi, 'ae'))
    .replace(/\p{M}+/gu, '')
    .replace(/(\p{L})\1{2,}/gu, '$1$1')
    .replace(/\p{N}+/gu, '0')
  return (plain.match(/\p{Script=Han}|[\p{L}0]+|[!?]|\p{Extended_Pictographic}/gu) ?? []) as string[]
}

function addPieces(features: Set<string>, word: string): void {
  if (word.length < SHORTEST_PIECE || HAN.test(word)) return
  const edged = `_${word}_`
  for (let size = SHORTEST_PIECE; size <= LONGEST_PIECE; size += 1)
    for (let start = 0; start + size <= edged.length; start += 1) features.add(`p ${edged.slice(start, start + size)}`)
}

/** A feature's place among `2 ** bits`: FNV-1a, finished so that its low bits are mixed too. */
export function placeOf(feature: string, bits: number): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < feature.length; i += 1) hash = Math.imul(hash ^ feature.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return ((hash ^ (hash >>> 13)) >>> 0) & (2 ** bits - 1)
}
