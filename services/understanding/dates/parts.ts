import { pieceOf } from './calendar.ts'
import type { Cursor, Parsed } from './cursor.ts'
import { weekdayOfMonth } from './feasts.ts'
import { monthAt } from './months.ts'
import { bareDayAt } from './numbers.ts'
import { seasonAt, yearAt } from './seasons.ts'
import { dayOf, endOf, mondayOf, startOf, stretch } from './span.ts'
import { unitAt, spanOfUnit, thisMonthAt } from './units.ts'

export function relativeDayAt(c: Cursor, i: number): Parsed | null {
  for (const [kind, days] of Object.entries({
    today: 0,
    tomorrow: 1,
    dayAfterTomorrow: 2,
    yesterday: -1,
    dayBeforeYesterday: -2,
  }))
    // prettier-ignore
    if (c.is(i, kind)) {
      // "demain en huit", "a week from tomorrow"
      const more = c.is(i + 1, 'inEight') ? 7 : c.is(i + 1, 'inFifteen') ? 14 : 0
      return { spans: [dayOf(c.today.add({ days: days + more }))], next: i + (more > 0 ? 2 : 1) }
    }
  return null
}

/** "le lendemain de Noël", "the day before Labour Day". */
export function besideAt(c: Cursor, i: number): Parsed | null {
  const more = c.is(i, 'dayAfterThe') ? 1 : c.is(i, 'dayBeforeThe') ? -1 : 0
  if (more === 0) return null
  const inner = c.core(c.skip(i + 1, 'the', 'of'))
  const [span] = inner?.spans ?? []
  const day = span?.grain === 'day' ? startOf(span) : null
  return inner === null || day === null ? null : { spans: [dayOf(day.add({ days: more }))], next: inner.next }
}

/** "la semaine du 8 mars". */
export function weekOfAt(c: Cursor, i: number): Parsed | null {
  if (!c.is(i, 'weekOf', 'weekendOf')) return null
  const at = c.skip(i + 1, 'the', 'of')
  const inner = c.core(at) ?? bareDayAt(c, at)
  const day = inner?.spans.length === 1 && inner.spans[0]?.grain === 'day' ? startOf(inner.spans[0]) : null
  if (inner === null || day === null) return null
  const monday = mondayOf(day)
  if (c.is(i, 'weekendOf')) {
    const saturday = monday.add({ days: 5 })
    return { spans: [stretch(saturday, saturday.add({ days: 1 }))], next: inner.next }
  }
  return { spans: [stretch(monday, monday.add({ days: 6 }))], next: inner.next }
}

/** "la semaine d'avant Noël", "the week after Easter". */
export function weekBesideAt(c: Cursor, i: number): Parsed | null {
  if (c.word(i, 'unit') !== 'week') return null
  const at = c.skip(i + 1, 'of')
  const sign = c.is(at, 'after') ? 1 : c.is(at, 'before') ? -1 : 0
  if (sign === 0) return null
  const inner = c.core(c.skip(at + 1, 'the', 'of'))
  const [span] = inner?.spans ?? []
  const [start, end] = span === undefined ? [null, null] : [startOf(span), endOf(span)]
  if (inner === null || start === null || end === null) return null
  const whole =
    sign > 0
      ? stretch(end.add({ days: 1 }), end.add({ days: 7 }))
      : stretch(start.subtract({ days: 7 }), start.subtract({ days: 1 }))
  return { spans: [whole], next: inner.next }
}

