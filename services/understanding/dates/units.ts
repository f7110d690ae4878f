import type { Temporal } from 'temporal-polyfill'
import { exact } from './calendar.ts'
import type { Cursor, Parsed } from './cursor.ts'
import { mondayOf, monthOf, startOf, stretch, type DateSpan } from './span.ts'

type Day = Temporal.PlainDate

/** "la semaine prochaine", "ce mois-ci", "next year", "ce week-end", and a bare "mois" or "année" after a part of it. */
export function unitAt(c: Cursor, i: number): Parsed | null {
  const before = ['this', 'nextBefore', 'last'].find((kind) => c.is(i, kind))
  const at = c.skip(before === undefined ? i : i + 1, 'the')
  const unit = c.word(at, 'unit')
  if (unit === undefined || unit === 'day' || unit === 'fortnight') return null
  let next = at + 1
  let shift = before === 'nextBefore' ? 1 : before === 'last' ? -1 : 0
  const follows =
    c.is(next, 'next') || (unit === 'year' && c.is(next, 'after') && !c.is(next, 'last') && !c.is(next + 1, 'holiday'))
  const after = c.is(next, 'afterNext') ? 2 : follows ? 1 : c.is(next, 'last') ? -1 : undefined
  if (after !== undefined) [shift, next] = [after, next + 1]
  // "ce mois-ci"
  if (c.symbols[next]?.text === '-' && /^ci$/i.test(c.symbols[next + 1]?.text ?? '')) next += 2
  else if (/^ci$/i.test(c.symbols[next]?.text ?? '')) next += 1
  const isPart = c.is(c.skipBack(i), 'part') || c.is(i - 1, 'part', 'half', 'unit', 'within')
  if (before === undefined && after === undefined && !isPart) return null
  return { spans: [spanOfUnit(c, unit, shift, before === 'nextBefore')], next }
}

export function spanOfUnit(c: Cursor, unit: string, shift: number, nextBefore: boolean): DateSpan {
  const today = c.today
  if (unit === 'year') {
    const year = today.year + shift
    return stretch(exact(year, 1, 1), exact(year, 12, 31))
  }
  if (unit === 'month') {
    const month = today.toPlainYearMonth().add({ months: shift })
    return monthOf(month.year, month.month)
  }
  const monday = mondayOf(today)
  if (unit === 'week') {
    const start = monday.add({ weeks: shift })
    return stretch(start, start.add({ days: 6 }))
  }
  // A weekend that is said to be next, before its days have begun, is the coming one in French.
  const weekend = today.dayOfWeek >= 6 || nextBefore || shift < 0 ? shift : 0
  const saturday = monday.add({ days: 5, weeks: weekend })
  return stretch(saturday, saturday.add({ days: 1 }))
}

export function monthOfUnit(c: Cursor, i: number): { span: DateSpan; next: number } | null {
  const unit = unitAt(c, i)
  const [span] = unit?.spans ?? []
  return unit !== null && span?.grain === 'month' ? { span, next: unit.next } : null
}

/** The week that words say, seen from today's. */
export function relativeWeek(c: Cursor, i: number): { monday: Day; next: number } | null {
  const before = c.is(i, 'this') ? 0 : c.is(i, 'nextBefore') ? 1 : c.is(i, 'last') ? -1 : undefined
  const at = before === undefined ? i : i + 1
  if (c.word(at, 'unit') !== 'week') return null
  let next = at + 1
  let shift = before
  if (c.is(next, 'afterNext')) [shift, next] = [2, next + 1]
  else if (shift === undefined && c.is(next, 'next')) [shift, next] = [1, next + 1]
  else if (shift === undefined && c.is(next, 'last')) [shift, next] = [-1, next + 1]
  return shift === undefined ? null : { monday: mondayOf(c.today).add({ weeks: shift }), next }
}

/** "(mars) de l'année prochaine", "next year". */
export function relativeYear(c: Cursor, at: number): { year: number; next: number } | null {
  const from = c.skip(at, 'of', 'the')
  const unit = unitAt(c, from)
  if (unit === null) return null
  const [span] = unit.spans
  const start = span === undefined ? null : startOf(span)
  const isYear = start !== null && start.month === 1 && start.day === 1 && span?.end === `${start.year}-12-31`
  return isYear ? { year: start.year, next: unit.next } : null
}

/** "(le dernier vendredi) du mois": of this one. */
export function thisMonthAt(c: Cursor, i: number): Parsed | null {
  return c.word(i, 'unit') === 'month' ? { spans: [spanOfUnit(c, 'month', 0, false)], next: i + 1 } : null
}
