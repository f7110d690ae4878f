import { Temporal } from 'temporal-polyfill'
import { flat } from '../normalise.ts'
import type { Phrases } from '../phrases.ts'
import type { DayMention } from './mention.ts'
import { calendarLexicon, type CalendarLexicon } from './words.ts'

/** What one form of words says, given its match and today. `null`: it was not that form after all. */
type Form = { pattern: RegExp; values(match: RegExpExecArray, today: Temporal.PlainDate): string[] | null }
/** Worked out only for a message that has a day in it: most have none. */
type Today = () => Temporal.PlainDate

/** Reads the days and months of a message, given the day it is where the person is. */
export type DayReader = (text: string, today: Today) => DayMention[]

/** What days are looked for in: a longer message says its day early, and patterns stay cheap. */
const LONGEST = 300

/**
 * Our own reader of days, by rules over the words of `content/phrases`. It comes before the general
 * recognizer, which leaves "1er janvier" unresolved, takes "dans deux semaines" for a duration and
 * "le mois prochain" for this one (measured on 1.3.1).
 */
export function dayReader(phrases: Iterable<Phrases>): DayReader {
  const lexicon = calendarLexicon(phrases)
  const forms = [...absoluteForms(lexicon), ...relativeForms(lexicon)]
  const weekdays = weekdayForms(lexicon)
  // the words that only lead to the day go with it: "(mardi le) 9 mars", "(en) mars"
  const leading = new RegExp(`(?<![\\p{L}])(?:(?:${lexicon.before}|${lexicon.weekday})[\\s-]*)+$`, 'u')
  const negation = new RegExp(`(?<![\\p{L}])${lexicon.not}(?:\\s+${lexicon.before})*\\s*$`, 'u')

  return (text, today) => {
    const seen = flat(text).slice(0, LONGEST)
    const found = collect(seen, today, forms, [])
    // "mardi 9 mars" is one day: a weekday counts only where no date stands
    if (found.length === 0) collect(seen, today, weekdays, found)
    return found
      .map((mention) => {
        const before = seen.slice(Math.max(0, mention.start - 24), mention.start)
        const led = leading.exec(before)?.[0].length ?? 0
        return { ...mention, start: mention.start - led, negated: negation.test(before) }
      })
      .sort((a, b) => a.start - b.start)
  }
}

/** Adds what `forms` match in `seen`, the earlier form winning where two overlap. */
function collect(seen: string, today: Today, forms: readonly Form[], found: DayMention[]): DayMention[] {
  for (const { pattern, values } of forms) {
    for (const match of seen.matchAll(pattern)) {
      const start = match.index
      const end = start + match[0].length
      if (found.some((other) => start < other.end && other.start < end)) continue
      const read = values(match, today())
      if (read !== null) found.push({ values: read, start, end, negated: false })
    }
  }
  return found
}

/** A pattern for whole words: no letter nor digit touches it. */
const form = (source: string, values: Form['values']): Form => ({
  pattern: new RegExp(`(?<![\\p{L}\\p{N}])${source}(?![\\p{L}\\p{N}])`, 'gu'),
  values,
})

const YEAR = '(20\\d\\d)'

function absoluteForms(w: CalendarLexicon): Form[] {
  const day = `(\\d{1,2}|${w.dayNumber})(?:${w.ordinal})?`
  const numberOf = (text: string) => w.numberOf.get(text) ?? Number(text)
  const dayOf = (d: string, m: string, y: string | undefined, today: Temporal.PlainDate) =>
    toArray(dayInYear(numberOf(d), w.monthOf.get(m.replace(/\s+/g, ' ')) ?? 0, y, today))
  const year = `(?:,?\\s+(?:${w.of}\\s+)?${YEAR})?`
  const next = `(?:\\s+(?:${w.of}\\s*)?(${w.phrase.nextYear}))?`
  const monthOf = (m: string, y: string | undefined, nextYear: string | undefined, today: Temporal.PlainDate) => {
    const month = w.monthOf.get(m) ?? 0
    if (nextYear !== undefined) return [yearMonth(today.year + 1, month)]
    return [yearMonth(y === undefined ? today.year + Number(month < today.month) : Number(y), month)]
  }
  return [
    form(`${YEAR}-(\\d{1,2})-(\\d{1,2})`, ([, y, m, d], today) => toArray(dayInYear(Number(d), Number(m), y, today))),
    form(`${YEAR}-(\\d{1,2})`, ([, y, m]) =>
      Number(m) >= 1 && Number(m) <= 12 ? [yearMonth(Number(y), Number(m))] : null,
    ),
    form(`(\\d{1,2})\\s?([/.-])\\s?(\\d{1,2})(?:\\s?\\2\\s?(\\d{4}|\\d{2}))?`, numericValues),
    form(`(\\d{1,2})[/.](20\\d\\d)`, ([, m, y]) =>
      Number(m) >= 1 && Number(m) <= 12 ? [yearMonth(Number(y), Number(m))] : null,
    ),
    form(`${day}\\s*(?:${w.of}\\s+)?(${w.shortMonth})\\.?${year}`, ([, d = '', m = '', y], today) =>
      dayOf(d, m, y, today),
    ),
    form(`(${w.shortMonth})\\.?\\s+(?:the\\s+)?${day}(?!\\s*[/.:h]?\\d)${year}`, ([, m = '', d = '', y], today) =>
      dayOf(d, m, y, today),
    ),
    form(`(${w.shortMonth})\\.?\\s+(?:${w.of}\\s+)?${YEAR}`, ([, m = '', y], today) => monthOf(m, y, undefined, today)),
    form(`(${w.month})${next}`, (match, today) => {
      const [, m = '', nextYear] = match
      const unclear = new RegExp(`^${w.unclearMonth}$`, 'u').test(m)
      const before = (match.input ?? '').slice(0, match.index)
      if (
        unclear &&
        nextYear === undefined &&
        before.trim() !== '' &&
        !new RegExp(`${w.before}\\s+$`, 'u').test(before)
      )
        return null
      return monthOf(m, undefined, nextYear, today)
    }),
  ]
}