/** "mi-août", "fin du mois prochain", "début 2027". */
export function partAt(c: Cursor, i: number): Parsed | null {
  const unit = c.word(i, 'unit')
  if (unit !== undefined && unit !== 'weekend' && c.is(i + 1, 'endAfter')) {
    const [start, end] = [startOf(spanOfUnit(c, unit, 0, false)), endOf(spanOfUnit(c, unit, 0, false))]
    return start === null || end === null ? null : { spans: [pieceOf('end', start, end)], next: i + 2 }
  }
  const part = c.word(i, 'part') as 'start' | 'mid' | 'end' | undefined
  const half = halfAt(c, i)
  if (part === undefined && half === null) return null
  const joint = part === undefined ? '' : (c.symbols[i + 1]?.text ?? '')
  const from = part === undefined ? (half?.next ?? i) : joint === '-' || joint === '/' ? i + 2 : i + 1
  // "fin avril-début mai"
  const at = c.skip(from, 'the', 'of')
  const inner = monthAt(c, at) ?? unitAt(c, at) ?? seasonAt(c, at) ?? yearAt(c, at)
  const [whole] = inner?.spans ?? []
  const [start, end] = whole === undefined ? [null, null] : [startOf(whole), endOf(whole)]
  if (inner === null || start === null || end === null) return null
  const next = inner.next
  if (half !== null && part === undefined) {
    const middle = start.add({ days: Math.floor((start.until(end).days + 1) / 2) })
    return {
      spans: [half.last ? stretch(middle, end) : stretch(start, middle.subtract({ days: 1 }))],
      next,
    }
  }
  return { spans: [pieceOf(part ?? 'mid', start, end)], next }
}

/** "première moitié de", "deuxième quinzaine de". */
export function halfAt(c: Cursor, i: number): { last: boolean; next: number } | null {
  const which = c.number(i, 'ordinal')
  const isHalf = c.is(i + 1, 'half') || c.word(i + 1, 'unit') === 'fortnight'
  if (!isHalf || (which !== 1 && which !== 2 && !c.is(i, 'last'))) return null
  return { last: which !== 1, next: i + 2 }
}

/** "la première semaine de mai", "last week of May", "le premier lundi de mars". */
export function weekInMonthAt(c: Cursor, i: number): Parsed | null {
  const last = c.is(i, 'last')
  const which = c.number(i, 'ordinal') ?? (last ? 0 : undefined)
  if (which === undefined || which > 5) return null
  const weekOf = c.is(i + 1, 'weekOf')
  const week = weekOf || c.word(i + 1, 'unit') === 'week' || c.word(i + 1, 'unit') === 'weekend'
  const weekday = c.number(i + 1, 'weekday')
  const day = c.word(i + 1, 'unit') === 'day'
  if (!week && !day && weekday === undefined) return null
  if (!weekOf && !c.is(i + 2, 'of')) return null
  const at = c.skip(i + 2, 'of', 'the')
  const inner = monthAt(c, at) ?? unitAt(c, at) ?? thisMonthAt(c, at)
  const [month] = inner?.spans ?? []
  const first = month?.grain === 'month' ? startOf(month) : null
  if (inner === null || first === null) return null
  if (day) {
    const found = last ? first.with({ day: first.daysInMonth }) : first.with({ day: which })
    return { spans: [dayOf(found)], next: inner.next }
  }
  if (weekday !== undefined) {
    const days = [1, 2, 3, 4, 5].map((n) => weekdayOfMonth(first.year, first.month, weekday, n))
    const inMonth = days.filter((day) => day.month === first.month)
    const found = last ? inMonth.at(-1) : inMonth[which - 1]
    return found === undefined ? null : { spans: [dayOf(found)], next: inner.next }
  }
  if (c.word(i + 1, 'unit') === 'weekend') {
    const saturdays = [1, 2, 3, 4, 5]
      .map((n) => weekdayOfMonth(first.year, first.month, 6, n))
      .filter((day) => day.month === first.month)
    const saturday = last ? saturdays.at(-1) : saturdays[which - 1]
    return saturday === undefined ? null : { spans: [stretch(saturday, saturday.add({ days: 1 }))], next: inner.next }
  }
  const start = last ? first.with({ day: first.daysInMonth - 6 }) : first.add({ days: 7 * (which - 1) })
  return { spans: [stretch(start, start.add({ days: 6 }))], next: inner.next }
}
