import { Temporal } from 'temporal-polyfill'
import type { OfficeHours } from '../catalogue/index.ts'
import type { HolidayOn } from './holidays.ts'

/** One stretch of time in which an office answers: from `opensAt` until just before `closesAt`. */
export interface Opening {
  readonly opensAt: Temporal.ZonedDateTime
  readonly closesAt: Temporal.ZonedDateTime
}

/** By when a person reads: now, until the next closing, or from the next opening on. */
export type Reading =
  | { readonly open: true; readonly until: Temporal.ZonedDateTime }
  | { readonly open: false; readonly opensAt: Temporal.ZonedDateTime }

/** No office is closed longer than this, in days; hours that are say something wrong. */
const longestClosure = 60

/**
 * The openings of one day, in order; none on a holiday or its replacement. Times are wall-clock times
 * of the office's zone, so that 8:30 stays 8:30 when the clocks change. Source: quebec.md, section 5.
 */
export function openingsOn(day: Temporal.PlainDate, hours: OfficeHours, holidayOn: HolidayOn): Opening[] {
  if (!hours.weekdays.includes(day.dayOfWeek) || holidayOn(day)) return []
  const at = (time: string) => day.toZonedDateTime({ timeZone: hours.zone, plainTime: Temporal.PlainTime.from(time) })
  return hours.spans
    .map(({ from, to }) => ({ opensAt: at(from), closesAt: at(to) }))
    .filter(({ opensAt, closesAt }) => Temporal.ZonedDateTime.compare(opensAt, closesAt) < 0)
}

/**
 * Whether `instant` lies in an opening: the first moment of one counts, its closing does not.
 * Source: quebec.md, section 5.
 */
export function isOpenAt(instant: Temporal.Instant, hours: OfficeHours, holidayOn: HolidayOn): boolean {
  const there = instant.toZonedDateTimeISO(hours.zone)
  return openingsOn(there.toPlainDate(), hours, holidayOn).some(
    ({ opensAt, closesAt }) =>
      Temporal.ZonedDateTime.compare(opensAt, there) <= 0 && Temporal.ZonedDateTime.compare(there, closesAt) < 0,
  )
}

/**
 * The opening under way at `instant`, else the next one: the first that has not yet closed.
 * Throws RangeError when there is none in 60 days. Source: quebec.md, section 5.
 */
export function openingFrom(instant: Temporal.Instant, hours: OfficeHours, holidayOn: HolidayOn): Opening {
  let day = instant.toZonedDateTimeISO(hours.zone).toPlainDate()
  for (let left = longestClosure; left > 0; left -= 1) {
    for (const opening of openingsOn(day, hours, holidayOn))
      if (Temporal.Instant.compare(instant, opening.closesAt.toInstant()) < 0) return opening
    day = day.add({ days: 1 })
  }
  throw new RangeError(`no opening in the ${longestClosure} days after ${instant.toString()}`)
}

/**
 * Whether a person reads at `instant`, and until or from when, in the office's zone. The lunch break
 * counts as closed until the afternoon. Source: quebec.md, section 5.
 */
export function readingAt(instant: Temporal.Instant, hours: OfficeHours, holidayOn: HolidayOn): Reading {
  const { opensAt, closesAt } = openingFrom(instant, hours, holidayOn)
  return Temporal.Instant.compare(opensAt.toInstant(), instant) <= 0
    ? { open: true, until: closesAt }
    : { open: false, opensAt }
}
