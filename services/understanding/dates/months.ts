import { flat } from '../normalise.ts'
import { spansOf, exact } from './calendar.ts'
import { ARTICLE, type Cursor, type Parsed } from './cursor.ts'
import { seasonOf } from './feasts.ts'
import { dayNumberAt, dayAlone, dayInYear, daysFound, yearAfter } from './numbers.ts'
import { monthOf, startOf } from './span.ts'
import { monthOfUnit, relativeYear } from './units.ts'

/** "15 mars 2027", "March 15th", "the fifteenth of March". */
export function dayAndMonthAt(c: Cursor, i: number): Parsed | null {
  const number = dayNumberAt(c, i)
  if (number !== null) {
    let at = c.skip(number.next, 'of')
    at = c.skipMark(at)
    const month = c.number(at, 'month')
    if (month !== undefined) return withYear(c, number.day, month, at + 1)
    const ofMonth = c.skip(number.next, 'of', 'the')
    if (
      ofMonth > number.next &&
      c.word(ofMonth, 'unit') === 'month' &&
      !c.is(ofMonth + 1, 'next', 'last', 'afterNext', 'after')
    ) {
      const spans = dayAlone(c, number.day)
      return spans === null ? null : { spans, next: ofMonth + 1 }
    }
    const relative = monthOfUnit(c, ofMonth)
    if (relative !== null && number.next < relative.next) {
      const first = startOf(relative.span)
      return first === null ? null : daysFound([exact(first.year, first.month, number.day)], relative.next)
    }
  }
  const month = c.number(i, 'month')
  if (month === undefined) return null
  const at = c.skip(c.skipMark(i + 1), 'the')
  // "en mars à Rimouski" has no first of March in it.
  const day = ARTICLE.test(flat(c.symbols[at]?.text ?? '')) ? null : dayNumberAt(c, at)
  if (day === null || c.countsUnits(day.next) || c.is(day.next, 'month')) return null
  return withYear(c, day.day, month, day.next)
}

export function withYear(c: Cursor, day: number, month: number, at: number): Parsed | null {
  const year = yearAfter(c, at)
  const relative = year === null ? relativeYear(c, at) : null
  const date = dayInYear(c, day, month, year?.year ?? relative?.year)
  return daysFound([date], year?.next ?? relative?.next ?? at)
}

/** "mars", "en mars 2027", "next March", "mars prochain". */
export function monthAt(c: Cursor, i: number): Parsed | null {
  const before = ['this', 'nextBefore', 'last'].find((kind) => c.is(i, kind))
  const at = before !== undefined && c.number(i + 1, 'month') !== undefined ? i + 1 : i
  const month = c.number(at, 'month')
  if (month === undefined) return null
  // "coming jan 6": somebody comes, on a day.
  const dated = at > i ? dayAndMonthAt(c, at) : null
  if (dated !== null) return dated
  const text = c.symbols[at]?.text.toLowerCase() ?? ''
  const year = yearAfter(c, at + 1) ?? relativeYear(c, at + 1)
  if (year !== null) return { spans: [monthOf(year.year, month)], next: year.next }
  if (c.unclear.unclearMonths.has(text) && at === i && !c.isLed(i) && !standsAlone(c, i)) return null
  const { today } = c
  const past = c.past || c.is(at + 1, 'last') || (at > i && before === 'last')
  const next = c.is(at + 1, 'last', 'next') ? at + 2 : at + 1
  const shift = past ? -Number(month > today.month) : Number(month < today.month)
  const skipsThis = before === 'nextBefore' && at > i && month === today.month
  return { spans: [monthOf(today.year + shift + Number(skipsThis), month)], next }
}

/** "next year in the fall", "l'an prochain en mars": the year is said first. */
export function inYearSaidFirst(c: Cursor, i: number): Parsed | null {
  const year = relativeYear(c, i)
  if (year === null) return null
  const at = c.skip(c.skipMark(year.next), 'within', 'the', 'of')
  const month = c.number(at, 'month')
  if (month !== undefined) return { spans: [monthOf(year.year, month)], next: at + 1 }
  const season = c.word(at, 'season')
  if (season === undefined) return null
  return { spans: spansOf(seasonOf(season, year.year - Number(season === 'winter'))), next: at + 1 }
}

/** An everyday word that is a month here: it is all that a sentence says, or another month follows ("may or june"). */
function standsAlone(c: Cursor, i: number): boolean {
  const isMark = (at: number): boolean => /^[.!?]$/.test(c.symbols[at]?.text ?? '.')
  if (isMark(i - 1) && isMark(i + 1)) return true
  return c.is(i + 1, 'or', 'to') && c.number(i + 2, 'month') !== undefined
}
