import type { Temporal } from 'temporal-polyfill'
import type { HolidayOn } from './holidays.ts'

/**
 * Whether public bodies work on a day: Monday to Friday, not a holiday nor its replacement.
 * Source: J-3, r. 3, s. 3 (Saturdays and Sundays are holidays in its list).
 */
export function isBusinessDay(day: Temporal.PlainDate, holidayOn: HolidayOn): boolean {
  return day.dayOfWeek <= 5 && holidayOn(day) === null
}

/** The first business day strictly after `day`. Source: quebec.md, section 5. */
export function nextBusinessDay(day: Temporal.PlainDate, holidayOn: HolidayOn): Temporal.PlainDate {
  let next = day.add({ days: 1 })
  while (!isBusinessDay(next, holidayOn)) next = next.add({ days: 1 })
  return next
}

/**
 * The `count`-th business day strictly after `day`, which need not be one itself. `count` is a whole
 * number, 0 or more; 0 gives `day` back. Throws RangeError otherwise.
 * Source: quebec.md, section 5 (the day itself is not counted, the last one is).
 */
export function addBusinessDays(day: Temporal.PlainDate, count: number, holidayOn: HolidayOn): Temporal.PlainDate {
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError('a count of business days is a whole number, 0 or more')
  }
  let reached = day
  for (let left = count; left > 0; left -= 1) reached = nextBusinessDay(reached, holidayOn)
  return reached
}
