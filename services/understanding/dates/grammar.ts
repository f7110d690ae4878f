import { Temporal } from 'temporal-polyfill'
import { flat } from '../normalise.ts'
import { feastIn, seasonOf, weekdayOfMonth } from './feasts.ts'
import type { Meaning } from './lexicon.ts'
import { around, dayOf, endOf, mondayOf, monthOf, startOf, stretch, type DateSpan } from './span.ts'
import type { Symbol } from './symbols.ts'

type Day = Temporal.PlainDate

/** Words for one that are articles too. */
const ARTICLE = /^(?:an?|une?|una)$/

/** What an expression says, and where it ends. More than one span is a doubt. */
export interface Parsed {
  spans: readonly DateSpan[]
  next: number
  /** A number alone, which a month beside it may complete: "du (10) au 15 juin". */
  bare?: number
  /** Counted from the day said before, which thereby is not the day meant. */
  from?: boolean
}

/** What a message said before. */
export interface Said {
  spans: readonly DateSpan[]
  negated: boolean
}

/** How many of a unit, which follows. */
interface Count {
  low: number
  high: number
  next: number
  /** Half of one. */
  half?: true
}

/** Words that mean a time only where something leads to it. */
export interface Unclear {
  unclearMonths: ReadonlySet<string>
  unclearSeasons: ReadonlySet<string>
}

/** Reads one expression of a day, a month or a stretch, from a place in the symbols on; null when none stands there. */
export class DateGrammar {
  readonly #symbols: readonly Symbol[]
  readonly #today: Day
  readonly #unclear: Unclear
  /** Told of the past, a day without a year is the last one, not the next. */
  #past = false
  /** What was said before in the message: "le lendemain" is the day after it. */
  #said: Said | null = null

  constructor(symbols: readonly Symbol[], today: Day, unclear: Unclear) {
    this.#symbols = symbols
    this.#today = today
    this.#unclear = unclear
  }

  /** An expression, with what opens or closes it: "avant la fin juin", "du 10 au 15 juin". */
  read(i: number, past: boolean, said: Said | null = null): Parsed | null {
    this.#past = past || this.#is(i, 'since') || this.#is(i - 1, 'since')
    this.#said = said
    return (
      this.#notADay(i) ??
      this.#fromWhatWasSaid(i) ??
      this.#notEither(i) ??
      this.#range(i) ??
      this.#bounded(i) ??
      this.#closed(i)
    )
  }

  /** "deux mois" where the message tells how long somebody has been here: so long ago. */
  lasted(i: number): Parsed | null {
    const count = this.#count(i)
    return count === null ? null : this.#inUnits(count, -1)
  }

  // ── what stands there ──────────────────────────────────────────────────────────────────────────

