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

/** Loads what a page needs to speak a language: `await loadSpeech('fr', ['chat', 'conversation'])`. */
export async function loadSpeech(language: string, names: readonly string[]): Promise<Speech> {
  const loaded = await Promise.all(
    names.map(async (name): Promise<[string, Words]> => [
      name,
      await (files[`../locales/${language}/${name}.json`]?.() ?? {}),
    ]),
  )
  return speech(language, Object.fromEntries(loaded))
}
