import { z } from 'zod'
import { citesListedSources, dayText, factMarks, provenance, uniqueById } from './sourced.ts'

/**
 * One holiday of Québec's public bodies, as a rule and not as dates. `rule` is in the grammar of
 * `date-holidays` (`12-24`, `easter -2`, `monday before 05-25`); `name` is the official French name.
 */
const holidayRule = z
  .strictObject({
    id: z.string().min(1),
    rule: z.string().min(1),
    name: z.string().min(1),
    /** What the law says, in words, of a holiday that falls on a weekend. For people. */
    weekend: z.string().optional(),
    ...factMarks,
  })
  .readonly()

/** A day off that stands in for the holiday `of` when that one falls on a weekend. */
const replacement = z.strictObject({ day: dayText, of: z.string().min(1), ...factMarks }).readonly()

/**
 * `content/holidays.json`: the rules, and the replacement days date by date for the years
 * `replacementYears`. They are stored, not computed, because no act gives one rule for all of them
 * (quebec.md, section 5): each year is checked by a person.
 */
export const holidayFile = z
  .strictObject({
    ...provenance,
    licence: z.string(),
    rules: uniqueById(holidayRule),
    replacementYears: z.strictObject({ from: z.int(), to: z.int() }).readonly(),
    replacements: z.array(replacement).readonly(),
  })
  .check(citesListedSources, ({ value, issues }) => {
    const known = new Set(value.rules.map(({ id }) => id))
    value.replacements.forEach(({ day, of }, at) => {
      const complain = (key: string, message: string) =>
        issues.push({ code: 'custom', input: day, path: ['replacements', at, key], message })
      const year = Number(day.slice(0, 4))
      const weekday = new Date(`${day}T00:00Z`).getUTCDay()
      if (!known.has(of)) complain('of', `no rule has the id ${of}`)
      if (year < value.replacementYears.from || year > value.replacementYears.to)
        complain('day', 'outside replacementYears')
      if (weekday === 0 || weekday === 6) complain('day', 'a replacement day is a weekday')
    })
  })
  .readonly()

/** The holidays as the catalogue gives them. */
export type HolidayContent = z.infer<typeof holidayFile>
