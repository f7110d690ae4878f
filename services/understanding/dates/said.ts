import { moved } from './calendar.ts'
import { countAt } from './counts.ts'
import type { Cursor, Parsed } from './cursor.ts'
import { dayOf, endOf, startOf, stretch } from './span.ts'

/** Figures that are no day: "24/7". */
export function notADayAt(c: Cursor, i: number): Parsed | null {
  return /^24\/7$/.test(c.symbols[i]?.text ?? '') && !c.is(i - 1, 'the') ? { spans: [], next: i + 1 } : null
}

/** "le lendemain", "two weeks later", "avant ça", "not this Monday, the one after": seen from the day said before. */
export function fromWhatWasSaid(c: Cursor, i: number): Parsed | null {
  const said = c.said
  const [span] = said?.spans ?? []
  if (said === null || span === undefined) return null
  const at = c.skip(i, 'the')
  if (c.is(at, 'theOneAfter') && said.negated) {
    const next = at + 1 + Number(c.is(at + 1, 'weekday') || c.word(at + 1, 'unit') !== undefined)
    const more = span.grain === 'month' ? { months: 1 } : { weeks: 1 }
    const [start, end] = [startOf(span)?.add(more) ?? null, endOf(span)?.add(more) ?? null]
    return { spans: [{ ...stretch(start, end), grain: span.grain }], next }
  }
  // "not this monday, the monday after"
  if (said.negated && c.is(at, 'weekday') && c.is(at + 1, 'after', 'next'))
    return {
      spans: [stretch(startOf(span)?.add({ weeks: 1 }) ?? null, endOf(span)?.add({ weeks: 1 }) ?? null)],
      next: at + 2,
    }
  if (c.is(i, 'before') && c.is(i + 1, 'that'))
    return { spans: [stretch(null, startOf(span))], next: i + 2, from: true }
  const base = said.negated ? null : endOf(span)
  if (base === null || span.grain !== 'day') return null
  if (c.is(at, 'nextDay')) return { spans: [dayOf(base.add({ days: 1 }))], next: at + 1, from: true }
  const count = countAt(c, i)
  const unit = count === null ? undefined : c.word(count.next, 'unit')
  if (count === null || unit === undefined || unit === 'hour' || unit === 'quarter' || count.low !== count.high)
    return null
  const later = count.next + 1
  const sign = c.is(later, 'sinceThen') ? 1 : c.is(later, 'beforeThen') ? -1 : 0
  if (sign === 0) return null
  const next = later + 1 + Number(c.is(later + 1, 'that'))
  return { spans: [dayOf(moved(base, sign * count.low, unit))], next, from: true }
}
