import type { Temporal } from 'temporal-polyfill'
import { speak } from './texts.ts'

/** Where Québec's clocks are set (quebec.md, section 5). */
const OFFICE_ZONE = 'America/Toronto'

const intlOf = (lang: string): string => speak(lang, 'language:intl')

/** A day with its weekday: "mardi 9 mars 2027", "Tuesday, March 9, 2027". */
export function dayText(lang: string, day: Temporal.PlainDate): string {
  const format = new Intl.DateTimeFormat(intlOf(lang), {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  })
  const date = new Date(Date.UTC(day.year, day.month - 1, day.day))
  return format
    .formatToParts(date)
    .map(({ type, value }) => (type === 'day' && value === '1' ? speak(lang, 'language:firstOfMonth') : value))
    .join('')
}

/** Made once a language: to make one takes as long as a tenth of a turn. */
const months = new Map<string, Intl.DateTimeFormat>()

/** A month: "mars 2027". */
export function monthText(lang: string, month: Temporal.PlainYearMonth): string {
  let format = months.get(lang)
  if (format === undefined)
    months.set(
      lang,
      (format = new Intl.DateTimeFormat(intlOf(lang), { month: 'long', year: 'numeric', timeZone: 'UTC' })),
    )
  return format.format(new Date(Date.UTC(month.year, month.month - 1, 1)))
}

/**
 * An hour with its place: "10 h, heure de Montréal", and when the person's zone is known and its
 * clocks differ then, "10 h, heure de Montréal (16 h chez vous)".
 */
export function hourText(lang: string, at: Temporal.Instant, theirZone?: string): string {
  const here = clockText(lang, at, OFFICE_ZONE)
  const theirs = theirZone === undefined ? here : clockText(lang, at, theirZone)
  if (theirs === here) return speak(lang, 'formats:hour.here', { here })
  return speak(lang, 'formats:hour.both', { here, theirs })
}

function clockText(lang: string, at: Temporal.Instant, zone: string): string {
  const format = new Intl.DateTimeFormat(intlOf(lang), { timeStyle: 'short', timeZone: zone })
  // "10 h 00" is written "10 h" (Office québécois de la langue française); English keeps "10:00 a.m."
  return format
    .format(new Date(at.epochMilliseconds))
    .replace(/(?<=\d\s?h)\s00$/u, '')
    .replace(/^0(?=\d\s?h)/u, '')
}

/** "a, b et c", or with `or` "a, b ou c". */
export const listText = (lang: string, items: readonly string[], joined: 'and' | 'or' = 'and'): string =>
  new Intl.ListFormat(intlOf(lang), { type: joined === 'and' ? 'conjunction' : 'disjunction' }).format(items)
