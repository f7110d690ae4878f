import { Temporal } from 'temporal-polyfill'
import { dayText, has, listText, monthText, REFERENCE, speak } from '../../services/locales/index.ts'
import type { Asking, Say, Shown, ShownParams } from './say.ts'

/** A message as a channel is given it. Pressing a choice sends its `title`. */
export interface Rendered {
  text: string
  choices: { title: string; value: string }[]
  asking?: { name: string; change?: string; step?: number; of?: number }
}

/** A say in words. Throws when a text is missing (see `speak`). */
export function render({ key, params, choices = [], asking }: Say, lang: string): Rendered {
  return {
    text: speak(lang, key, renderParams(params, lang)),
    choices: choices.map(({ value, label }) => ({ title: renderShown(label, lang), value })),
    ...(asking === undefined ? {} : { asking: renderAsking(asking, lang) }),
  }
}

const renderAsking = ({ name, change, progress }: Asking, lang: string): NonNullable<Rendered['asking']> => ({
  name,
  ...(change === undefined ? {} : { change: renderShown(change, lang) }),
  ...progress,
})

const renderParams = (params: ShownParams | undefined, lang: string): Record<string, string | number> | undefined =>
  params &&
  Object.fromEntries(
    Object.entries(params).map(([name, shown]) => [name, typeof shown === 'number' ? shown : renderShown(shown, lang)]),
  )

/** One place of a sentence in words. */
export function renderShown(shown: Shown, lang: string): string {
  if (typeof shown === 'string') return shown
  if (typeof shown === 'number') return String(shown)
  if ('day' in shown) return renderDay(shown.day, lang)
  if ('key' in shown) return speak(lang, shown.key, renderParams(shown.params, lang))
  if ('byLanguage' in shown) return shown.byLanguage[lang] ?? shown.byLanguage[REFERENCE] ?? ''
  if ('lines' in shown) return shown.lines.map((line) => render(line, lang).text).join('\n')
  return listText(
    lang,
    shown.list.map((item) => renderShown(item, lang)),
    shown.joined,
  )
}

const renderDay = (day: string, lang: string): string =>
  day.length === 'YYYY-MM'.length
    ? monthText(lang, Temporal.PlainYearMonth.from(day))
    : dayText(lang, Temporal.PlainDate.from(day))

/** Whether a text exists in the reference language: for texts that a dialog may have or not. */
export const written = (key: string): boolean => has(REFERENCE, key)