function numericValues(match: RegExpExecArray, today: Temporal.PlainDate): string[] | null {
  const [, first = '', separator, second = '', y] = match
  if (separator === '.' && y === undefined) return null // "3.5" is a number
  if (separator === '-' && y === undefined) return null // "3-5" is a range
  const a = Number(first)
  const b = Number(second)
  const year = y?.length === 2 ? `20${y}` : y
  const readings = [dayInYear(a, b, year, today), dayInYear(b, a, year, today)].filter((day) => day !== null)
  return toArray(readings.length === 0 ? null : [...new Set(readings)])
}

function relativeForms(w: CalendarLexicon): Form[] {
  const iso = (day: Temporal.PlainDate) => [day.toString()]
  return [
    form(w.phrase.dayAfterTomorrow, (_, today) => iso(today.add({ days: 2 }))),
    form(w.phrase.tomorrow, (_, today) => iso(today.add({ days: 1 }))),
    form(w.phrase.today, (_, today) => iso(today)),
    form(w.phrase.nextMonth, (_, today) => [today.toPlainYearMonth().add({ months: 1 }).toString()]),
    form(w.phrase.thisMonth, (_, today) => [today.toPlainYearMonth().toString()]),
    form(`${w.within}\\s+(\\d{1,3}|${w.number})\\s+(${w.unit})`, ([, n = '', u = ''], today) => {
      const count = w.numberOf.get(n.replace(/\s+/g, ' ')) ?? Number(n)
      const unit = w.unitOf.get(u)
      if (unit === 'day') return iso(today.add({ days: count }))
      if (unit === 'week') return iso(today.add({ weeks: count }))
      return [
        today
          .toPlainYearMonth()
          .add(unit === 'year' ? { years: count } : { months: count })
          .toString(),
      ]
    }),
    form(w.phrase.nextWeek, () => []),
    form(w.phrase.nextYear, () => []),
  ]
}

function weekdayForms(w: CalendarLexicon): Form[] {
  return [
    form(
      `(?:(${w.phrase.unclearNext})\\s+)?(${w.weekday})(?:\\s+(${w.phrase.inEightDays}))?`,
      ([, unclear, name = '', eight], today) => {
        const ahead = ((w.weekdayOf.get(name) ?? 1) - today.dayOfWeek + 6) % 7
        const coming = today.add({ days: ahead + 1 })
        const after = coming.add({ weeks: 1 })
        if (eight !== undefined) return [after.toString()]
        return unclear === undefined ? [coming.toString()] : [coming.toString(), after.toString()]
      },
    ),
  ]
}

const toArray = (value: string | string[] | null): string[] | null => (typeof value === 'string' ? [value] : value)

const yearMonth = (year: number, month: number): string => `${year}-${String(month).padStart(2, '0')}`

/** The day as ISO, in the year said or else the next to come; null when the calendar has no such day. */
function dayInYear(day: number, month: number, year: string | undefined, today: Temporal.PlainDate): string | null {
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31)) return null
  const years = year === undefined ? [0, 1, 2, 3, 4].map((more) => today.year + more) : [Number(year)]
  for (const y of years) {
    const fits = day <= Temporal.PlainYearMonth.from({ year: y, month }).daysInMonth
    if (!fits) continue
    const found = Temporal.PlainDate.from({ year: y, month, day })
    if (year !== undefined || Temporal.PlainDate.compare(found, today) >= 0) return found.toString()
  }
  return null
}
