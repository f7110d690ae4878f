import { Temporal } from 'temporal-polyfill'
import { dayOf, stretch, type DateSpan } from './span.ts'

type Day = Temporal.PlainDate

const on = (year: number, month: number, day: number): Day => Temporal.PlainDate.from({ year, month, day })

/** Easter Sunday of the Gregorian calendar (the "anonymous" algorithm, 1876). */
export function easter(year: number): Day {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const d = Math.floor(b / 4)
  const e = b % 4
  const g = Math.floor((8 * b + 13) / 25)
  const h = (19 * a + b - d - g + 15) % 30
  const i = Math.floor(c / 4)
  const k = c % 4
  const l = (32 + 2 * e + 2 * i - h - k) % 7
  const m = Math.floor((a + 11 * h + 22 * l) / 451)
  const n = h + l - 7 * m + 114
  return on(year, Math.floor(n / 31), (n % 31) + 1)
}

/** The `count`th weekday (1 = Monday) of a month. */
export function weekdayOfMonth(year: number, month: number, weekday: number, count: number): Day {
  const first = on(year, month, 1)
  return first.add({ days: ((weekday - first.dayOfWeek + 7) % 7) + 7 * (count - 1) })
}

/**
 * The first day of the lunar year, in Beijing's time. A table: calendars of the platform reckon the new
 * moon of 2027, four minutes before midnight, a day late.
 */
const LUNAR_NEW_YEARS: Record<number, readonly [month: number, day: number]> = {
  2024: [2, 10], 2025: [1, 29], 2026: [2, 17], 2027: [2, 6], 2028: [1, 26], 2029: [2, 13],
  2030: [2, 3], 2031: [1, 23], 2032: [2, 11], 2033: [1, 31], 2034: [2, 19], 2035: [2, 8],
} // prettier-ignore

/** Days that people name by a feast, in a year: those of Québec, and those that newcomers name. */
const FEASTS: Record<string, (year: number) => DateSpan | null> = {
  newYear: (year) => dayOf(on(year, 1, 1)),
  epiphany: (year) => dayOf(on(year, 1, 6)),
  orthodoxChristmas: (year) => dayOf(on(year, 1, 7)),
  lunarNewYear: (year) => {
    const first = LUNAR_NEW_YEARS[year]
    return first === undefined ? null : dayOf(on(year, ...first))
  },
  mothersDay: (year) => dayOf(weekdayOfMonth(year, 5, 7, 2)),
  fathersDay: (year) => dayOf(weekdayOfMonth(year, 6, 7, 3)),
  // the day after the fourth Thursday of November
  blackFriday: (year) => dayOf(weekdayOfMonth(year, 11, 4, 4).add({ days: 1 })),
  valentine: (year) => dayOf(on(year, 2, 14)),
  womensDay: (year) => dayOf(on(year, 3, 8)),
  saintPatrick: (year) => dayOf(on(year, 3, 17)),
  goodFriday: (year) => dayOf(easter(year).subtract({ days: 2 })),
  easter: (year) => dayOf(easter(year)),
  easterMonday: (year) => dayOf(easter(year).add({ days: 1 })),
  ascension: (year) => dayOf(easter(year).add({ days: 39 })),
  pentecost: (year) => dayOf(easter(year).add({ days: 49 })),
  // the Monday before 25 May
  patriots: (year) => dayOf(on(year, 5, 24).subtract({ days: on(year, 5, 24).dayOfWeek - 1 })),
  saintJean: (year) => dayOf(on(year, 6, 24)),
  canadaDay: (year) => dayOf(on(year, 7, 1)),
  bastille: (year) => dayOf(on(year, 7, 14)),
  labourDay: (year) => dayOf(weekdayOfMonth(year, 9, 1, 1)),
  thanksgiving: (year) => dayOf(weekdayOfMonth(year, 10, 1, 2)),
  halloween: (year) => dayOf(on(year, 10, 31)),
  allSaints: (year) => dayOf(on(year, 11, 1)),
  remembrance: (year) => dayOf(on(year, 11, 11)),
  christmasEve: (year) => dayOf(on(year, 12, 24)),
  christmas: (year) => dayOf(on(year, 12, 25)),
  boxingDay: (year) => dayOf(on(year, 12, 26)),
  newYearEve: (year) => dayOf(on(year, 12, 31)),
  // Schools in Québec begin in the last days of August, and rest a week around the first of March.
  backToSchool: (year) => stretch(on(year, 8, 27), on(year, 9, 7)),
  springBreak: (year) => stretch(on(year, 2, 27), on(year, 3, 8)),
  holidays: (year) => stretch(on(year, 12, 20), on(year + 1, 1, 5)),
}

export const feastIn = (name: string, year: number): DateSpan | null => FEASTS[name]?.(year) ?? null

/** Seasons begin between the weather's first day and the sky's, so that both are well met. */
const SEASONS: Record<string, readonly [month: number, day: number]> = {
  spring: [3, 13],
  summer: [6, 14],
  autumn: [9, 15],
  winter: [12, 14],
}

/** A season that begins in a year; winter ends in the next one. */
export function seasonOf(name: string, year: number): DateSpan | null {
  const begins = SEASONS[name]
  if (begins === undefined) return null
  const start = on(year, ...begins)
  return stretch(start, start.add({ months: 3 }).subtract({ days: 1 }))
}
