import { Temporal } from 'temporal-polyfill'
import { exact } from './calendar.ts'
import { countAt, inUnits, soonAt, inUnitsAt } from './counts.ts'
import { Cursor, type Parsed, type Said, type Unclear } from './cursor.ts'
import { dayAndMonthAt, monthAt, inYearSaidFirst } from './months.ts'
import { eachSpan, bareDayAt, dayNumberLed, writtenAt } from './numbers.ts'
import { relativeDayAt, besideAt, weekOfAt, weekBesideAt, partAt, weekInMonthAt } from './parts.ts'
import { notADayAt, fromWhatWasSaid } from './said.ts'
import { seasonAt, quarterAt, feastAt, yearAt } from './seasons.ts'
import { around, dayOf, endOf, startOf, stretch, type DateSpan } from './span.ts'
import { unitAt } from './units.ts'
import { weekdayAt } from './weekdays.ts'
import type { Symbol } from './symbols.ts'

/** Reads one expression of a day, a month or a stretch, from a place in the symbols on; null when none stands there. */
export class DateGrammar {
  readonly #cursor: Cursor

  constructor(symbols: readonly Symbol[], today: Temporal.PlainDate, unclear: Unclear) {
    this.#cursor = new Cursor(symbols, today, unclear, { core: coreAt, closed: closedAt })
  }

  /** An expression, with what opens or closes it: "avant la fin juin", "du 10 au 15 juin". */
  read(i: number, past: boolean, said: Said | null = null): Parsed | null {
    const c = this.#cursor
    c.past = past || c.is(i, 'since') || c.is(i - 1, 'since')
    c.said = said
    return notADayAt(c, i) ?? fromWhatWasSaid(c, i) ?? notEither(c, i) ?? range(c, i) ?? bounded(c, i) ?? c.closed(i)
  }

