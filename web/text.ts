/** The words of one file of `locales/`, nested as they are written there. */
export interface Words {
  readonly [key: string]: string | Words
}

/** What fills the `{{placeholders}}` of a sentence; `count` also chooses its plural form. */
export type Params = Readonly<Record<string, string | number>>

/** Everything that a page says, in one language. */
export interface Speech {
  readonly language: string
  readonly direction: 'ltr' | 'rtl'
  /** The sentence under `<file>:<path>`. A key that is missing shows itself: ugly, but never silent. */
  say: (key: string, params?: Params) => string
  /** The same, or null if this language has no such key. */
  lookup: (key: string, params?: Params) => string | null
}

/** Primary subtags of the languages that are written from right to left (CLDR, scripts Arab, Hebr, Thaa, Nkoo). */
const RIGHT_TO_LEFT: ReadonlySet<string> = new Set('ar arc ckb dv fa he ks nqo prs ps sd syr ug ur yi'.split(' '))

export function directionOf(language: string): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.has(language.split('-')[0] ?? '') ? 'rtl' : 'ltr'
}

/**
 * Speaks one language out of its files (`{ chat: {…}, conversation: {…} }`). Placeholders are i18next's
 * `{{name}}`; a plural is `key_one`, `key_other`… by `Intl.PluralRules` on `count`. Nothing is escaped:
 * what comes out is text, and is only ever shown as text.
 */
export function speech(language: string, files: Readonly<Record<string, Words>>): Speech {
  const plurals = new Intl.PluralRules(language)

  function find(key: string): string | null {
    const colon = key.indexOf(':')
    let found: string | Words | undefined = files[key.slice(0, colon)]
    for (const part of key.slice(colon + 1).split('.')) {
      if (typeof found !== 'object') return null
      found = Object.hasOwn(found, part) ? found[part] : undefined
    }
    return typeof found === 'string' ? found : null
  }

  function lookup(key: string, params: Params = {}): string | null {
    const { count } = params
    const plural = typeof count === 'number' ? (find(`${key}_${plurals.select(count)}`) ?? find(`${key}_other`)) : null
    const sentence = plural ?? find(key)
    return sentence === null ? null : fill(sentence, params)
  }

  return {
    language,
    direction: directionOf(language),
    lookup,
    say: (key, params) => lookup(key, params) ?? key,
  }
}

function fill(sentence: string, params: Params): string {
  return sentence.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => String(params[name] ?? whole))
}

/**
 * The best of the languages we have for a list of wishes such as `navigator.languages`: exact, else
 * its primary part, else the first we have.
 */
export function chooseLanguage(available: readonly string[], wishes: readonly (string | null)[]): string {
  for (const wish of wishes) {
    if (wish === null) continue
    const exact = available.find((language) => language.toLowerCase() === wish.toLowerCase())
    const primary = wish.toLowerCase().split('-')[0]
    const found = exact ?? available.find((language) => language.toLowerCase().split('-')[0] === primary)
    if (found !== undefined) return found
  }
  return available[0] ?? 'fr'
}

/** The name of a language in itself, with a capital: "Français", "English", "العربية". */
export function nativeName(language: string): string {
  const name = new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language
  return name.slice(0, 1).toLocaleUpperCase(language) + name.slice(1)
}
