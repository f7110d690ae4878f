import { Temporal } from 'temporal-polyfill'
import { flat } from '../normalise.ts'
import { moved } from './calendar.ts'
import { ARTICLE, type Cursor, type Parsed, type Count } from './cursor.ts'
import { dayAndMonthAt } from './months.ts'
import { eachSpan } from './numbers.ts'
import { around, dayOf, endOf, monthOf, startOf, stretch } from './span.ts'

type Day = Temporal.PlainDate

/** How many: "3", "deux ou trois", "2-3", "une dizaine de". */
export function countAt(c: Cursor, i: number): Count | null {
  const at = c.skip(i, 'around', 'the')
  // "half a year"
  if (c.is(at, 'half') && ARTICLE.test(flat(c.symbols[at + 1]?.text ?? '')))
    return { low: 0, high: 0, next: at + 2, half: true }
  const low = c.number(at, 'number')
  if (low === undefined) return c.word(at, 'unit') === 'fortnight' ? { low: 1, high: 1, next: at } : null
  const joint = /^[-–—]$/.test(c.symbols[at + 1]?.text ?? '') || c.is(at + 1, 'or', 'to')
  const high = joint ? c.number(at + 2, 'number') : undefined
  if (high !== undefined && high > low) return { low, high, next: at + 3 }
  return { low, high: low, next: c.skip(at + 1, 'of') }
}

export function inUnits(c: Cursor, { low, high, next: at, half }: Count, sign: 1 | -1): Parsed | null {
  const unit = c.word(at, 'unit')
  if (unit === undefined || unit === 'weekend' || unit === 'quarter' || unit === 'hour' || high > 400) return null
  const from = moved(c.today, low * sign, unit)
  const to = moved(c.today, high * sign, unit)
  const next = at + 1
  // "un mois et demi"
  if (half || c.is(next, 'andHalf')) return andHalf(from, unit, sign, half ? next : next + 1)
  if (low !== high) return { spans: [sign > 0 ? stretch(from, to) : stretch(to, from)], next }
  if (unit === 'month' || unit === 'year') return { spans: [monthOf(from.year, from.month)], next }
  return { spans: [dayOf(from)], next }
}

/** Half a unit more than a day that was counted out. */
export function andHalf(from: Day, unit: string, sign: 1 | -1, next: number): Parsed | null {
  if (unit === 'year') {
    const month = from.add({ months: 6 * sign })
    return { spans: [monthOf(month.year, month.month)], next }
  }
  const days = unit === 'month' ? 15 : unit === 'fortnight' ? 7 : unit === 'week' ? 3 : null
  return days === null ? null : { spans: [around(from.add({ days: days * sign }))], next }
}

/** "d'ici dix jours": ten days are the most. */
export function soonAt(c: Cursor, i: number): Parsed | null {
  const count = c.is(i, 'ordinal') ? null : countAt(c, i)
  return count === null ? null : inUnits(c, count, 1)
}

/** "dans 48 h": two days. */
export function inHours(c: Cursor, i: number): Parsed | null {
  const hours = Number(/^(\d{2,3})\s?h/.exec(c.word(i, 'time') ?? '')?.[1] ?? c.number(i, 'number') ?? 0)
  const said = c.is(i, 'time') || c.word(i + 1, 'unit') === 'hour'
  if (!said || hours < 24 || hours > 24 * 14) return null
  const next = c.is(i, 'time') ? i + 1 : i + 2
  return { spans: [dayOf(c.today.add({ days: Math.round(hours / 24) }))], next }
}

/** "dans les deux prochaines semaines", "in the next 3 weeks": any day from now to then. */
export function inComingUnits(c: Cursor, i: number): Parsed | null {
  const led = c.is(i, 'nextBefore', 'next')
  const count = c.number(led ? i + 1 : i, 'number')
  if (count === undefined) return null
  const at = led ? i + 2 : c.is(i + 1, 'next', 'nextBefore') ? i + 2 : null
  const unit = at === null ? undefined : c.word(at, 'unit')
  if (at === null || unit === undefined || unit === 'weekend') return null
  return { spans: [stretch(c.today, moved(c.today, count, unit))], next: at + 1 }
}

