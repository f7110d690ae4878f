import type { Temporal } from 'temporal-polyfill'
import { flat } from '../normalise.ts'
import { DateGrammar, type Parsed } from './grammar.ts'
import { dateLexicon, readDateWords, type DateWords, type Lexicon } from './lexicon.ts'
import type { DateSpan } from './span.ts'
import { symbolsOf, type Symbol } from './symbols.ts'

/** A mention of days in a message. */
export interface DateMention {
  /** More than one: it is not sure which is meant. */
  spans: readonly DateSpan[]
  /** Where in the text, end excluded. */
  start: number
  end: number
  /** Named to be put aside ("avril, pas mars"). */
  negated: boolean
}

/** Reads the days of messages by rules over the words of `content/dates`. */
export interface DateReader {
  /** All that is said of days, in order. */
  mentions(text: string, today: Temporal.PlainDate): DateMention[]
  /** What is meant by all of it together; more than one is a doubt, none when no day is said. */
  meant(text: string, today: Temporal.PlainDate): readonly DateSpan[]
}

export function dateReader(words: ReadonlyMap<string, DateWords> = readDateWords()): DateReader {
  const lexicon = dateLexicon([...words.values()])
  const mentions = (text: string, today: Temporal.PlainDate): DateMention[] => {
    const symbols = symbolsOf(text, lexicon)
    const grammar = new DateGrammar(symbols, today, lexicon)
    const said = mentionsIn(symbols, grammar, (from, to) => tellsOfThePast(text.slice(from, to), lexicon))
    // One day, and somewhere in the message that it is behind: "le 3, je suis arrivé".
    if (said.length !== 1 || !tellsOfThePast(text, lexicon)) return setAside(said, text, lexicon)
    return setAside(
      mentionsIn(symbols, grammar, () => true),
      text,
      lexicon,
    )
  }
  return {
    mentions,
    meant: (text, today) => meantOf(mentions(text, today), text, lexicon),
  }
}

/** `isPast` judges the words since the day before. */
function mentionsIn(
  symbols: readonly Symbol[],
  grammar: DateGrammar,
  isPast: (from: number, to: number) => boolean,
): DateMention[] {
  let found: DateMention[] = []
  let replaced = false
  for (let i = 0; i < symbols.length;) {
    const symbol = symbols[i]!
    if (symbol.meanings.some(({ kind }) => kind === 'instead')) replaced = found.length > 0
    const read: Parsed | null = grammar.read(i, isPast(found.at(-1)?.end ?? 0, symbol.start))
    if (read === null || read.next <= i) {
      i += 1
      continue
    }
    const [said] = found.at(-1)?.spans ?? []
    const parsed = said?.grain === 'day' ? grammar.inMonthOf(said, read) : read
    const before = [symbols[i - 1], symbols[i - 2]].flatMap((one) => one?.meanings ?? [])
    // "le 5, non, le 6 mars": what was said before is taken back.
    if (replaced) found = []
    replaced = false
    found.push({
      spans: parsed.spans,
      start: symbol.start,
      end: symbols[parsed.next - 1]!.end,
      negated: before.some(({ kind }) => kind === 'not'),
    })
    i = parsed.next
  }
  return found
}

/**
 * Sets aside the days that are of something else (a birth, an expiry), and, when another is said, the one
 * that was planned formerly.
 */
function setAside(mentions: readonly DateMention[], text: string, lexicon: Lexicon): DateMention[] {
  const words = flat(text)
  return mentions.map((mention, k) => {
    const before = clauseBefore(words, mentions[k - 1]?.end ?? 0, mention.start)
    const has = (stems: readonly string[]): boolean => stems.some((stem) => before.includes(` ${stem}`))
    const isOther = has(lexicon.otherDays) && !lexicon.arrive.some((stem) => before.includes(stem))
    const isFormer = k < mentions.length - 1 && has(lexicon.formerly)
    return isOther || isFormer ? { ...mention, negated: true } : mention
  })
}

/** The words that lead to a day in its own part of the message. */
function clauseBefore(words: string, from: number, to: number): string {
  const [clause = ''] = words
    .slice(from, to)
    .split(/[,;.!?]|\b(?:et|and|mais|but)\b/)
    .slice(-1)
  return ` ${clause.replace(/[^\p{L}\p{N}]+/gu, ' ').trim()}`
}

function tellsOfThePast(text: string, { past, future }: Lexicon): boolean {
  const words = ` ${flat(text).replace(/[^\p{L}\p{N}]+/gu, ' ')} `
  return past.some((phrase) => words.includes(` ${phrase}`)) && !future.some((phrase) => words.includes(` ${phrase} `))
}

/** Of several mentions, the one beside an arrival; of a day and its own month, the day; else all of them, in doubt. */
function meantOf(mentions: readonly DateMention[], text: string, { arrive }: Lexicon): readonly DateSpan[] {
  const affirmed = mentions.filter(({ negated }) => !negated)
  if (affirmed.length <= 1) return affirmed[0]?.spans ?? []
  const words = flat(text)
  const beside = affirmed.filter(({ start }, k) => {
    const since = words.slice(affirmed[k - 1]?.end ?? 0, start)
    return arrive.some((stem) => since.indexOf(stem) >= 0)
  })
  const chosen = beside.length === 0 ? affirmed : beside.slice(-1)
  const spans = chosen.flatMap((mention) => mention.spans)
  const narrow = spans.filter((span) => !spans.some((other) => other !== span && isWithin(other, span)))
  return narrow.filter((span, k) => narrow.findIndex((one) => one.start === span.start && one.end === span.end) === k)
}

/** Whether a span says the same more exactly. */
const isWithin = (inner: DateSpan, outer: DateSpan): boolean =>
  inner.start !== null &&
  inner.end !== null &&
  (outer.start === null || inner.start >= outer.start) &&
  (outer.end === null || inner.end <= outer.end) &&
  !(inner.start === outer.start && inner.end === outer.end)
