import { flat } from '../normalise.ts'
import type { CalendarWords, Phrases } from '../phrases.ts'

/** The calendar's words of all languages together, as pieces of regular expressions and lookups. */
export interface CalendarLexicon {
  month: string
  shortMonth: string
  unclearMonth: string
  weekday: string
  number: string
  /** A day of the month in words: not "a" or "un", which are articles first. */
  dayNumber: string
  unit: string
  ordinal: string
  of: string
  within: string
  before: string
  not: string
  phrase: Record<
    | 'today'
    | 'tomorrow'
    | 'dayAfterTomorrow'
    | 'thisMonth'
    | 'nextMonth'
    | 'nextWeek'
    | 'nextYear'
    | 'unclearNext'
    | 'inEightDays',
    string
  >
  /** 1 to 12. */
  monthOf: ReadonlyMap<string, number>
  /** 1 (Monday) to 7. */
  weekdayOf: ReadonlyMap<string, number>
  numberOf: ReadonlyMap<string, number>
  unitOf: ReadonlyMap<string, 'day' | 'week' | 'month' | 'year'>
}

const escaped = (word: string): string =>
  flat(word)
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/ /g, '\\s+')

/** Longest first, so that "dix-huit" is not read as "dix". Matches nothing when empty. */
const either = (words: readonly string[]): string =>
  words.length === 0 ? '(?!)' : `(?:${[...new Set(words.map(escaped))].sort((a, b) => b.length - a.length).join('|')})`

/** Joins the languages' words: people mix them, and "mars" is French in an English sentence too. */
export function calendarLexicon(all: Iterable<Phrases>): CalendarLexicon {
  const calendars = [...all].map(({ calendar }) => calendar)
  const every = (pick: (words: CalendarWords) => readonly string[]) => either(calendars.flatMap(pick))
  const numbered = (pick: (words: CalendarWords) => string[][]) =>
    new Map(
      calendars.flatMap((c) => pick(c).flatMap((names, i) => names.map((n): [string, number] => [flat(n), i + 1]))),
    )
  return {
    month: every((c) => c.months.flat()),
    shortMonth: every((c) => [...c.shortMonths.flat(), ...c.months.flat()]),
    unclearMonth: every((c) => c.unclearMonths),
    weekday: every((c) => c.weekdays.flat()),
    number: every((c) => Object.keys(c.numbers)),
    dayNumber: every((c) => [
      ...c.firstOfMonth,
      ...Object.keys(c.numbers).filter((word) => (c.numbers[word] ?? 0) > 1),
    ]),
    unit: every((c) => Object.values(c.units).flat()),
    ordinal: every((c) => c.ordinalEndings),
    of: every((c) => c.of),
    within: every((c) => c.within),
    before: every((c) => c.before),
    not: every((c) => c.not),
    phrase: {
      today: every((c) => c.today),
      tomorrow: every((c) => c.tomorrow),
      dayAfterTomorrow: every((c) => c.dayAfterTomorrow),
      thisMonth: every((c) => c.thisMonth),
      nextMonth: every((c) => c.nextMonth),
      nextWeek: every((c) => c.nextWeek),
      nextYear: every((c) => c.nextYear),
      unclearNext: every((c) => c.unclearNext),
      inEightDays: every((c) => c.inEightDays),
    },
    monthOf: new Map([...numbered((c) => c.shortMonths), ...numbered((c) => c.months)]),
    weekdayOf: numbered((c) => c.weekdays),
    numberOf: new Map(
      calendars.flatMap((c) => [
        ...Object.entries(c.numbers).map(([w, n]): [string, number] => [flat(w), n]),
        ...c.firstOfMonth.map((w): [string, number] => [flat(w), 1]),
      ]),
    ),
    unitOf: new Map(
      calendars.flatMap((c) =>
        (['day', 'week', 'month', 'year'] as const).flatMap((unit) =>
          c.units[unit].map((w): [string, typeof unit] => [flat(w), unit]),
        ),
      ),
    ),
  }
}
