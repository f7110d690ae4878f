import { languages } from '../../services/locales/index.ts'
import type { Shown } from './say.ts'

/** The name of a country or a language, by its code, in each shipped language. */
export const namedInEach = (type: 'region' | 'language', code: string): Shown => ({
  byLanguage: Object.fromEntries(
    languages.map((lang) => [lang, new Intl.DisplayNames(lang, { type }).of(code) ?? code]),
  ),
})
