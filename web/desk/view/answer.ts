import { calendarDay, languageName } from './times.ts'

/** The sentence under a key, or null if the language has none. */
export type Lookup = (key: string) => string | null

/** Which question was answered: its step's name, in which dialog. */
export interface Question {
  dialog: string
  name: string
}

/**
 * An answer of the file as an agent reads it: the words of the choice the person picked, dates as
 * dates, yes and no, lists joined. A value of an unknown kind is shown as it is kept, never hidden.
 */
export function answerText(language: string, question: Question, value: unknown, lookup: Lookup): string {
  if (value === null || value === undefined) return lookup('desk:file.none') ?? '—'
  if (typeof value === 'boolean') {
    return lookup(value ? 'desk:file.yes' : 'desk:file.no') ?? String(value)
  }
  if (typeof value === 'number') return new Intl.NumberFormat(`${language}-CA`).format(value)
  if (typeof value === 'string') return wordText(language, question, value, lookup)
  if (Array.isArray(value)) {
    const parts = value.map((part: unknown) => answerText(language, question, part, lookup))
    return new Intl.ListFormat(language).format(parts)
  }
  return Object.entries(value)
    .map(([key, part]) => {
      const label = lookup(`desk:part.${key}`)
      const text = answerText(language, question, part, lookup)
      return label === null ? text : `${label} ${text}`
    })
    .join(', ')
}

/** The name of a question as the agent reads it, e.g. "Jour d'arrivée". */
export function answerLabel({ dialog, name }: Question, lookup: Lookup): string {
  return lookup(`${dialog}:${name}.label`) ?? name
}

function wordText(language: string, { dialog, name }: Question, value: string, lookup: Lookup): string {
  const choice = lookup(`${dialog}:${name}.choices.${value}`)
  if (choice !== null) return choice
  if (name === 'language') return languageName(language, value)
  if (name === 'country') return new Intl.DisplayNames(language, { type: 'region' }).of(value) ?? value
  if (name === 'spoken')
    return new Intl.ListFormat(language).format(value.split(',').map((code) => languageName(language, code)))
  if (name === 'destination') return placeText(dialog, value, lookup)
  return calendarDay(language, value) ?? value
}

/** "01/Rimouski" is a town in its region, "01" the region alone. */
function placeText(dialog: string, value: string, lookup: Lookup): string {
  const [region = '', town] = value.split('/')
  const name = lookup(`${dialog}:destination.regions.${region}`) ?? region
  return town === undefined ? name : `${town} (${name})`
}
