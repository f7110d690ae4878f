import { Temporal } from 'temporal-polyfill'
import type { DateSpan } from '../../services/understanding/dates/span.ts'

/** Days by which the bound of an open stretch may be off. */
const OPEN_TOLERANCE = 7
/** Two stretches are the same when what they share is at least this part of what they cover together. */
const SHARED = 0.5

/**
 * Whether a reading is what was expected. Expected: a day, `start/end`, `start/..`, `../end`,
 * `month:YYYY-MM` or `none`; alternatives joined by `|`. A reading in doubt is right when all that it
 * hesitates between is expected.
 */
export function dateIsRight(read: readonly DateSpan[], expected: string): boolean {
  const alternatives = expected.split('|').map((one) => one.trim())
  if (read.length === 0) return alternatives.includes('none')
  return read.every((span) => alternatives.some((one) => one !== 'none' && spanMatches(span, one)))
}

/** A reading as the expected column would write it. */
export const showSpans = (read: readonly DateSpan[]): string =>
  read.length === 0
    ? 'none'
    : read
        .map(({ start, end, grain }) =>
          grain === 'month' && start !== null
            ? `month:${start.slice(0, 7)}`
            : start === end
              ? String(start)
              : `${start ?? '..'}/${end ?? '..'}`,
        )
        .join('|')

function spanMatches(read: DateSpan, expected: string): boolean {
  const [start, end] = boundsOf(expected)
  const open = (bound: string | null): boolean => bound === null
  if (open(start) || open(end)) {
    if (open(start) !== open(read.start) || open(end) !== open(read.end)) return false
    const [asked, given] = open(start) ? [end, read.end] : [start, read.start]
    return asked !== null && given !== null && Math.abs(daysBetween(asked, given)) <= OPEN_TOLERANCE
  }
  if (open(read.start) || open(read.end)) return false
  if (start === end) return read.start === start && read.end === end
  return sharedPart([start as string, end as string], [read.start as string, read.end as string]) >= SHARED
}

function boundsOf(expected: string): [string | null, string | null] {
  const month = /^month:(\d{4}-\d\d)$/.exec(expected)?.[1]
  if (month !== undefined) {
    const first = Temporal.PlainYearMonth.from(month)
    return [`${month}-01`, `${month}-${String(first.daysInMonth).padStart(2, '0')}`]
  }
  const [start = '', end = start] = expected.split('/')
  return [start === '..' ? null : start, end === '..' ? null : end]
}

const daysBetween = (from: string, to: string): number =>
  Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: 'day' }).days

/** What two stretches share, over what they cover together. */
function sharedPart([a, b]: [string, string], [c, d]: [string, string]): number {
  const both = daysBetween(a > c ? a : c, b < d ? b : d) + 1
  if (both <= 0) return 0
  return both / (daysBetween(a < c ? a : c, b > d ? b : d) + 1)
}