  #meaning(i: number, kind: string): Meaning | undefined {
    return this.#symbols[i]?.meanings.find((one) => one.kind === kind)
  }
  #is(i: number, ...kinds: string[]): boolean {
    return kinds.some((kind) => this.#meaning(i, kind) !== undefined)
  }
  #number(i: number, ...kinds: string[]): number | undefined {
    for (const kind of kinds) {
      const value = this.#meaning(i, kind)?.value
      if (typeof value === 'number') return value
    }
    return undefined
  }
  #word(i: number, kind: string): string | undefined {
    const value = this.#meaning(i, kind)?.value
    return value === undefined ? undefined : String(value)
  }
  /** A unit that a number before it counts; "we" is English too. */
  #countsUnits(i: number): boolean {
    return this.#is(i, 'unit') && !/^we$/i.test(this.#symbols[i]?.text ?? '')
  }
  /** Past the little words that lead to a day. */
  #skip(i: number, ...kinds: string[]): number {
    const from = i
    const all = kinds.includes('the') ? [...kinds, 'since'] : kinds
    while (this.#is(i, ...all) || (i > from && /^['’]$/.test(this.#symbols[i]?.text ?? ''))) {
      i += 1
    }
    return i
  }
  /** Past a comma, a dash or a stop. */
  #skipMark(i: number): number {
    return /^[,.–—-]$/.test(this.#symbols[i]?.text ?? '') ? i + 1 : i
  }

  // ── from what was said before ──────────────────────────────────────────────────────────────────

  /** Figures that are no day: "24/7". */
  #notADay(i: number): Parsed | null {
    return /^24\/7$/.test(this.#symbols[i]?.text ?? '') && !this.#is(i - 1, 'the') ? { spans: [], next: i + 1 } : null
  }

  /** "le lendemain", "two weeks later", "avant ça", "not this Monday, the one after": seen from the day said before. */
  #fromWhatWasSaid(i: number): Parsed | null {
    const said = this.#said
    const [span] = said?.spans ?? []
    if (said === null || span === undefined) return null
    const at = this.#skip(i, 'the')
    if (this.#is(at, 'theOneAfter') && said.negated) {
      const next = at + 1 + Number(this.#is(at + 1, 'weekday') || this.#word(at + 1, 'unit') !== undefined)
      const more = span.grain === 'month' ? { months: 1 } : { weeks: 1 }
      const [start, end] = [startOf(span)?.add(more) ?? null, endOf(span)?.add(more) ?? null]
      return { spans: [{ ...stretch(start, end), grain: span.grain }], next }
    }
    if (this.#is(i, 'before') && this.#is(i + 1, 'that'))
      return { spans: [stretch(null, startOf(span))], next: i + 2, from: true }
    const base = said.negated ? null : endOf(span)
    if (base === null || (span.grain !== 'day' && !this.#is(i - 1, 'dayAfter'))) return null
    if (this.#is(at, 'nextDay')) return { spans: [dayOf(base.add({ days: 1 }))], next: at + 1, from: true }
    const count = this.#count(i)
    const unit = count === null ? undefined : this.#word(count.next, 'unit')
    if (count === null || unit === undefined || unit === 'hour' || unit === 'quarter' || count.low !== count.high)
      return null
    const later = count.next + 1
    const sign = this.#is(later, 'sinceThen') ? 1 : this.#is(later, 'beforeThen') ? -1 : 0
    if (sign === 0) return null
    const next = later + 1 + Number(this.#is(later + 1, 'that'))
    return { spans: [dayOf(moved(base, sign * count.low, unit))], next, from: true }
  }

  // ── expressions ────────────────────────────────────────────────────────────────────────────────

  /** "pas avant le 4": from it on. */
  #notEither(i: number): Parsed | null {
    if (!this.#is(i, 'not')) return null
    const bound = this.#is(i + 1, 'before') ? 'before' : this.#is(i + 1, 'after') ? 'after' : undefined
    if (bound === undefined) return null
    const inner = this.#closed(this.#skip(i + 2, 'the', 'of'))
    if (inner === null) return null
    return this.#map(inner, (span) => (bound === 'before' ? stretch(startOf(span), null) : stretch(null, endOf(span))))
  }

  #bounded(i: number): Parsed | null {
    if (this.#is(i, 'lessThan')) {
      const count = this.#count(this.#skip(i + 1, 'the'))
      const most = count === null ? null : this.#inUnits(count, 1)
      return most === null ? null : this.#map(most, (span) => stretch(null, endOf(span)))
    }
    const kind = (['from', 'after', 'by', 'before'] as const).find((one) => this.#is(i, one))
    if (kind === undefined) return null
    const at = this.#skip(i + 1, 'the', 'of', 'around')
    const late = kind === 'by' ? this.#soon(at) : null
    const inner = late ?? this.#closed(at)
    if (inner === null) return null
    return this.#map(inner, (span) => this.#bound(kind, span, at))
  }

  #bound(kind: 'from' | 'after' | 'by' | 'before', span: DateSpan, at: number): DateSpan {
    const [start, end] = [startOf(span), endOf(span)]
    if (kind === 'from') return stretch(start, null)
    if (kind === 'after') return stretch(end?.add({ days: 1 }) ?? null, null)
    // "avant la fin juin" has the end of June in it; "avant juin" has not its beginning.
    const whole = kind === 'by' || this.#word(at, 'part') === 'end'
    return stretch(null, whole ? end : (start?.subtract({ days: 1 }) ?? null))
  }

  /** "d'ici dix jours": ten days are the most. */
  #soon(i: number): Parsed | null {
    const count = this.#is(i, 'ordinal') ? null : this.#count(i)
    return count === null ? null : this.#inUnits(count, 1)
  }

  /** Two ends, of which the first may leave its month to the second. */
  #range(i: number): Parsed | null {
    const between = this.#is(i, 'between')
    let at = this.#skip(between ? i + 1 : i, 'movedFrom', 'from', 'of', 'the')
    const led = at > i
    const first = this.#end(at)
    if (first === null) return null
    at = first.next
    const joint = this.#joint(at, between, led)
    if (joint === null) return null
    const from = this.#skip(joint.next, 'the', 'of')
    const second = this.#end(from)
    if (second === null || second.spans.length !== 1) return null
    const [last] = second.spans
    const begins = this.#completed(first, second)
    if (last === undefined || begins === null) return null
    if (joint.kind === 'or') {
      const both = [begins, this.#completed(second, first) ?? last]
      return { spans: both, next: second.next }
    }
    let ends = this.#completed(second, { ...first, spans: [begins] }) ?? last
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
    if (this.#is(i - 1, 'movedFrom') || this.#is(i, 'movedFrom')) return { spans: [ends], next: second.next }
    return { spans: [stretch(start, endOf(ends))], next: second.next }
  }

  /** One end of a range: a number alone may be completed by the other end. */
  #end(i: number): Parsed | null {
    if (this.#is(i, 'now')) return { spans: [dayOf(this.#today)], next: i + 1 }
    const [closed, bare] = [this.#closed(i), this.#bareDay(i)]
    return closed === null || closed.next === bare?.next ? bare : closed
  }

  #joint(i: number, between: boolean, led: boolean): { kind: 'to' | 'or'; next: number } | null {
    if (between) return this.#is(i, 'and', 'to') ? { kind: 'to', next: i + 1 } : null
    if (this.#is(i, 'or')) return { kind: 'or', next: i + 1 }
    const dash = /^[-–—]$/.test(this.#symbols[i]?.text ?? '')
    if (dash) return { kind: 'to', next: i + 1 }
    if (this.#is(i, 'to')) return { kind: 'to', next: i + 1 }
    return led && this.#is(i, 'by') ? { kind: 'to', next: i + 1 } : null
  }

  /** A bare number with the month of the other end. */
  #completed(one: Parsed, other: Parsed): DateSpan | null {
    if (one.bare === undefined) return one.spans.length === 1 ? (one.spans[0] ?? null) : null
    const [beside] = other.spans
    const near = beside === undefined ? null : startOf(beside)
    if (near === null || one.bare > near.daysInMonth) return null
    return dayOf(near.with({ day: one.bare }))
  }

  /** A number that could be a day, where another end will say of which month. */
  #bareDay(i: number): Parsed | null {
    const day = this.#number(i, 'ordinal', 'number')
    if (day === undefined || day < 1 || day > 31 || this.#is(i + 1, 'unit')) return null
    const spans = this.#dayAlone(day)
    return spans === null ? null : { spans, next: i + 1, bare: day }
  }

  /** A day, month or stretch with both its ends. */
  #closed(i: number): Parsed | null {
    const at = this.#skip(i, 'around', 'the', 'of', 'allDuring')
    const led = (kind: string): boolean =>
      this.#symbols.slice(i, at).some(({ meanings }) => meanings.some((one) => one.kind === kind))
    const about = led('around')
    // "on est là depuis le 2"
    if (led('since')) this.#past = true
    const found = (at > i && this.#is(at - 1, 'within') ? this.#inUnitsFrom(at - 1) : null) ?? this.#core(at)
    if (found === null) return null
    if (this.#is(found.next, 'latest'))
      return this.#map({ ...found, next: found.next + 1 }, (s) => stretch(null, endOf(s)))
    if (this.#is(found.next, 'earliest'))
      return this.#map({ ...found, next: found.next + 1 }, (s) => stretch(startOf(s), null))
    if (this.#is(found.next, 'aroundAfter')) return this.#around({ ...found, next: found.next + 1 })
    return about ? this.#around(found) : found
  }

  #around(parsed: Parsed): Parsed {
    return this.#map(parsed, (span) => {
      const day = span.grain === 'day' ? startOf(span) : null
      return day === null ? span : around(day)
    })
  }

  /** A day of which only the number was said, in the month of a day said before: "le 12 février … le 13". */
  inMonthOf(said: DateSpan, parsed: Parsed): Parsed {
    const near = startOf(said)
    const day = parsed.bare === undefined || near === null ? null : exact(near.year, near.month, parsed.bare)
    return day === null || near === null || Temporal.PlainDate.compare(day, near) < 0
      ? parsed
      : { ...parsed, spans: [dayOf(day)] }
  }

  #core(i: number): Parsed | null {
    return (
      this.#written(i) ??
      this.#relativeDay(i) ??
      this.#besideOf(i) ??
      this.#weekOf(i) ??
      this.#weekBeside(i) ??
      this.#partOf(i) ??
      this.#weekInMonth(i) ??
      this.#inYearSaid(i) ??
      this.#weekday(i) ??
      this.#dayAndMonth(i) ??
      this.#month(i) ??
      this.#inUnitsFrom(i) ??
      this.#unit(i) ??
      this.#season(i) ??
      this.#quarter(i) ??
      this.#feast(i) ??
      this.#year(i) ??
      this.#dayNumber(i)
    )
  }

  /** Figures alone: 2027-03-15, 15/03/2027, 3/4. */
  #written(i: number): Parsed | null {
    const iso = this.#word(i, 'iso')
    if (iso !== undefined) {
      const [y = 0, m = 0, d = 0] = iso.split(/[-/.]/).map(Number)
      return this.#days([exact(y, m, d)], i + 1)
    }
    const month = this.#word(i, 'yearMonth') ?? this.#word(i, 'monthYear')
    if (month !== undefined) {
      const [a = 0, b = 0] = month.split(/[-/.]/).map(Number)
      const [y, m] = a > 1000 ? [a, b] : [b, a]
      return m >= 1 && m <= 12 ? { spans: [monthOf(y, m)], next: i + 1 } : null
    }
    const numeric = this.#word(i, 'numeric')
    if (numeric === undefined) return null
    // "15.03" is a price as well
    const dotted = /^\d{1,2}\.\d\d$/.test(numeric)
    if (dotted && this.#symbols.length > 1 && !this.#is(i - 1, 'the', 'by', 'from', 'before', 'after')) return null
    const [a = 0, b = 0, year] = numeric.split(/[-/.]/).map(Number)
    const y = year === undefined ? undefined : year < 100 ? 2000 + year : year
    const both = [this.#inYear(a, b, y), this.#inYear(b, a, y)].filter((day) => day !== null)
    const distinct = both.filter((day, k) => both.findIndex((one) => one.equals(day)) === k)
    return this.#days(distinct, i + 1)
  }

  #relativeDay(i: number): Parsed | null {
    for (const [kind, days] of Object.entries({
      today: 0,
      tomorrow: 1,
      dayAfterTomorrow: 2,
      yesterday: -1,
      dayBeforeYesterday: -2,
    }))
      // prettier-ignore
      if (this.#is(i, kind)) {
        // "demain en huit", "a week from tomorrow"
        const more = this.#is(i + 1, 'inEight') ? 7 : this.#is(i + 1, 'inFifteen') ? 14 : 0
        return { spans: [dayOf(this.#today.add({ days: days + more }))], next: i + (more > 0 ? 2 : 1) }
      }
    return null
  }

  /** "le lendemain de Noël", "the day before Labour Day". */
  #besideOf(i: number): Parsed | null {
    const more = this.#is(i, 'dayAfterThe') ? 1 : this.#is(i, 'dayBeforeThe') ? -1 : 0
    if (more === 0) return null
    const inner = this.#core(this.#skip(i + 1, 'the', 'of'))
    const [span] = inner?.spans ?? []
    const day = span?.grain === 'day' ? startOf(span) : null
    return inner === null || day === null ? null : { spans: [dayOf(day.add({ days: more }))], next: inner.next }
  }

  /** "la semaine du 8 mars". */
  #weekOf(i: number): Parsed | null {
    if (!this.#is(i, 'weekOf')) return null
    const at = this.#skip(i + 1, 'the', 'of')
    const inner = this.#core(at) ?? this.#bareDay(at)
    const day = inner?.spans.length === 1 && inner.spans[0]?.grain === 'day' ? startOf(inner.spans[0]) : null
    if (inner === null || day === null) return null
    const monday = mondayOf(day)
    return { spans: [stretch(monday, monday.add({ days: 6 }))], next: inner.next }
  }

  /** "la semaine d'avant Noël", "the week after Easter". */
  #weekBeside(i: number): Parsed | null {
    if (this.#word(i, 'unit') !== 'week') return null
    const at = this.#skip(i + 1, 'of')
    const sign = this.#is(at, 'after') ? 1 : this.#is(at, 'before') ? -1 : 0
    if (sign === 0) return null
    const inner = this.#core(this.#skip(at + 1, 'the', 'of'))
    const [span] = inner?.spans ?? []
    const [start, end] = span === undefined ? [null, null] : [startOf(span), endOf(span)]
    if (inner === null || start === null || end === null) return null
    const whole =
      sign > 0
        ? stretch(end.add({ days: 1 }), end.add({ days: 7 }))
        : stretch(start.subtract({ days: 7 }), start.subtract({ days: 1 }))
    return { spans: [whole], next: inner.next }
  }

  /** "next year in the fall", "l'an prochain en mars": the year is said first. */
  #inYearSaid(i: number): Parsed | null {
    const year = this.#relativeYear(i)
    if (year === null) return null
    const at = this.#skip(this.#skipMark(year.next), 'within', 'the', 'of')
    const month = this.#number(at, 'month')
    if (month !== undefined) return { spans: [monthOf(year.year, month)], next: at + 1 }
    const season = this.#word(at, 'season')
    if (season === undefined) return null
    return { spans: spansOf(seasonOf(season, year.year - Number(season === 'winter'))), next: at + 1 }
  }

  /** "mi-août", "fin du mois prochain", "début 2027". */
  #partOf(i: number): Parsed | null {
    const unit = this.#word(i, 'unit')
    if (unit !== undefined && unit !== 'weekend' && this.#is(i + 1, 'endAfter')) {
      const [start, end] = [startOf(this.#unitSpan(unit, 0, false)), endOf(this.#unitSpan(unit, 0, false))]
      return start === null || end === null ? null : { spans: [pieceOf('end', start, end)], next: i + 2 }
    }
    const part = this.#word(i, 'part') as 'start' | 'mid' | 'end' | undefined
    const half = this.#halfOf(i)
    if (part === undefined && half === null) return null
    const joint = part === undefined ? '' : (this.#symbols[i + 1]?.text ?? '')
    const from = part === undefined ? (half?.next ?? i) : joint === '-' || joint === '/' ? i + 2 : i + 1
    // "fin avril-début mai"
    const at = this.#skip(from, 'the', 'of')
    const inner = this.#month(at) ?? this.#unit(at) ?? this.#season(at) ?? this.#year(at)
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
  #halfOf(i: number): { last: boolean; next: number } | null {
    const which = this.#number(i, 'ordinal')
    const isHalf = this.#is(i + 1, 'half') || this.#word(i + 1, 'unit') === 'fortnight'
    if (!isHalf || (which !== 1 && which !== 2 && !this.#is(i, 'last'))) return null
    return { last: which !== 1, next: i + 2 }
  }

  /** "la première semaine de mai", "last week of May", "le premier lundi de mars". */
  #weekInMonth(i: number): Parsed | null {
    const last = this.#is(i, 'last')
    const which = this.#number(i, 'ordinal') ?? (last ? 0 : undefined)
    if (which === undefined || which > 5) return null
    const weekOf = this.#is(i + 1, 'weekOf')
    const week = weekOf || this.#word(i + 1, 'unit') === 'week' || this.#word(i + 1, 'unit') === 'weekend'
    const weekday = this.#number(i + 1, 'weekday')
    const day = this.#word(i + 1, 'unit') === 'day'
    if (!week && !day && weekday === undefined) return null
    if (!weekOf && !this.#is(i + 2, 'of')) return null
    const at = this.#skip(i + 2, 'of', 'the')
    const inner = this.#month(at) ?? this.#unit(at) ?? this.#monthNow(at)
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
    if (this.#word(i + 1, 'unit') === 'weekend') {
      const saturdays = [1, 2, 3, 4, 5]
        .map((n) => weekdayOfMonth(first.year, first.month, 6, n))
        .filter((day) => day.month === first.month)
      const saturday = last ? saturdays.at(-1) : saturdays[which - 1]
      return saturday === undefined ? null : { spans: [stretch(saturday, saturday.add({ days: 1 }))], next: inner.next }
    }
    const start = last ? first.with({ day: first.daysInMonth - 6 }) : first.add({ days: 7 * (which - 1) })
    return { spans: [stretch(start, start.add({ days: 6 }))], next: inner.next }
  }

  /** "(le dernier vendredi) du mois": of this one. */
  #monthNow(i: number): Parsed | null {
    return this.#word(i, 'unit') === 'month' ? { spans: [this.#unitSpan('month', 0, false)], next: i + 1 } : null
  }

  #weekday(i: number): Parsed | null {
    const before = ['this', 'nextBefore', 'last'].find((kind) => this.#is(i, kind))
    const at = before === undefined ? i : i + 1
    const weekday = this.#number(at, 'weekday')
    const today = this.#today
    if (weekday === undefined) return this.#weekThenWeekday(i)
    let next = at + 1
    // "mardi 9 mars", "Tuesday, March 9": the weekday only goes with it.
    const from = this.#skip(this.#skipMark(next), 'the')
    const dated = this.#dayAndMonth(from) ?? this.#written(from)
    if (dated !== null) return dated
    // "le dimanche de Pâques"
    const feast = this.#feast(this.#skip(next, 'of', 'the'))
    if (feast !== null) return feast
    const number = ARTICLE.test(flat(this.#symbols[from]?.text ?? ''))
      ? undefined
      : this.#number(from, 'ordinal', 'number')
    if (number !== undefined && number <= 31 && before === undefined && !this.#is(from + 1, 'unit', 'time')) {
      const found = this.#weekdayNumbered(weekday, number)
      if (found !== null) return { spans: [dayOf(found)], next: from + 1 }
    }
    const ahead = (weekday - today.dayOfWeek + 7) % 7
    const coming = today.add({ days: ahead === 0 ? 7 : ahead })
    const behind = (today.dayOfWeek - weekday + 7) % 7
    const gone = today.subtract({ days: behind === 0 ? 7 : behind })
    if (this.#is(next, 'inEight')) return { spans: [dayOf(coming.add({ weeks: 1 }))], next: next + 1 }
    if (this.#is(next, 'inFifteen')) return { spans: [dayOf(coming.add({ weeks: 2 }))], next: next + 1 }
    if (this.#is(next, 'afterNext')) return { spans: [dayOf(coming.add({ weeks: 1 }))], next: next + 1 }
    // "mercredi dans deux semaines"
    const later = this.#is(next, 'within') ? this.#count(this.#skip(next + 1, 'the')) : null
    if (later !== null && later.low === later.high && this.#word(later.next, 'unit') === 'week') {
      const day = (ahead === 0 ? today : coming).add({ weeks: later.low })
      return { spans: [dayOf(day)], next: later.next + 1 }
    }
    const week = this.#relativeWeek(this.#skip(next, 'of', 'the'))
    if (week !== null) return { spans: [dayOf(week.monday.add({ days: weekday - 1 }))], next: week.next }
    if (this.#word(next, 'unit') === 'week') return { spans: [dayOf(coming.add({ weeks: 1 }))], next: next + 1 }
    if (before === 'last' || this.#is(next, 'last'))
      return { spans: [dayOf(gone)], next: before === 'last' ? next : next + 1 }
    if (before === 'this') return { spans: [dayOf(ahead === 0 ? today : coming)], next }
    if (this.#is(next, 'next')) return { spans: [dayOf(coming)], next: next + 1 }
    if (before === 'nextBefore') {
      // Said of a day that is still to come in this week, "next" may mean the week after.
      const sameWeek = Temporal.PlainDate.compare(mondayOf(coming), mondayOf(today)) === 0
      return { spans: sameWeek ? [dayOf(coming), dayOf(coming.add({ weeks: 1 }))] : [dayOf(coming)], next }
    }
    return { spans: [dayOf(this.#past ? gone : coming)], next }
  }

  /** "next week Tuesday". */
  #weekThenWeekday(i: number): Parsed | null {
    const week = this.#relativeWeek(i)
    if (week === null) return null
    const at = this.#skip(this.#skipMark(week.next), 'the')
    const weekday = this.#number(at, 'weekday')
    return weekday === undefined ? null : { spans: [dayOf(week.monday.add({ days: weekday - 1 }))], next: at + 1 }
  }

  /** The week that words say, seen from today's. */
  #relativeWeek(i: number): { monday: Day; next: number } | null {
    const before = this.#is(i, 'this') ? 0 : this.#is(i, 'nextBefore') ? 1 : this.#is(i, 'last') ? -1 : undefined
    const at = before === undefined ? i : i + 1
    if (this.#word(at, 'unit') !== 'week') return null
    let next = at + 1
    let shift = before
    if (this.#is(next, 'afterNext')) [shift, next] = [2, next + 1]
    else if (shift === undefined && this.#is(next, 'next')) [shift, next] = [1, next + 1]
    else if (shift === undefined && this.#is(next, 'last')) [shift, next] = [-1, next + 1]
    return shift === undefined ? null : { monday: mondayOf(this.#today).add({ weeks: shift }), next }
  }

  /** The first day to come with this number that is this weekday; the number alone when none is near. */
  #weekdayNumbered(weekday: number, number: number): Day | null {
    const months = this.#past ? [0, -1, -2, -3] : [0, 1, 2, 3, 4, 5]
    for (const more of months) {
      const month = this.#today.toPlainYearMonth().add({ months: more })
      if (number > month.daysInMonth) continue
      const day = month.toPlainDate({ day: number })
      const order = Temporal.PlainDate.compare(day, this.#today)
      if (day.dayOfWeek === weekday && (this.#past ? order <= 0 : order >= 0)) return day
    }
    return this.#alone(number)
  }

  /** "15 mars 2027", "March 15th", "the fifteenth of March". */
  #dayAndMonth(i: number): Parsed | null {
    const number = this.#dayNumberAt(i)
    if (number !== null) {
      let at = this.#skip(number.next, 'of')
      at = this.#skipMark(at)
      const month = this.#number(at, 'month')
      if (month !== undefined) return this.#withYear(number.day, month, at + 1)
      const ofMonth = this.#skip(number.next, 'of', 'the')
      if (
        ofMonth > number.next &&
        this.#word(ofMonth, 'unit') === 'month' &&
        !this.#is(ofMonth + 1, 'next', 'last', 'afterNext', 'after')
      ) {
        const spans = this.#dayAlone(number.day)
        return spans === null ? null : { spans, next: ofMonth + 1 }
      }
      const relative = this.#unitMonth(ofMonth)
      if (relative !== null && number.next < relative.next) {
        const first = startOf(relative.span)
        return first === null ? null : this.#days([exact(first.year, first.month, number.day)], relative.next)
      }
    }
    const month = this.#number(i, 'month')
    if (month === undefined) return null
    const at = this.#skip(this.#skipMark(i + 1), 'the')
    // "en mars à Rimouski" has no first of March in it.
    const day = ARTICLE.test(flat(this.#symbols[at]?.text ?? '')) ? null : this.#dayNumberAt(at)
    if (day === null || this.#countsUnits(day.next) || this.#is(day.next, 'month')) return null
    return this.#withYear(day.day, month, day.next)
  }

  /** A day of the month in figures or words: "15", "quinze", "twenty first", "vingt et un". */
  #dayNumberAt(i: number): { day: number; next: number } | null {
    const one = this.#number(i, 'ordinal', 'number')
    if (one === undefined || one < 1) return null
    // "march twenty one"
    const more = one === 20 || one === 30 ? this.#number(i + 1, 'ordinal', 'number') : undefined
    const spelled = /^\p{L}/u.test(this.#symbols[i]?.text ?? '')
    if (spelled && more !== undefined && more < 10 && one + more <= 31) return { day: one + more, next: i + 2 }
    return one <= 31 ? { day: one, next: i + 1 } : null
  }

  #withYear(day: number, month: number, at: number): Parsed | null {
    const year = this.#yearAfter(at)
    const relative = year === null ? this.#relativeYear(at) : null
    const date = this.#inYear(day, month, year?.year ?? relative?.year)
    return this.#days([date], year?.next ?? relative?.next ?? at)
  }

  #yearAfter(at: number): { year: number; next: number } | null {
    const from = this.#skip(this.#skipMark(at), 'of')
    const year = this.#number(from, 'year')
    if (year !== undefined) return { year, next: from + 1 }
    // "15 mars 27"
    const short = this.#number(at, 'number')
    const text = this.#symbols[at]?.text ?? ''
    if (
      short !== undefined &&
      /^\d\d$/.test(text) &&
      short >= 24 &&
      short <= 40 &&
      !this.#is(at + 1, 'unit', 'time', 'month')
    )
      return { year: 2000 + short, next: at + 1 }
    return null
  }

  /** "(mars) de l'année prochaine", "next year". */
  #relativeYear(at: number): { year: number; next: number } | null {
    const from = this.#skip(at, 'of', 'the')
    const unit = this.#unit(from)
    if (unit === null) return null
    const [span] = unit.spans
    const start = span === undefined ? null : startOf(span)
    const isYear = start !== null && start.month === 1 && start.day === 1 && span?.end === `${start.year}-12-31`
    return isYear ? { year: start.year, next: unit.next } : null
  }

  /** "mars", "en mars 2027", "next March", "mars prochain". */
  #month(i: number): Parsed | null {
    const before = ['this', 'nextBefore', 'last'].find((kind) => this.#is(i, kind))
    const at = before !== undefined && this.#number(i + 1, 'month') !== undefined ? i + 1 : i
    const month = this.#number(at, 'month')
    if (month === undefined) return null
    // "coming jan 6": somebody comes, on a day.
    const dated = at > i ? this.#dayAndMonth(at) : null
    if (dated !== null) return dated
    const text = this.#symbols[at]?.text.toLowerCase() ?? ''
    const year = this.#yearAfter(at + 1) ?? this.#relativeYear(at + 1)
    if (year !== null) return { spans: [monthOf(year.year, month)], next: year.next }
    if (this.#unclear.unclearMonths.has(text) && at === i && !this.#isLed(i) && this.#symbols.length > 1) return null
    const { today } = this
    const past = this.#past || this.#is(at + 1, 'last') || (at > i && before === 'last')
    const next = this.#is(at + 1, 'last', 'next') ? at + 2 : at + 1
    const shift = past ? -Number(month > today.month) : Number(month < today.month)
    const skipsThis = before === 'nextBefore' && at > i && month === today.month
    return { spans: [monthOf(today.year + shift + Number(skipsThis), month)], next }
  }

  get today(): Day {
    return this.#today
  }

  /** A word that leads to a day stands before: "in may", "le 3 mai". */
  #isLed(at: number): boolean {
    const i = /^['’]$/.test(this.#symbols[at - 1]?.text ?? '') ? at - 1 : at
    // "we want to march", "ça a été"
    const before = this.#symbols[i - 1]?.text ?? ''
    if (/^(?:to|a|as|ont|ai)$/i.test(before) && !this.#is(i - 2, 'month', 'season', 'number', 'part')) return false
    return this.#is(i - 1, 'since', 'the', 'of', 'part', 'within', 'from', 'after', 'before', 'by', 'around', 'to', 'or', 'and', 'between', 'number', 'ordinal', 'allDuring', 'weekOf', 'weekday', 'part') // prettier-ignore
  }

  /** How many: "3", "deux ou trois", "2-3", "une dizaine de". */
  #count(i: number): Count | null {
    const at = this.#skip(i, 'around', 'the')
    // "half a year"
    if (this.#is(at, 'half') && ARTICLE.test(flat(this.#symbols[at + 1]?.text ?? '')))
      return { low: 0, high: 0, next: at + 2, half: true }
    const low = this.#number(at, 'number')
    if (low === undefined) return this.#word(at, 'unit') === 'fortnight' ? { low: 1, high: 1, next: at } : null
    const joint = /^[-–—]$/.test(this.#symbols[at + 1]?.text ?? '') || this.#is(at + 1, 'or', 'to')
    const high = joint ? this.#number(at + 2, 'number') : undefined
    if (high !== undefined && high > low) return { low, high, next: at + 3 }
    return { low, high: low, next: this.#skip(at + 1, 'of') }
  }

  /** "dans deux semaines", "in 3 months", "il y a 3 semaines", "two days ago", "10 days from now". */
  #inUnitsFrom(i: number): Parsed | null {
    if (this.#is(i, 'coming')) {
      const count = this.#count(this.#skip(i + 1, 'around', 'the'))
      const most = count === null ? null : this.#inUnits(count, 1)
      return most === null ? null : this.#map(most, (span) => stretch(this.#today, endOf(span)))
    }
    if (this.#is(i, 'within')) {
      const at = this.#skip(i + 1, 'around', 'the')
      const hours = this.#hours(at)
      if (hours !== null) return hours
      const coming = this.#comingUnits(at)
      if (coming !== null) return coming
      const count = this.#count(at)
      return count === null ? null : this.#inUnits(count, 1)
    }
    if (this.#is(i, 'ago')) {
      const count = this.#count(this.#skip(i + 1, 'around'))
      return count === null ? null : (this.#anniversary(count) ?? this.#inUnits(count, -1))
    }
    const count = this.#count(i)
    if (count === null) return null
    const ahead = this.#inUnits(count, 1)
    if (ahead === null) return null
    if (this.#is(ahead.next, 'agoAfter')) {
      const behind = this.#anniversary({ ...count, next: count.next }) ?? this.#inUnits(count, -1)
      return behind === null ? null : { ...behind, next: Math.max(behind.next, ahead.next + 1) }
    }
    if (this.#is(ahead.next, 'later')) return { ...ahead, next: ahead.next + 1 }
    // "10 jours à partir du 12": a stay
    if (this.#is(ahead.next, 'from') && !/^from$/i.test(this.#symbols[ahead.next]?.text ?? '')) {
      const first = this.#closed(this.#skip(ahead.next + 1, 'the', 'of'))
      const begins = first?.spans[0]?.grain === 'day' ? startOf(first.spans[0]) : null
      return first === null || begins === null ? null : { spans: [dayOf(begins)], next: first.next }
    }
    // "a week from tuesday", "deux jours après Noël", "une semaine avant Pâques"
    const onWeekday = /^on$/i.test(this.#symbols[ahead.next]?.text ?? '') && this.#is(ahead.next + 1, 'weekday')
    const after = onWeekday || this.#is(ahead.next, 'from', 'after')
    if (!after && !this.#is(ahead.next, 'before')) return null
    const inner = this.#closed(this.#skip(ahead.next + 1, 'the', 'of'))
    const [base] = inner?.spans ?? []
    const start = base?.grain === 'day' ? startOf(base) : null
    if (inner === null || start === null) return null
    const unit = this.#word(count.next, 'unit') ?? 'day'
    if (unit === 'hour' || unit === 'quarter') return null
    return { spans: [dayOf(moved(start, count.low * (after ? 1 : -1), unit))], next: inner.next }
  }

  /** "il y a deux ans en septembre", "ça fera un an le 30 juin": that day or month, so many years back. */
  #anniversary({ low, high, next }: Count): Parsed | null {
    if (low !== high || this.#word(next, 'unit') !== 'year') return null
    const at = this.#skip(this.#skip(next + 1, 'agoAfter'), 'within', 'the', 'of')
    const month = this.#number(at, 'month')
    if (month !== undefined) return { spans: [monthOf(this.#today.year - low, month)], next: at + 1 }
    const day = this.#dayAndMonth(at)
    const [span] = day?.spans ?? []
    const on = span === undefined ? null : startOf(span)
    if (day === null || on === null) return null
    const coming = Temporal.PlainDate.compare(on, this.#today) < 0 ? on.add({ years: 1 }) : on
    return { spans: [dayOf(coming.subtract({ years: low }))], next: day.next }
  }

  /** "dans 48 h": two days. */
  #hours(i: number): Parsed | null {
    const hours = Number(/^(\d{2,3})\s?h/.exec(this.#word(i, 'time') ?? '')?.[1] ?? this.#number(i, 'number') ?? 0)
    const said = this.#is(i, 'time') || this.#word(i + 1, 'unit') === 'hour'
    if (!said || hours < 24 || hours > 24 * 14) return null
    const next = this.#is(i, 'time') ? i + 1 : i + 2
    return { spans: [dayOf(this.#today.add({ days: Math.round(hours / 24) }))], next }
  }

  /** "dans les deux prochaines semaines", "in the next 3 weeks": any day from now to then. */
  #comingUnits(i: number): Parsed | null {
    const led = this.#is(i, 'nextBefore', 'next')
    const count = this.#number(led ? i + 1 : i, 'number')
    if (count === undefined) return null
    const at = led ? i + 2 : this.#is(i + 1, 'next', 'nextBefore') ? i + 2 : null
    const unit = at === null ? undefined : this.#word(at, 'unit')
    if (at === null || unit === undefined || unit === 'weekend') return null
    return { spans: [stretch(this.#today, moved(this.#today, count, unit))], next: at + 1 }
  }

  #inUnits({ low, high, next: at, half }: Count, sign: 1 | -1): Parsed | null {
    const unit = this.#word(at, 'unit')
    if (unit === undefined || unit === 'weekend' || unit === 'quarter' || unit === 'hour' || high > 400) return null
    const from = moved(this.#today, low * sign, unit)
    const to = moved(this.#today, high * sign, unit)
    const next = at + 1
    // "un mois et demi"
    if (half || this.#is(next, 'andHalf')) return this.#andHalf(from, unit, sign, half ? next : next + 1)
    if (low !== high) return { spans: [sign > 0 ? stretch(from, to) : stretch(to, from)], next }
    if (unit === 'month' || unit === 'year') return { spans: [monthOf(from.year, from.month)], next }
    return { spans: [dayOf(from)], next }
  }

  /** Half a unit more than a day that was counted out. */
  #andHalf(from: Day, unit: string, sign: 1 | -1, next: number): Parsed | null {
    if (unit === 'year') {
      const month = from.add({ months: 6 * sign })
      return { spans: [monthOf(month.year, month.month)], next }
    }
    const days = unit === 'month' ? 15 : unit === 'fortnight' ? 7 : unit === 'week' ? 3 : null
    return days === null ? null : { spans: [around(from.add({ days: days * sign }))], next }
  }

  /** "la semaine prochaine", "ce mois-ci", "next year", "ce week-end", and a bare "mois" or "année" after a part of it. */
  #unit(i: number): Parsed | null {
    const before = ['this', 'nextBefore', 'last'].find((kind) => this.#is(i, kind))
    const at = this.#skip(before === undefined ? i : i + 1, 'the')
    const unit = this.#word(at, 'unit')
    if (unit === undefined || unit === 'day' || unit === 'fortnight') return null
    let next = at + 1
    let shift = before === 'nextBefore' ? 1 : before === 'last' ? -1 : 0
    const follows =
      this.#is(next, 'next') ||
      (unit === 'year' && this.#is(next, 'after') && !this.#is(next, 'last') && !this.#is(next + 1, 'holiday'))
    const after = this.#is(next, 'afterNext') ? 2 : follows ? 1 : this.#is(next, 'last') ? -1 : undefined
    if (after !== undefined) [shift, next] = [after, next + 1]
    // "ce mois-ci"
    if (this.#symbols[next]?.text === '-' && /^ci$/i.test(this.#symbols[next + 1]?.text ?? '')) next += 2
    else if (/^ci$/i.test(this.#symbols[next]?.text ?? '')) next += 1
    const isPart = this.#is(this.#skipBack(i), 'part') || this.#is(i - 1, 'part', 'half', 'unit', 'within')
    if (before === undefined && after === undefined && !isPart) return null
    return { spans: [this.#unitSpan(unit, shift, before === 'nextBefore')], next }
  }

  #skipBack(i: number): number {
    let at = i - 1
    while (at > 0 && this.#is(at, 'the', 'of')) at -= 1
    return at
  }

  #unitSpan(unit: string, shift: number, nextBefore: boolean): DateSpan {
    const today = this.#today
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

  #unitMonth(i: number): { span: DateSpan; next: number } | null {
    const unit = this.#unit(i)
    const [span] = unit?.spans ?? []
    return unit !== null && span?.grain === 'month' ? { span, next: unit.next } : null
  }

  #season(i: number): Parsed | null {
    const before = ['this', 'nextBefore', 'last'].find((kind) => this.#is(i, kind))
    const at = before === undefined ? i : i + 1
    const season = this.#word(at, 'season')
    if (season === undefined) return null
    let next = at + 1
    const year = this.#yearAfter(next) ?? this.#relativeYear(next)
    // "ça a été repoussé"
    const isUnclear = this.#unclear.unclearSeasons.has(flat(this.#symbols[at]?.text ?? ''))
    if (isUnclear && before === undefined && year === null && i > 0 && !this.#isLed(i)) return null
    if (year !== null) {
      // Schools and people call winter by the year in which most of it lies.
      const begins = year.year - Number(season === 'winter')
      return { spans: spansOf(seasonOf(season, begins)), next: year.next }
    }
    const last = before === 'last' || this.#is(next, 'last')
    const skipsNow = before === 'nextBefore' || this.#is(next, 'next')
    if (this.#is(next, 'last', 'next')) next += 1
    const { today } = this
    const all = [-2, -1, 0, 1, 2].flatMap((more) => spansOf(seasonOf(season, today.year + more)))
    const now = today.toString()
    const found =
      last || this.#past
        ? all.findLast(({ end }) => end !== null && end < now)
        : all.find(({ start, end }) => (skipsNow ? start !== null && start > now : end !== null && end >= now))
    return found === undefined ? null : { spans: [found], next }
  }

  /** "premier trimestre 2028", "Q2 2028". */
  #quarter(i: number): Parsed | null {
    const short = /^[qt]([1-4])$/i.exec((this.#symbols[i]?.text ?? '') + (this.#symbols[i + 1]?.text ?? ''))?.[1]
    const which = short === undefined ? this.#number(i, 'ordinal') : Number(short)
    const said = short !== undefined || this.#word(i + 1, 'unit') === 'quarter'
    if (!said || which === undefined || which > 4) return null
    const at = this.#skip(i + 2, 'of', 'the')
    const year = this.#yearAfter(at) ?? this.#relativeYear(at)
    const month = 3 * (which - 1) + 1
    const thisYear = this.#today.year + Number(this.#today.month > month + 2)
    const start = exact(year?.year ?? thisYear, month, 1)
    if (start === null) return null
    return { spans: [stretch(start, start.add({ months: 3 }).subtract({ days: 1 }))], next: year?.next ?? i + 2 }
  }

  #feast(i: number): Parsed | null {
    const name = this.#word(i, 'holiday')
    if (name === undefined) return null
    let next = i + 1
    const year = this.#yearAfter(next) ?? this.#relativeYear(next)
    if (year !== null) return { spans: spansOf(feastIn(name, year.year)), next: year.next }
    const last = this.#is(next, 'last')
    if (this.#is(next, 'last', 'next')) next += 1
    const weekend = this.#word(next, 'unit') === 'weekend'
    const now = this.#today.toString()
    const all = [-1, 0, 1].flatMap((more) => spansOf(feastIn(name, this.#today.year + more)))
    const found =
      last || this.#past
        ? all.findLast(({ start }) => start !== null && start <= now)
        : all.find(({ end }) => end !== null && end >= now)
    if (found === undefined) return null
    return weekend ? { spans: [weekendOf(found)], next: next + 1 } : { spans: [found], next }
  }

  /** A year alone, where something leads to it or nothing else is said. */
  #year(i: number): Parsed | null {
    const year = this.#number(i, 'year')
    const opens = i === 0 && /^[,.!]$/.test(this.#symbols[1]?.text ?? '')
    if (year === undefined || (!this.#isLed(i) && !opens && this.#symbols.length > 2)) return null
    return { spans: [stretch(exact(year, 1, 1), exact(year, 12, 31))], next: i + 1 }
  }

  /** "le 12", "the 12th": a number that something says to be a day. */
  #dayNumber(i: number): Parsed | null {
    const day = this.#dayNumberAt(i)
    if (day === null) return null
    const ordinal = this.#is(i, 'ordinal') && /^\d/.test(this.#symbols[i]?.text ?? '')
    const led = /(?:^| )(?:le|l|the|el|au|du)$/i.test(this.#symbols[i - 1]?.text.replaceAll("'", ' ') ?? '')
    const spelled = /^\p{L}/u.test(this.#symbols[i]?.text ?? '')
    if (!led && !(ordinal && !spelled)) return null
    if (
      this.#countsUnits(day.next) ||
      this.#is(day.next, 'month', 'weekday') ||
      /^[%$€°]$/.test(this.#symbols[day.next]?.text ?? '')
    )
      return null
    // "le premier", "the first", said of anything
    if (spelled && this.#is(i, 'ordinal') && this.#symbols[day.next] !== undefined) return null
    const spans = this.#dayAlone(day.day)
    return spans === null ? null : { spans, next: day.next, bare: day.day }
  }

  #dayAlone(number: number): readonly DateSpan[] | null {
    const day = this.#alone(number)
    return day === null ? null : [dayOf(day)]
  }

  /** The next day (or, told of the past, the last) with this number. */
  #alone(number: number): Day | null {
    for (const more of this.#past ? [0, -1, -2] : [0, 1, 2]) {
      const month = this.#today.toPlainYearMonth().add({ months: more })
      if (number > month.daysInMonth) continue
      const day = month.toPlainDate({ day: number })
      const order = Temporal.PlainDate.compare(day, this.#today)
      if (this.#past ? order <= 0 : order >= 0) return day
    }
    return null
  }

  /** A day of a month in the year said, or else the next to come (the last gone, told of the past). */
  #inYear(day: number, month: number, year: number | undefined): Day | null {
    if (year !== undefined) return exact(year, month, day)
    const years = this.#past ? [0, -1, -2, -3, -4] : [0, 1, 2, 3, 4]
    for (const more of years) {
      const found = exact(this.#today.year + more, month, day)
      if (found === null) continue
      const order = Temporal.PlainDate.compare(found, this.#today)
      if (this.#past ? order <= 0 : order >= 0) return found
    }
    return null
  }

  #days(days: readonly (Day | null)[], next: number): Parsed | null {
    const real = days.filter((day) => day !== null)
    return real.length === 0 ? null : { spans: real.map(dayOf), next }
  }

  #map(parsed: Parsed, change: (span: DateSpan) => DateSpan): Parsed {
    return { ...parsed, spans: parsed.spans.map(change) }
  }
}

/** Saturday to Monday where the feast is a Monday or a Friday, else Saturday and Sunday. */
function weekendOf(feast: DateSpan): DateSpan {
  const day = startOf(feast)
  if (day === null) return feast
  const saturday = mondayOf(day.subtract({ days: day.dayOfWeek === 1 ? 1 : 0 })).add({ days: 5 })
  return stretch(day.dayOfWeek === 5 ? day : saturday, day.dayOfWeek === 1 ? day : saturday.add({ days: 1 }))
}

const spansOf = (span: DateSpan | null): DateSpan[] => (span === null ? [] : [span])

/** A day that exists, or null. */
function exact(year: number, month: number, day: number): Day | null {
  if (month < 1 || month > 12 || day < 1 || day > 31) return null
  const fits = day <= Temporal.PlainYearMonth.from({ year, month }).daysInMonth
  return fits ? Temporal.PlainDate.from({ year, month, day }) : null
}

function moved(day: Day, count: number, unit: string): Day {
  if (unit === 'week') return day.add({ weeks: count })
  if (unit === 'fortnight') return day.add({ weeks: 2 * count })
  if (unit === 'month') return day.add({ months: count })
  if (unit === 'year') return day.add({ years: count })
  return day.add({ days: count })
}

/** The beginning, middle or end of a stretch: ten days of a month, some days of a week, a quarter of a year. */
function pieceOf(part: 'start' | 'mid' | 'end', start: Day, end: Day): DateSpan {
  const days = start.until(end).days + 1
  if (days <= 7) {
    if (part === 'start') return stretch(start, start.add({ days: 2 }))
    return part === 'mid'
      ? stretch(start.add({ days: 1 }), start.add({ days: 3 }))
      : stretch(start.add({ days: 3 }), end)
  }
  if (days <= 31) {
    if (part === 'start') return stretch(start, start.add({ days: 9 }))
    return part === 'mid'
      ? stretch(start.add({ days: 10 }), start.add({ days: 19 }))
      : stretch(start.add({ days: 20 }), end)
  }
  if (days <= 100) {
    if (part === 'start') return stretch(start, start.add({ days: 29 }))
    return part === 'mid'
      ? stretch(start.add({ days: 30 }), start.add({ days: 60 }))
      : stretch(end.subtract({ days: 29 }), end)
  }
  if (part === 'start') return stretch(start, start.add({ months: 2, days: 14 }))
  if (part === 'mid') return stretch(start.add({ months: 5 }), start.add({ months: 7 }).subtract({ days: 1 }))
  return stretch(end.subtract({ months: 2 }).add({ days: 1 }), end)
}
