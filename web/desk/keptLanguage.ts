const key = 'parcours.desk.language'

/** The language chosen here before, or null; a browser that keeps nothing is no reason to fail. */
export function keptLanguage(): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

export function keepLanguage(language: string): void {
  try {
    localStorage.setItem(key, language)
  } catch {
    // Private windows may refuse; the choice then lasts as long as the page.
  }
}