  /** "deux mois" where the message tells how long somebody has been here: so long ago. */
  lasted(i: number): Parsed | null {
    const count = countAt(this.#cursor, i)
    return count === null ? null : inUnits(this.#cursor, count, -1)
  }

  /** A day of which only the number was said, in the month of a day said before: "le 12 février … le 13". */
  inMonthOf(said: DateSpan, parsed: Parsed): Parsed {
    const near = startOf(said)
    const day = parsed.bare === undefined || near === null ? null : exact(near.year, near.month, parsed.bare)
    return day === null || near === null || Temporal.PlainDate.compare(day, near) < 0
      ? parsed
      : { ...parsed, spans: [dayOf(day)] }
  }
}

/** "pas avant le 4": from it on. */
function notEither(c: Cursor, i: number): Parsed | null {
  if (!c.is(i, 'not')) return null
  const bound = c.is(i + 1, 'before') ? 'before' : c.is(i + 1, 'after') ? 'after' : undefined
  if (bound === undefined) return null
  const inner = c.closed(c.skip(i + 2, 'the', 'of'))
  if (inner === null) return null
  return eachSpan(inner, (span) => (bound === 'before' ? stretch(startOf(span), null) : stretch(null, endOf(span))))
}

function bounded(c: Cursor, i: number): Parsed | null {
  if (c.is(i, 'lessThan')) {
    const count = countAt(c, c.skip(i + 1, 'the'))
    const most = count === null ? null : inUnits(c, count, 1)
    return most === null ? null : eachSpan(most, (span) => stretch(null, endOf(span)))
  }
  const kind = (['from', 'after', 'by', 'before'] as const).find((one) => c.is(i, one))
  if (kind === undefined) return null
  const at = c.skip(i + 1, 'the', 'of', 'around')
  const late = kind === 'by' ? soonAt(c, at) : null
  const inner = late ?? c.closed(at)
  if (inner === null) return null
  return eachSpan(inner, (span) => bound(c, kind, span, at))
}

function bound(c: Cursor, kind: 'from' | 'after' | 'by' | 'before', span: DateSpan, at: number): DateSpan {
  const [start, end] = [startOf(span), endOf(span)]
  if (kind === 'from') return stretch(start, null)
  if (kind === 'after') return stretch(end?.add({ days: 1 }) ?? null, null)
  // "avant la fin juin" has the end of June in it; "avant juin" has not its beginning.
  const whole = kind === 'by' || c.word(at, 'part') === 'end'
  return stretch(null, whole ? end : (start?.subtract({ days: 1 }) ?? null))
}

/** Two ends, of which the first may leave its month to the second. */
function range(c: Cursor, i: number): Parsed | null {
  const between = c.is(i, 'between')
  let at = c.skip(between ? i + 1 : i, 'movedFrom', 'from', 'of', 'the')
  const led = at > i
  const first = endOfRange(c, at)
  if (first === null) return null
  at = first.next
  const joint = jointAt(c, at, between, led)
  if (joint === null) return null
  const from = c.skip(joint.next, 'the', 'of')
  const second = endOfRange(c, from)
  if (second === null || second.spans.length !== 1) return null
  // "le 22/8 a 2 adultes": without its accent it is a verb as often.
  const isFrom = c.symbols.slice(i, first.next).some((_, k) => c.is(i + k, 'from', 'of', 'movedFrom'))
  if (!isFrom && second.bare !== undefined && c.symbols[at]?.text === 'a') return null
  const [last] = second.spans
  const begins = completed(first, second)
  if (last === undefined || begins === null) return null
  if (joint.kind === 'or') {
    const both = [begins, completed(second, first) ?? last]
    return { spans: both, next: second.next }
  }
  let ends = completed(second, { ...first, spans: [begins] }) ?? last
  const [start] = [startOf(begins)]
  let end = endOf(ends)
  if (start === null || end === null) return null
  // "de novembre à février" ends in the next year.
  if (Temporal.PlainDate.compare(end, start) < 0) {
    end = end.add({ years: 1 })
    ends = stretch(end, end)
  }
  if (Temporal.PlainDate.compare(end, start.add({ months: 14 })) > 0) return null
  // "repoussé du 3 au 9": the day is the second.
  if (c.is(i - 1, 'movedFrom') || c.is(i, 'movedFrom')) return { spans: [ends], next: second.next }
  return { spans: [stretch(start, endOf(ends))], next: second.next, range: ends }
}

/** One end of a range: a number alone may be completed by the other end. */
function endOfRange(c: Cursor, i: number): Parsed | null {
  if (c.is(i, 'now')) return { spans: [dayOf(c.today)], next: i + 1 }
  const [closed, bare] = [c.closed(i), bareDayAt(c, i)]
  return closed === null || closed.next === bare?.next ? bare : closed
}

function jointAt(c: Cursor, i: number, between: boolean, led: boolean): { kind: 'to' | 'or'; next: number } | null {
  if (between) return c.is(i, 'and', 'to') ? { kind: 'to', next: i + 1 } : null
  if (c.is(i, 'or')) return { kind: 'or', next: i + 1 }
  const dash = /^[-–—]$/.test(c.symbols[i]?.text ?? '')
  if (dash) return { kind: 'to', next: i + 1 }
  if (c.is(i, 'to')) return { kind: 'to', next: i + 1 }
  return led && c.is(i, 'by') ? { kind: 'to', next: i + 1 } : null
}

/** A bare number with the month of the other end. */
function completed(one: Parsed, other: Parsed): DateSpan | null {
  if (one.bare === undefined) return one.spans.length === 1 ? (one.spans[0] ?? null) : null
  const [beside] = other.spans
  const near = beside === undefined ? null : startOf(beside)
  if (near === null || one.bare > near.daysInMonth) return null
  return dayOf(near.with({ day: one.bare }))
}

function aroundIt(parsed: Parsed): Parsed {
  return eachSpan(parsed, (span) => {
    const day = span.grain === 'day' ? startOf(span) : null
    return day === null ? span : around(day)
  })
}

/** A day, month or stretch with both its ends. */
function closedAt(c: Cursor, i: number): Parsed | null {
  const at = c.skip(i, 'around', 'the', 'of', 'allDuring')
  const led = (kind: string): boolean =>
    c.symbols.slice(i, at).some(({ meanings }) => meanings.some((one) => one.kind === kind))
  const about = led('around')
  // "on est là depuis le 2"
  if (led('since')) c.past = true
  const found = (at > i && c.is(at - 1, 'within') ? inUnitsAt(c, at - 1) : null) ?? c.core(at)
  if (found === null) return null
  if (c.is(found.next, 'latest')) return eachSpan({ ...found, next: found.next + 1 }, (s) => stretch(null, endOf(s)))
  if (c.is(found.next, 'earliest'))
    return eachSpan({ ...found, next: found.next + 1 }, (s) => stretch(startOf(s), null))
  if (c.is(found.next, 'aroundAfter')) return aroundIt({ ...found, next: found.next + 1 })
  return about ? aroundIt(found) : found
}

function coreAt(c: Cursor, i: number): Parsed | null {
  return (
    writtenAt(c, i) ??
    relativeDayAt(c, i) ??
    besideAt(c, i) ??
    weekOfAt(c, i) ??
    weekBesideAt(c, i) ??
    partAt(c, i) ??
    weekInMonthAt(c, i) ??
    inYearSaidFirst(c, i) ??
    weekdayAt(c, i) ??
    dayAndMonthAt(c, i) ??
    monthAt(c, i) ??
    inUnitsAt(c, i) ??
    unitAt(c, i) ??
    seasonAt(c, i) ??
    quarterAt(c, i) ??
    feastAt(c, i) ??
    yearAt(c, i) ??
    dayNumberLed(c, i)
  )
}