/** "il y a deux ans en septembre", "ça fera un an le 30 juin": that day or month, so many years back. */
export function anniversary(c: Cursor, { low, high, next }: Count): Parsed | null {
  if (low !== high || c.word(next, 'unit') !== 'year') return null
  const at = c.skip(c.skip(next + 1, 'agoAfter'), 'within', 'the', 'of')
  const month = c.number(at, 'month')
  if (month !== undefined) return { spans: [monthOf(c.today.year - low, month)], next: at + 1 }
  const day = dayAndMonthAt(c, at)
  const [span] = day?.spans ?? []
  const on = span === undefined ? null : startOf(span)
  if (day === null || on === null) return null
  const coming = Temporal.PlainDate.compare(on, c.today) < 0 ? on.add({ years: 1 }) : on
  return { spans: [dayOf(coming.subtract({ years: low }))], next: day.next }
}

/** "dans deux semaines", "in 3 months", "il y a 3 semaines", "two days ago", "10 days from now". */
export function inUnitsAt(c: Cursor, i: number): Parsed | null {
  if (c.is(i, 'coming')) {
    const count = countAt(c, c.skip(i + 1, 'around', 'the'))
    const most = count === null ? null : inUnits(c, count, 1)
    return most === null ? null : eachSpan(most, (span) => stretch(c.today, endOf(span)))
  }
  if (c.is(i, 'within')) {
    const at = c.skip(i + 1, 'around', 'the')
    const hours = inHours(c, at)
    if (hours !== null) return hours
    const coming = inComingUnits(c, at)
    if (coming !== null) return coming
    const count = countAt(c, at)
    return count === null ? null : inUnits(c, count, 1)
  }
  if (c.is(i, 'ago')) {
    const count = countAt(c, c.skip(i + 1, 'around'))
    return count === null ? null : (anniversary(c, count) ?? inUnits(c, count, -1))
  }
  const count = countAt(c, i)
  if (count === null) return null
  const ahead = inUnits(c, count, 1)
  if (ahead === null) return null
  if (c.is(ahead.next, 'agoAfter')) {
    const behind = anniversary(c, { ...count, next: count.next }) ?? inUnits(c, count, -1)
    return behind === null ? null : { ...behind, next: Math.max(behind.next, ahead.next + 1) }
  }
  if (c.is(ahead.next, 'later')) return { ...ahead, next: ahead.next + 1 }
  // "10 jours à partir du 12": a stay
  if (c.is(ahead.next, 'from') && !/^from$/i.test(c.symbols[ahead.next]?.text ?? '')) {
    const first = c.closed(c.skip(ahead.next + 1, 'the', 'of'))
    const begins = first?.spans[0]?.grain === 'day' ? startOf(first.spans[0]) : null
    return first === null || begins === null ? null : { spans: [dayOf(begins)], next: first.next }
  }
  // "a week from tuesday", "deux jours après Noël", "une semaine avant Pâques"
  const onWeekday = /^on$/i.test(c.symbols[ahead.next]?.text ?? '') && c.is(ahead.next + 1, 'weekday')
  const after = onWeekday || c.is(ahead.next, 'from', 'after')
  if (!after && !c.is(ahead.next, 'before')) return null
  const inner = c.closed(c.skip(ahead.next + 1, 'the', 'of'))
  const [base] = inner?.spans ?? []
  const start = base?.grain === 'day' ? startOf(base) : null
  if (inner === null || start === null) return null
  const unit = c.word(count.next, 'unit') ?? 'day'
  if (unit === 'hour' || unit === 'quarter') return null
  return { spans: [dayOf(moved(start, count.low * (after ? 1 : -1), unit))], next: inner.next }
}
