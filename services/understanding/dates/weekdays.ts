import { Temporal } from 'temporal-polyfill'
import { flat } from '../normalise.ts'
import { countAt } from './counts.ts'
import { ARTICLE, type Cursor, type Parsed } from './cursor.ts'
import { dayAndMonthAt } from './months.ts'
import { nextWithNumber, writtenAt } from './numbers.ts'
import { feastAt } from './seasons.ts'
import { dayOf, mondayOf } from './span.ts'
import { relativeWeek } from './units.ts'

type Day = Temporal.PlainDate

/** "mardi", "mardi en huit", "next Friday", "mardi 9 mars". */
export function weekdayAt(c: Cursor, i: number): Parsed | null {
  const before = ['this', 'nextBefore', 'last'].find((kind) => c.is(i, kind))
  const at = before === undefined ? i : i + 1
  const weekday = c.number(at, 'weekday')
  const today = c.today
  if (weekday === undefined) return weekThenWeekday(c, i)
  let next = at + 1
  // "mardi 9 mars", "Tuesday, March 9": the weekday only goes with it.
  const from = c.skip(c.skipMark(next), 'the')
  const dated = dayAndMonthAt(c, from) ?? writtenAt(c, from)
  if (dated !== null) return dated
  // "le dimanche de Pâques"
  const feast = feastAt(c, c.skip(next, 'of', 'the'))
  if (feast !== null) return feast
  const number = ARTICLE.test(flat(c.symbols[from]?.text ?? '')) ? undefined : c.number(from, 'ordinal', 'number')
  if (number !== undefined && number <= 31 && before === undefined && !c.is(from + 1, 'unit', 'time')) {
    const found = weekdayNumbered(c, weekday, number)
    if (found !== null) return { spans: [dayOf(found)], next: from + 1 }
  }
  const ahead = (weekday - today.dayOfWeek + 7) % 7
  const coming = today.add({ days: ahead === 0 ? 7 : ahead })
  const behind = (today.dayOfWeek - weekday + 7) % 7
  const gone = today.subtract({ days: behind === 0 ? 7 : behind })
  if (c.is(next, 'inEight')) return { spans: [dayOf(coming.add({ weeks: 1 }))], next: next + 1 }
  if (c.is(next, 'inFifteen')) return { spans: [dayOf(coming.add({ weeks: 2 }))], next: next + 1 }
  if (c.is(next, 'afterNext')) return { spans: [dayOf(coming.add({ weeks: 1 }))], next: next + 1 }
  // "mercredi dans deux semaines"
  const later = c.is(next, 'within') ? countAt(c, c.skip(next + 1, 'the')) : null
  if (later !== null && later.low === later.high && c.word(later.next, 'unit') === 'week') {
    const day = (ahead === 0 ? today : coming).add({ weeks: later.low })
    return { spans: [dayOf(day)], next: later.next + 1 }
  }
  const week = relativeWeek(c, c.skip(next, 'of', 'the'))
  if (week !== null) return { spans: [dayOf(week.monday.add({ days: weekday - 1 }))], next: week.next }
  if (c.word(next, 'unit') === 'week') return { spans: [dayOf(coming.add({ weeks: 1 }))], next: next + 1 }
  if (before === 'last' || c.is(next, 'last'))
    return { spans: [dayOf(gone)], next: before === 'last' ? next : next + 1 }
  if (before === 'this') return { spans: [dayOf(ahead === 0 ? today : coming)], next }
  if (c.is(next, 'next')) return { spans: [dayOf(coming)], next: next + 1 }
  if (before === 'nextBefore') {
    // Said of a day that is still to come in this week, "next" may mean the week after.
    const sameWeek = Temporal.PlainDate.compare(mondayOf(coming), mondayOf(today)) === 0
    return { spans: sameWeek ? [dayOf(coming), dayOf(coming.add({ weeks: 1 }))] : [dayOf(coming)], next }
  }
  return { spans: [dayOf(c.past ? gone : coming)], next }
}

/** "next week Tuesday". */
export function weekThenWeekday(c: Cursor, i: number): Parsed | null {
  const week = relativeWeek(c, i)
  if (week === null) return null
  const at = c.skip(c.skipMark(week.next), 'the')
  const weekday = c.number(at, 'weekday')
  return weekday === undefined ? null : { spans: [dayOf(week.monday.add({ days: weekday - 1 }))], next: at + 1 }
}

/** The first day to come with this number that is this weekday; the number alone when none is near. */
export function weekdayNumbered(c: Cursor, weekday: number, number: number): Day | null {
  const months = c.past ? [0, -1, -2, -3] : [0, 1, 2, 3, 4, 5]
  for (const more of months) {
    const month = c.today.toPlainYearMonth().add({ months: more })
    if (number > month.daysInMonth) continue
    const day = month.toPlainDate({ day: number })
    const order = Temporal.PlainDate.compare(day, c.today)
    if (day.dayOfWeek === weekday && (c.past ? order <= 0 : order >= 0)) return day
  }
  return nextWithNumber(c, number)
}
