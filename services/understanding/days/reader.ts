import type { Temporal } from 'temporal-polyfill'
import { dateReader, type DateReader } from '../dates/reader.ts'
import { endOf, startOf, type DateSpan } from '../dates/span.ts'
import type { DayMention } from './mention.ts'

/** What days are looked for in: a longer message says its day early, and reading stays cheap. */
const LONGEST = 300
/** A stretch over more months than these is too vague to be one of a few answers. */
const MOST_MONTHS = 2
const WEEK_DAYS = 7

/** Finds the days and months of a message; `today` is asked only when something needs it. */
export type DayReader = (text: string, today: () => Temporal.PlainDate) => DayMention[]

/** The days that a question may keep: a stretch ("mi-mars") is kept as its month, or asked about when it has two. */
export function dayReader(dates: DateReader = dateReader()): DayReader {
  return (text, today) =>
    dates.mentions(text.slice(0, LONGEST), today()).map(({ spans, start, end, negated }) => ({
      values: [...new Set(spans.flatMap(valuesOf))],
      start,
      end,
      negated,
    }))
}

function valuesOf(span: DateSpan): string[] {
  const [start, end] = [startOf(span), endOf(span)]
  if (start === null || end === null) return []
  if (span.grain === 'day') return [start.toString()]
  if (span.about !== undefined) return [span.about]
  // A week or its end is nearer than a month, and no day: which one is asked.
  if (span.grain === 'stretch' && start.until(end).days < WEEK_DAYS) return []
  const months = start.until(end, { largestUnit: 'month' }).months + Number(start.day > end.day) + 1
  if (months > MOST_MONTHS) return []
  const first = start.toPlainYearMonth()
  const last = end.toPlainYearMonth()
  return first.equals(last) ? [first.toString()] : [first.toString(), last.toString()]
}
