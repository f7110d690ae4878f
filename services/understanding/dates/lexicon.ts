import { readdirSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { flat } from '../normalise.ts'

const words = z.array(z.string().min(1))
const named = z.record(z.string(), words)

const file = z.strictObject({
  source: z.string().min(1),
  checkedOn: z.iso.date(),
  months: z.array(words).length(12),
  /** Month names that are also everyday words: they count only beside a number, a year or a word that leads to a day. */
  unclearMonths: words,
  weekdays: z.array(words).length(7),
  numbers: z.record(z.string(), z.int()),
  ordinals: z.record(z.string(), z.int()),
  units: named,
  seasons: named,
  holidays: named,
  parts: named,
  next: words,
  /** Those that stand before what they say it of ("next Friday"), where two weeks may be meant. */
  nextBefore: words,
  this: words,
  last: words,
  afterNext: words,
  from: words,
  after: words,
  before: words,
  by: words,
  /** After a day: it, or sooner; it, or later. */
  latest: words,
  earliest: words,
  around: words,
  between: words,
  and: words,
  to: words,
  or: words,
  of: words,
  the: words,
  within: words,
  ago: words,
  agoAfter: words,
  later: words,
  few: words,
  today: words,
  tomorrow: words,
  dayAfterTomorrow: words,
  yesterday: words,
  dayBeforeYesterday: words,
  inEight: words,
  inFifteen: words,
  weekOf: words,
  half: words,
  not: words,
  /** What follows replaces what stood before. */
  instead: words,
  /** The message tells of what has been. */
  past: words,
  /** Beginnings of words beside which the day of an arrival stands. */
  arrive: words,
  allDuring: words,
  /** Before a count: not that long. */
  lessThan: words,
  /** The end of a stretch that begins today: "between now and June". */
  now: words,
  /** The day after, the day before what follows. */
  dayAfterThe: words,
  dayBeforeThe: words,
  /** After a day: it, or some days on either side. */
  aroundAfter: words,
  /** Beginnings of words beside which stands another day than that of an arrival: a birth, an expiry, an application. */
  otherDays: words,
  /** What was planned once, when something else is said too. */
  formerly: words,
  /** Beginnings of words beside which a day is that of leaving, when another is said too. */
  leave: words,
  /** Before or after a day: it no longer holds. */
  forget: words,
  calledOff: words,
  /** Who is spoken of: where both have a day, that of the writer is meant. */
  others: words,
  self: words,
  /** The message tells how long somebody has been here. */
  hereFor: words,
  /** Leads to the beginning of a stay. */
  since: words,
  /** Before a count: at some time from now to then. */
  coming: words,
  /** After a count: "un mois et demi". */
  andHalf: words,
  /** From a day that was said before. */
  nextDay: words,
  sinceThen: words,
  beforeThen: words,
  that: words,
  /** After something put aside: the next of its kind. */
  theOneAfter: words,
  /** Before "du 3 au 9": the second holds. */
  movedFrom: words,
  /** Words of a clause that make the day of something else a bound. */
  untilOther: words,
  afterOther: words,
  /** Beginnings of words that tell that a day was moved, before "from the 3rd to the 9th". */
  moved: words,
  /** "la fin de semaine du 20" */
  weekendOf: words,
  /** After a unit: "month end". */
  endAfter: words,
  /** A day right after it says the same more exactly, or replaces it: "fin août, donc le 28". */
  so: words,
  /** Words like those of days that are none. */
  never: words,
  /** The message tells of what will be, whatever its tense looks like. */
  future: words,
  /** Seasons that are also everyday words, and the words after which they are. */
  unclearSeasons: words,
})

export type DateWords = z.infer<typeof file>

/** What a word or a run of words may be. */
export interface Meaning {
  kind: string
  value: number | string
}

/** Words of all languages by their first word, longest run first. */
export interface Lexicon {
  readonly runs: ReadonlyMap<string, readonly { words: readonly string[]; meanings: readonly Meaning[] }[]>
  readonly unclearMonths: ReadonlySet<string>
  readonly unclearSeasons: ReadonlySet<string>
  /** Names of months and weekdays that may be mistyped. */
  readonly guessable: ReadonlyMap<string, Meaning>
  readonly arrive: readonly string[]
  readonly past: readonly string[]
  readonly otherDays: readonly string[]
  readonly formerly: readonly string[]
  readonly future: readonly string[]
  readonly leave: readonly string[]
  readonly forget: readonly string[]
  readonly calledOff: readonly string[]
  readonly others: readonly string[]
  readonly self: readonly string[]
  readonly hereFor: readonly string[]
  readonly untilOther: readonly string[]
  readonly afterOther: readonly string[]
  readonly moved: readonly string[]
}

const SIMPLE = [
  'next', 'nextBefore', 'this', 'last', 'afterNext', 'from', 'after', 'before', 'by', 'latest', 'earliest', 'around',
  'between', 'and', 'to', 'or', 'of', 'the', 'within', 'ago', 'agoAfter', 'later', 'few', 'today', 'tomorrow',
  'dayAfterTomorrow', 'yesterday', 'dayBeforeYesterday', 'inEight', 'inFifteen', 'weekOf', 'half', 'not', 'instead',
  'allDuring', 'lessThan', 'now', 'dayAfterThe', 'dayBeforeThe', 'aroundAfter', 'since', 'coming', 'andHalf', 'nextDay',
  'sinceThen', 'beforeThen', 'that', 'theOneAfter', 'movedFrom', 'endAfter', 'so', 'never', 'weekendOf',
] as const // prettier-ignore

/** The words of `content/dates`, by language. */
export function readDateWords(folder = new URL('../../../content/dates/', import.meta.url)): Map<string, DateWords> {
  return new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => {
        const read = file.safeParse(JSON.parse(readFileSync(new URL(name, folder), 'utf8')))
        if (!read.success) throw new Error(`content/dates/${name}: ${z.prettifyError(read.error)}`)
        return [name.slice(0, -'.json'.length), read.data]
      }),
  )
}

