import { flat } from '../normalise.ts'
import { Temporal } from 'temporal-polyfill'
import { exact } from './calendar.ts'
import type { Cursor, Parsed } from './cursor.ts'
import { dayOf, monthOf, type DateSpan } from './span.ts'

type Day = Temporal.PlainDate

/** A day of the month in figures or words: "15", "quinze", "twenty first", "vingt et un". */
export function dayNumberAt(c: Cursor, i: number): { day: number; next: number } | null {
  const one = c.number(i, 'ordinal', 'number')
  // "repoussé à juin" has no first of June in it.
  if (one === undefined || one < 1 || /^an?$/.test(flat(c.symbols[i]?.text ?? ''))) return null
  // "march twenty one"
  const more = one === 20 || one === 30 ? c.number(i + 1, 'ordinal', 'number') : undefined
  const spelled = /^\p{L}/u.test(c.symbols[i]?.text ?? '')
  if (spelled && more !== undefined && more < 10 && one + more <= 31) return { day: one + more, next: i + 2 }
  return one <= 31 ? { day: one, next: i + 1 } : null
}

/** The next day (or, told of the past, the last) with this number. */
export function nextWithNumber(c: Cursor, number: number): Day | null {
  for (const more of c.past ? [0, -1, -2] : [0, 1, 2]) {
    const month = c.today.toPlainYearMonth().add({ months: more })
    if (number > month.daysInMonth) continue
    const day = month.toPlainDate({ day: number })
    const order = Temporal.PlainDate.compare(day, c.today)
    if (c.past ? order <= 0 : order >= 0) return day
  }
  return null
}

export function dayAlone(c: Cursor, number: number): readonly DateSpan[] | null {
  const day = nextWithNumber(c, number)
  return day === null ? null : [dayOf(day)]
}

/** A day of a month in the year said, or else the next to come (the last gone, told of the past). */
export function dayInYear(c: Cursor, day: number, month: number, year: number | undefined): Day | null {
  if (year !== undefined) return exact(year, month, day)
  const years = c.past ? [0, -1, -2, -3, -4] : [0, 1, 2, 3, 4]
  for (const more of years) {
    const found = exact(c.today.year + more, month, day)
    if (found === null) continue
    const order = Temporal.PlainDate.compare(found, c.today)
    if (c.past ? order <= 0 : order >= 0) return found
  }
  return null
}

export function daysFound(days: readonly (Day | null)[], next: number): Parsed | null {
  const real = days.filter((day) => day !== null)
  return real.length === 0 ? null : { spans: real.map(dayOf), next }
}

export function eachSpan(parsed: Parsed, change: (span: DateSpan) => DateSpan): Parsed {
  return { ...parsed, spans: parsed.spans.map(change) }
}

export function yearAfter(c: Cursor, at: number): { year: number; next: number } | null {
  const from = c.skip(c.skipMark(at), 'of')
  const year = c.number(from, 'year')
  if (year !== undefined) return { year, next: from + 1 }
  // "15 mars 27"
  const short = c.number(at, 'number')
  const text = c.symbols[at]?.text ?? ''
  if (
    short !== undefined &&
    /^\d\d$/.test(text) &&
    short >= 24 &&
    short <= 40 &&
    !c.is(at + 1, 'unit', 'time', 'month')
  )
    return { year: 2000 + short, next: at + 1 }
  return null
}

/** A number that could be a day, where another end will say of which month. */
export function bareDayAt(c: Cursor, i: number): Parsed | null {
  const day = c.number(i, 'ordinal', 'number')
  if (day === undefined || day < 1 || day > 31 || c.is(i + 1, 'unit')) return null
  const spans = dayAlone(c, day)
  return spans === null ? null : { spans, next: i + 1, bare: day }
}

/** "le 12", "the 12th": a number that something says to be a day. */
export function dayNumberLed(c: Cursor, i: number): Parsed | null {
  const day = dayNumberAt(c, i)
  if (day === null) return null
  const ordinal = c.is(i, 'ordinal') && /^\d/.test(c.symbols[i]?.text ?? '')
  const led = /(?:^| )(?:le|l|the|el|au|du)$/i.test(c.symbols[i - 1]?.text.replaceAll("'", ' ') ?? '')
  const spelled = /^\p{L}/u.test(c.symbols[i]?.text ?? '')
  if (!led && !(ordinal && !spelled)) return null
  if (c.countsUnits(day.next) || c.is(day.next, 'month', 'weekday') || /^[%$€°]$/.test(c.symbols[day.next]?.text ?? ''))
    return null
  // "le premier", "the first", said of anything
  if (spelled && c.is(i, 'ordinal') && c.symbols[day.next] !== undefined) return null
  const spans = dayAlone(c, day.day)
  return spans === null ? null : { spans, next: day.next, bare: day.day }
}

/** Figures alone: 2027-03-15, 15/03/2027, 3/4. */
export function writtenAt(c: Cursor, i: number): Parsed | null {
  const iso = c.word(i, 'iso')
  if (iso !== undefined) {
    const [y = 0, m = 0, d = 0] = iso.split(/[-/.]/).map(Number)
    return daysFound([exact(y, m, d)], i + 1)
  }
  const month = c.word(i, 'yearMonth') ?? c.word(i, 'monthYear')
  if (month !== undefined) {
    const [a = 0, b = 0] = month.split(/[-/.]/).map(Number)
    const [y, m] = a > 1000 ? [a, b] : [b, a]
    return m >= 1 && m <= 12 ? { spans: [monthOf(y, m)], next: i + 1 } : null
  }
  const numeric = c.word(i, 'numeric')
  if (numeric === undefined) return null
  // "15.03" is a price as well
  const dotted = /^\d{1,2}\.\d\d$/.test(numeric)
  if (dotted && c.symbols.length > 1 && !c.is(i - 1, 'the', 'by', 'from', 'before', 'after')) return null
  const [a = 0, b = 0, year] = numeric.split(/[-/.]/).map(Number)
  const y = year === undefined ? undefined : year < 100 ? 2000 + year : year
  const both = [dayInYear(c, a, b, y), dayInYear(c, b, a, y)].filter((day) => day !== null)
  const distinct = both.filter((day, k) => both.findIndex((one) => one.equals(day)) === k)
  return daysFound(distinct, i + 1)
}
