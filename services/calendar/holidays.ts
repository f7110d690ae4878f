import Holidays from 'date-holidays'
import { Temporal } from 'temporal-polyfill'
import type { HolidayContent } from '../catalogue/index.ts'

/**
 * A day on which public bodies are closed, apart from weekends. `id` is the holiday's id in
 * `content/holidays.json`; `observed` is true on the weekday that stands in for a holiday that falls
 * on a weekend, false on the holiday itself.
 */
export interface Holiday {
  readonly id: string
  readonly observed: boolean
}

/** The holiday on a day, or null. */
export type HolidayOn = (day: Temporal.PlainDate) => Holiday | null

/**
 * Answers which days are holidays. Each year is worked out once, when first asked for.
 * Outside `replacementYears` only the rules count: no replacement day is known there.
 * Source: J-3, r. 3, s. 3; F-1.1, s. 2; quebec.md, section 5 (all in `content/holidays.json`).
 */
export function holidayFinder(content: HolidayContent): HolidayOn {
  const years = new Map<number, ReadonlyMap<string, Holiday>>()
  return (day) => {
    let year = years.get(day.year)
    if (!year) years.set(day.year, (year = holidaysOf(day.year, content)))
    return year.get(keyOf(day)) ?? null
  }
}

/**
 * Every holiday of a year by its day (`YYYY-MM-DD`). `date-holidays` computes (it knows Easter and
 * "Monday before 25 May"), our rules decide: setting them corrects what its CA-QC list lacks (2
 * January, 24, 26, 31 December) or calls optional (Easter Monday), and whatever else it lists,
 * observances first of all, is left out. A rule that it cannot read is an error.
 * Source: shared/data, quebec-civil-service-holidays.json, `date_holidays_check`.
 */
export function holidaysOf(year: number, content: HolidayContent): ReadonlyMap<string, Holiday> {
  const engine = new Holidays('CA', 'QC')
  const idOfRule = new Map(content.rules.map(({ id, rule }) => [rule, id]))
  for (const { rule, name } of content.rules) engine.setHoliday(rule, { name, type: 'public' })

  const days = new Map<string, Holiday>()
  for (const { day, of } of content.replacements)
    if (Temporal.PlainDate.from(day).year === year) days.set(day, { id: of, observed: true })
  for (const { date, rule } of engine.getHolidays(year)) {
    const id = idOfRule.get(rule)
    if (id !== undefined) days.set(date.slice(0, 10), { id, observed: false })
  }
  const found = new Set([...days.values()].filter(({ observed }) => !observed).map(({ id }) => id))
  for (const { id, rule } of content.rules)
    if (!found.has(id)) throw new RangeError(`holiday ${id}: the rule "${rule}" gives no day in ${year}`)
  return days
}

/** The day in ISO form whatever calendar it carries. */
const keyOf = (day: Temporal.PlainDate): string => day.toString({ calendarName: 'never' })