/** Joins languages: people mix them, and each reads what the other does not. */
export function dateLexicon(all: readonly DateWords[]): Lexicon {
  const found = new Map<string, { words: string[]; meanings: Meaning[] }>()
  const add = (text: string, kind: string, value: number | string): void => {
    const run = flat(text).split(/[\s'-]+/)
    const key = run.join(' ')
    const entry = found.get(key) ?? { words: run, meanings: [] }
    if (!entry.meanings.some((one) => one.kind === kind)) entry.meanings.push({ kind, value })
    found.set(key, entry)
  }
  for (const language of all) {
    language.months.forEach((names, i) => names.forEach((name) => add(name, 'month', i + 1)))
    language.weekdays.forEach((names, i) => names.forEach((name) => add(name, 'weekday', i + 1)))
    for (const [text, value] of Object.entries(language.numbers)) add(text, 'number', value)
    for (const [text, value] of Object.entries(language.ordinals)) add(text, 'ordinal', value)
    for (const [kind, sets] of [
      ['unit', language.units],
      ['season', language.seasons],
      ['holiday', language.holidays],
      ['part', language.parts],
    ] as const)
      for (const [value, texts] of Object.entries(sets)) texts.forEach((text) => add(text, kind, value))
    for (const kind of SIMPLE) language[kind].forEach((text) => add(text, kind, kind))
  }
  const runs = new Map<string, { words: string[]; meanings: Meaning[] }[]>()
  for (const entry of found.values()) {
    const first = entry.words[0] ?? ''
    runs.set(
      first,
      [...(runs.get(first) ?? []), entry].sort((a, b) => b.words.length - a.words.length),
    )
  }
  const guessable = new Map<string, Meaning>()
  for (const [key, { meanings }] of found)
    for (const meaning of meanings)
      if (key.length >= 5 && (meaning.kind === 'month' || meaning.kind === 'weekday')) guessable.set(key, meaning)
  return {
    runs,
    unclearMonths: new Set(all.flatMap(({ unclearMonths }) => unclearMonths)),
    guessable,
    unclearSeasons: new Set(all.flatMap(({ unclearSeasons }) => unclearSeasons)),
    arrive: all.flatMap(({ arrive }) => arrive),
    otherDays: all.flatMap(({ otherDays }) => otherDays),
    formerly: all.flatMap(({ formerly }) => formerly),
    future: all.flatMap(({ future }) => future),
    past: all.flatMap(({ past }) => past),
    leave: all.flatMap(({ leave }) => leave),
    forget: all.flatMap(({ forget }) => forget),
    calledOff: all.flatMap(({ calledOff }) => calledOff),
    others: all.flatMap(({ others }) => others),
    self: all.flatMap(({ self }) => self),
    hereFor: all.flatMap(({ hereFor }) => hereFor),
    untilOther: all.flatMap(({ untilOther }) => untilOther),
    afterOther: all.flatMap(({ afterOther }) => afterOther),
    moved: all.flatMap(({ moved }) => moved),
  }
}
