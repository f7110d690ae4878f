import { speech, type Speech, type Words } from './text.ts'

/** The files that pages speak from. Each language is a chunk of its own: a page loads the one it speaks. */
const files = import.meta.glob<Words>('../locales/*/{chat,conversation,desk,onboarding}.json', { import: 'default' })

/** The languages that have a file for a page, the reference language first. */
export function languagesOf(page: string): string[] {
  const found = Object.keys(files).flatMap((path) => {
    const [, language, name] = /\/locales\/([^/]+)\/([^/]+)\.json$/.exec(path) ?? []
    return language !== undefined && name === page ? [language] : []
  })
  return found.sort((a, b) => Number(b === 'fr') - Number(a === 'fr') || a.localeCompare(b))
}

/** The words of a language in some of its files: `await loadWords('fr', ['chat', 'conversation'])`. */
export async function loadWords(language: string, names: readonly string[]): Promise<Record<string, Words>> {
  const loaded = await Promise.all(
    names.map(async (name): Promise<[string, Words]> => [
      name,
      await (files[`../locales/${language}/${name}.json`]?.() ?? {}),
    ]),
  )
  return Object.fromEntries(loaded)
}

/** Loads what a page needs to speak a language. */
export const loadSpeech = async (language: string, names: readonly string[]): Promise<Speech> =>
  speech(language, await loadWords(language, names))
