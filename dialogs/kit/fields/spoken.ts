import { once } from '../../../services/platform/once.ts'
import { spokenReader } from '../../../services/understanding/index.ts'
import { namedInEach } from '../named.ts'
import type { Answer, Field } from '../field.ts'
import { hasText } from './titles.ts'

const spokenIn = once(spokenReader)
const MOST = 8

/** The languages a person speaks: ISO 639 codes joined by a comma, in their order. Its text: `cues`. */
export const spoken = (): Field => ({
  read({ text, words, wantedLanguage }, { how }, { dialog, step }) {
    // "English please" asks for a language, it does not say that one is spoken.
    if (how !== 'asked' && (wantedLanguage !== null || !hasText(words, `${dialog}:${step}.cues`))) return null
    const found = spokenIn()(text).slice(0, MOST)
    return found.length === 0 ? null : { value: found.join(','), certain: true }
  },
  accepts: (value): value is Answer => typeof value === 'string' && /^[a-z]{2,3}(?:,[a-z]{2,3})*$/.test(value),
  show: (value) => ({
    list: String(value)
      .split(',')
      .map((code) => namedInEach('language', code)),
  }),
  choices: () => [],
})
