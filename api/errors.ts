import { languages, speak } from '../services/locales/index.ts'
import type { ParcoursError } from '../services/platform/errors.ts'
import type { ErrorView } from './types.ts'

/** The first language of `Accept-Language` that ships; French otherwise. */
export function pickLanguage(header: string | undefined): string {
  for (const item of (header ?? '').slice(0, 200).split(',')) {
    const language = item.split(';')[0]?.trim().split('-')[0]?.toLowerCase()
    if (language !== undefined && languages.includes(language)) return language
  }
  return 'fr'
}

/** An error as its caller reads it: the code, and a sentence in their language. Nothing of the inside. */
export function describe(error: ParcoursError | undefined, language: string): ErrorView {
  const code = error?.code ?? 'failed'
  return { error: { code, message: speak(language, `errors:${code}`, error?.params ?? {}) } }
}
