import { once } from '../../../services/platform/once.ts'
import { spokenReader } from '../../../services/understanding/index.ts'
import { namedInEach } from '../named.ts'
import type { Answer, Field } from '../field.ts'
import { hasText } from './titles.ts'

const spokenIn = once(spokenReader)
const MOST = 8

/** The languages a person speaks: ISO 639 codes joined by a comma, in their order. Its texts: `cues`, `again`. */
export const spoken = (): Field => ({
  read({ text, words, wantedLanguage }, { how }, { dialog, step }) {
    // "English please" asks for a language, it does not say that one is spoken.
    if (how !== 'asked' && (wantedLanguage !== null || !hasText(words, `${dialog}:${step}.cues`))) return null
    const found = spokenIn()(text).slice(0, MOST)
    if (found.length > 0) return { value: found.join(','), certain: true }
    // "Pas français" was meant for this question, though it is no answer to it.
    return how === 'asked' && spokenIn().denies(text) ? { reason: `${dialog}:${step}.again` } : null
  },
  accepts: (value): value is Answer => typeof value === 'string' && /^[a-z]{2,3}(?:,[a-z]{2,3})*$/.test(value),
  show: (value) => ({
    list: String(value)
      .split(',')
      .map((code) => namedInEach('language', code)),
  }),
  choices: () => [],
})
