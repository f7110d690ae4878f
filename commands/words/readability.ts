/** How hard a text is to read. */
export interface Readability {
  words: number
  /** Words of its longest sentence. */
  longest: number
  /** Reading ease, about 0 to 100: 60 is plain, 30 is for studies. Flesch in English, Kandel and Moles in French. */
  ease: number
}

/** Weights of words a sentence and of syllables a word. */
const FORMULA: Readonly<Record<string, readonly [number, number, number]>> = {
  fr: [207, 1.015, 73.6],
  en: [206.835, 1.015, 84.6],
}

/** Measures a text as a person sees it; what fills a place counts as one short word. */
export function readability(text: string, language: string): Readability {
  const shown = text.replace(/\{\{[^}]*\}\}/g, 'mot')
  const sentences = shown
    .split(/[.!?…:;]{1,20}(?:\s|$)|\n/u)
    .map((sentence) => sentence.match(/[\p{L}\p{N}]+/gu) ?? [])
    .filter((words) => words.length > 0)
  const words = sentences.flat()
  if (words.length === 0) return { words: 0, longest: 0, ease: 100 }
  const syllables = words.reduce((sum, word) => sum + syllablesOf(word, language), 0)
  const [base, bySentence, byWord] = FORMULA[language] ?? FORMULA['fr']!
  return {
    words: words.length,
    longest: Math.max(...sentences.map((sentence) => sentence.length)),
    ease: Math.round(base - (bySentence * words.length) / sentences.length - (byWord * syllables) / words.length),
  }
}

/** Syllables by groups of vowels; a last mute e is none. */
function syllablesOf(word: string, language: string): number {
  const plain = word.toLowerCase().normalize('NFD')
  const mute = language === 'en' ? /(?<=[^aeiouyl]|[aeiouy][^aeiouy]*)e(?:s|d)?$/ : /(?<=\p{L}{2})e(?:s|nt)?$/u
  const spoken = (/e\u0301(?:e?s?)$/.test(plain) ? plain : plain.replace(mute, '')).replace(/\p{M}/gu, '')
  return Math.max(1, spoken.match(/[aeiouy]+/g)?.length ?? 1)
}
