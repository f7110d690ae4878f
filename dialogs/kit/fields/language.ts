import { languages, nameOf } from '../../../services/locales/index.ts'
import { wordsOf } from '../../../services/understanding/index.ts'
import type { Answer, Field } from '../field.ts'

/**
 * The language to speak: by its name, by asking for it, or by writing in it. A first sentence that is
 * clearly in one language answers the question without a detour. Languages are those shipped.
 */
export const language = (): Field => ({
  read({ words, wantedLanguage, language: written }, { how }) {
    if (how !== 'asked') return null
    const named = languages.find((code) => words === wordsOf(nameOf(code)) || words === wordsOf(code))
    const value = named ?? wantedLanguage ?? written
    return value !== null && languages.includes(value) ? { value, certain: true } : null
  },
  accepts: (value): value is Answer => typeof value === 'string' && languages.includes(value),
  show: (value) => nameOf(String(value)),
  choices: () => languages.map((code) => ({ value: code, label: nameOf(code) })),
})
