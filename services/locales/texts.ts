import i18next, { type i18n as I18n } from 'i18next'
import { readCatalogs } from './files.ts'
import { typeset } from './typeset.ts'

/** What fills the `{{places}}` of a sentence. */
export type Params = Readonly<Record<string, string | number>>

/** The language whose files are complete by definition: the others are checked against it. */
export const REFERENCE = 'fr'

const catalogs = readCatalogs(new URL('../../locales/', import.meta.url))

/** The languages shipped, the reference first: the folders of `locales/`. */
export const languages: readonly string[] = [...catalogs.keys()].sort(
  (a, b) => Number(b === REFERENCE) - Number(a === REFERENCE) || a.localeCompare(b),
)

/** The shipped language of a locale such as `fr-CA`. Undefined: none that ships. */
export function shippedLanguage(locale: unknown): string | undefined {
  const language = typeof locale === 'string' ? locale.slice(0, 35).split(/[-_]/)[0]?.toLowerCase() : undefined
  return language !== undefined && languages.includes(language) ? language : undefined
}

const i18n = prepare()

function prepare(): I18n {
  const instance = i18next.createInstance()
  void instance.init({
    initAsync: false,
    resources: Object.fromEntries(catalogs),
    ns: Object.keys(catalogs.get(REFERENCE) ?? {}),
    fallbackLng: REFERENCE,
    interpolation: { escapeValue: false },
  })
  return instance
}

/** Under test a missing text is a fault to show at once; in service a French sentence is better than none. */
const strict = (): boolean => process.env['NODE_ENV'] === 'test'

/** Whether `lang` has its own text at `key`. */
export const has = (lang: string, key: string): boolean => i18n.exists(key, { lng: lang, fallbackLng: false })

/**
 * The sentence `key` (`<file>:<path>`) in `lang`, its places filled. A `count` parameter chooses the
 * plural form. A text that `lang` lacks is said in French; under test (`NODE_ENV=test`) it throws.
 * A text that French lacks too always throws.
 */
export function speak(lang: string, key: string, params?: Params): string {
  if (params !== undefined) return sayWith(lang, key, params)
  const place = `${lang} ${key}`
  let said = fixed.get(place)
  if (said === undefined) fixed.set(place, (said = sayWith(lang, key, {})))
  return said
}

/** Sentences without places, as they were first said: a file of `locales/` does not change while we run. */
const fixed = new Map<string, string>()

function sayWith(lang: string, key: string, params: Params): string {
  const known = i18n.exists(key, { lng: lang, fallbackLng: strict() ? false : REFERENCE, ...params })
  if (!known) throw new Error(`no text "${key}" in ${lang}`)
  return typeset(lang, String(i18n.t(key, { lng: lang, ...params })))
}

/** The texts at `key`: a list, or one text as a list of one; empty when there is none in `lang`. */
export function phrases(lang: string, key: string): string[] {
  if (!has(lang, key)) return []
  const found: unknown = i18n.t(key, { lng: lang, returnObjects: true })
  if (typeof found === 'string') return [found]
  return Array.isArray(found) ? found.filter((text) => typeof text === 'string') : []
}

/** Which way `lang` is written. */
export const directionOf = (lang: string): 'ltr' | 'rtl' =>
  speak(lang, 'language:direction') === 'rtl' ? 'rtl' : 'ltr'

/** What `lang` calls itself: `Français`. */
export const nameOf = (lang: string): string => speak(lang, 'language:name')
