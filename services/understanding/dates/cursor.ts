import type { Temporal } from 'temporal-polyfill'
import type { Meaning } from './lexicon.ts'
import type { DateSpan } from './span.ts'
import type { Symbol } from './symbols.ts'

type Day = Temporal.PlainDate

/** Words for one that are articles too. */
export const ARTICLE = /^(?:an?|une?|una)$/

/** What an expression says, and where it ends. More than one span is a doubt. */
export interface Parsed {
  spans: readonly DateSpan[]
  next: number
  /** A number alone, which a month beside it may complete: "du (10) au 15 juin". */
  bare?: number
  /** Of a stretch with two ends that were said: the second. */
  range?: DateSpan
  /** Counted from the day said before, which thereby is not the day meant. */
  from?: boolean
}

/** What a message said before. */
export interface Said {
  spans: readonly DateSpan[]
  negated: boolean
}

/** How many of a unit, which follows. */
export interface Count {
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

/** Little words that may lead to a day; more of them lead nowhere, and would cost time. */
const MOST_LED = 8

/** The symbols of a message, with what reading an expression in them depends on. */
export class Cursor {
  readonly symbols: readonly Symbol[]
  readonly today: Day
  readonly unclear: Unclear
  /** Told of the past, a day without a year is the last one, not the next. */
  past = false
  /** What was said before in the message: "le lendemain" is the day after it. */
  said: Said | null = null
  /** An expression alone, and one with what closes it: the grammar's, for those that hold another. */
  readonly core: (i: number) => Parsed | null
  readonly closed: (i: number) => Parsed | null

  constructor(
    symbols: readonly Symbol[],
    today: Day,
    unclear: Unclear,
    grammar: { core: (c: Cursor, i: number) => Parsed | null; closed: (c: Cursor, i: number) => Parsed | null },
  ) {
    this.symbols = symbols
    this.today = today
    this.unclear = unclear
    this.core = (i) => grammar.core(this, i)
    this.closed = (i) => grammar.closed(this, i)
  }

  meaning(i: number, kind: string): Meaning | undefined {
    return this.symbols[i]?.meanings.find((one) => one.kind === kind)
  }

  is(i: number, ...kinds: string[]): boolean {
    return kinds.some((kind) => this.meaning(i, kind) !== undefined)
  }

  number(i: number, ...kinds: string[]): number | undefined {
    for (const kind of kinds) {
      const value = this.meaning(i, kind)?.value
      if (typeof value === 'number') return value
    }
    return undefined
  }

  word(i: number, kind: string): string | undefined {
    const value = this.meaning(i, kind)?.value
    return value === undefined ? undefined : String(value)
  }

  /** A unit that a number before it counts; "we" is English too. */
  countsUnits(i: number): boolean {
    return this.is(i, 'unit') && !/^we$/i.test(this.symbols[i]?.text ?? '')
  }

  /** Past the little words that lead to a day. */
  skip(i: number, ...kinds: string[]): number {
    const from = i
    const all = kinds.includes('the') ? [...kinds, 'since'] : kinds
    while (i - from < MOST_LED && (this.is(i, ...all) || (i > from && /^['’]$/.test(this.symbols[i]?.text ?? ''))))
      i += 1
    return i
  }

  /** Past a comma, a dash or a stop. */
  skipMark(i: number): number {
    return /^[,.–—-]$/.test(this.symbols[i]?.text ?? '') ? i + 1 : i
  }

  /** A word that leads to a day stands before: "in may", "le 3 mai". */
  isLed(at: number): boolean {
    const i = /^['’]$/.test(this.symbols[at - 1]?.text ?? '') ? at - 1 : at
    // "we want to march", "ça a été"
    const before = this.symbols[i - 1]?.text ?? ''
    if (/^(?:to|a|as|ont|ai)$/i.test(before) && !this.is(i - 2, 'month', 'season', 'number', 'part')) return false
    return this.is(i - 1, 'since', 'the', 'of', 'part', 'within', 'from', 'after', 'before', 'by', 'around', 'to', 'or', 'and', 'between', 'number', 'ordinal', 'allDuring', 'weekOf', 'weekday', 'part') // prettier-ignore
  }

  skipBack(i: number): number {
    let at = i - 1
    while (at > 0 && this.is(at, 'the', 'of')) at -= 1
    return at
  }
}
