import type { Temporal } from 'temporal-polyfill'
import type { Catalogue, OfficeHours } from '../catalogue/index.ts'
import { addBusinessDays, isBusinessDay, nextBusinessDay } from './businessDays.ts'
import { holidayFinder, type Holiday } from './holidays.ts'
import { isOpenAt, openingFrom, readingAt, type Reading } from './openingHours.ts'

export type { Holiday } from './holidays.ts'
export type { Reading } from './openingHours.ts'

/**
 * The business calendar of Québec's public bodies: which days they work, and when an office answers.
 * It never asks what time it is: the day or the instant is given. A day is a calendar day in the
 * office's zone; turn an instant into one with `instant.toZonedDateTimeISO(hours.zone).toPlainDate()`.
 * Replacement days are known for the years of `content/holidays.json` only; outside them the holidays
 * themselves count and nothing replaces them. Source: quebec.md, section 5.
 */
export interface Calendar {
  /** The holiday on a day, or null; weekends are no holidays here. */
  holidayOn(day: Temporal.PlainDate): Holiday | null

  /** Whether public bodies work that day: Monday to Friday and no holiday. */
  isBusinessDay(day: Temporal.PlainDate): boolean

  /** The first business day strictly after `day`. */
  nextBusinessDay(day: Temporal.PlainDate): Temporal.PlainDate

  /**
   * The `count`-th business day strictly after `day`; 0 gives `day` back.
   * Throws RangeError when `count` is not a whole number, 0 or more.
   */
  addBusinessDays(day: Temporal.PlainDate, count: number): Temporal.PlainDate

  /**
   * The last day for the first meeting of somebody who arrives on `arrivalDay`: the fifth business
   * day strictly after it, whether it is a business day or not. The five is `firstMeeting` in
   * `content/offices.json`: the program's aim, to be said "au plus tard le …", not a right.
   * Source: quebec.md, section 1 (aim of 2019) and section 5 (how it is counted).
   */
  firstMeetingLimit(arrivalDay: Temporal.PlainDate): Temporal.PlainDate

  /** Whether the office answers at `instant`: its opening counts, its closing does not. */
  isOpen(instant: Temporal.Instant, hours: OfficeHours): boolean

  /**
   * The first moment from `instant` on at which the office is open: `instant` itself when it is.
   * In the office's zone, as all that follows. Throws RangeError when there is none in 60 days.
   */
  nextOpening(instant: Temporal.Instant, hours: OfficeHours): Temporal.ZonedDateTime

  /**
   * The first closing after `instant`: of the opening under way, else of the next one. Closing for
   * lunch is a closing. Throws RangeError as `nextOpening` does.
   */
  closingAfter(instant: Temporal.Instant, hours: OfficeHours): Temporal.ZonedDateTime

  /**
   * What a person who writes at `instant` may be told: that somebody reads now, until the next
   * closing, or from when. Throws RangeError as `nextOpening` does.
   */
  whenAPersonReads(instant: Temporal.Instant, hours: OfficeHours): Reading
}

/**
 * The calendar over the catalogue's holidays. The years that were asked for are remembered in it.
 * Source: `content/holidays.json`, `content/offices.json`, quebec.md, section 5.
 */
export function openCalendar(catalogue: Pick<Catalogue, 'holidayRules' | 'offices'>): Calendar {
  const holidayOn = holidayFinder(catalogue.holidayRules())
  const { withinBusinessDays } = catalogue.offices().firstMeeting
  return {
    holidayOn,
    isBusinessDay: (day) => isBusinessDay(day, holidayOn),
    nextBusinessDay: (day) => nextBusinessDay(day, holidayOn),
    addBusinessDays: (day, count) => addBusinessDays(day, count, holidayOn),
    firstMeetingLimit: (arrivalDay) => addBusinessDays(arrivalDay, withinBusinessDays, holidayOn),
    isOpen: (instant, hours) => isOpenAt(instant, hours, holidayOn),
    nextOpening: (instant, hours) => {
      const reading = readingAt(instant, hours, holidayOn)
      return reading.open ? instant.toZonedDateTimeISO(hours.zone) : reading.opensAt
    },
    closingAfter: (instant, hours) => openingFrom(instant, hours, holidayOn).closesAt,
    whenAPersonReads: (instant, hours) => readingAt(instant, hours, holidayOn),
  }
}
