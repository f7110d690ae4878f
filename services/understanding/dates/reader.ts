import type { Temporal } from 'temporal-polyfill'
import { flat } from '../normalise.ts'
import type { Parsed } from './cursor.ts'
import { DateGrammar } from './grammar.ts'
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
  /** Of a stretch with two ends that were said: the second. */
  range?: DateSpan | undefined
  /** Put aside: named as not meant ("avril, pas mars"), or of somebody or something else. */
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
    if (said.length === 0 && has(text, lexicon.hereFor)) return lasting(symbols, grammar)
    // One day, and somewhere in the message that it is behind: "le 3, je suis arrivé".
    const isBehind = said.length === 1 && tellsOfThePast(text, lexicon)
    const all = isBehind ? mentionsIn(symbols, grammar, () => true) : said
    return choose(setAside(all, text, lexicon), text, lexicon)
  }
  return {
    mentions,
    meant: (text, today) => meantOf(mentions(text, today)),
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
    const last = found.at(-1)
    if (isA(symbol, 'instead') && !isA(symbols[i - 1], 'theOneAfter')) replaced = last !== undefined
    const read: Parsed | null = grammar.read(i, isPast(last?.end ?? 0, symbol.start), last ?? null)
    if (read === null || read.next <= i) {
      i += 1
      continue
    }
    const [said] = last?.spans ?? []
    const parsed = said?.grain === 'day' ? grammar.inMonthOf(said, read) : read
    // "le 5, non, le 6 mars": what was said before is taken back. "le 3 au soir et le lendemain": it only led there.
    if (replaced || parsed.from === true || isA(symbols[i - 1], 'so') || isA(symbol, 'so')) found = []
    replaced = false
    const not = [symbols[i - 1], symbols[i - 2]].find((one) => !isA(one, 'the'))
    if (parsed.spans.length > 0)
      found.push({
        spans: parsed.spans,
        start: symbol.start,
        end: symbols[parsed.next - 1]!.end,
        // "Friday. Wait, no, Thursday": what replaces is not denied.
        negated: isA(not, 'not') && !(isA(not, 'instead') && last !== undefined),
        range: parsed.range,
      })
    i = parsed.next
  }
  // "jeudi… euh vendredi en fait"
  return replaced && found.length > 1 ? found.slice(-1) : found
}

const isA = (symbol: Symbol | undefined, kind: string): boolean =>
  symbol?.meanings.some((meaning) => meaning.kind === kind) === true

/** "je suis ici depuis deux mois": the day on which that began. */
function lasting(symbols: readonly Symbol[], grammar: DateGrammar): DateMention[] {
  for (const [i, symbol] of symbols.entries()) {
    const parsed = grammar.lasted(i)
    if (parsed !== null)
      return [{ spans: parsed.spans, start: symbol.start, end: symbols[parsed.next - 1]!.end, negated: false }]
  }
  return []
}

/**
 * Sets aside the days that are of something else (a birth, an expiry), and, when another is said, the one
 * that was planned formerly.
 */
function setAside(mentions: readonly DateMention[], text: string, lexicon: Lexicon): DateMention[] {
  const words = flat(text)
  return mentions.map((mention, k) => {
    const before = clauseBefore(words, mentions[k - 1]?.end ?? 0, mention.start)
    const led = (stems: readonly string[]): boolean => stems.some((stem) => before.includes(` ${stem}`))
    const isOther = led(lexicon.otherDays) && !led(lexicon.arrive)
    // "before my visa expires on the 22nd": a bound, though of something else.
    if (isOther && led(lexicon.untilOther)) return { ...mention, spans: mention.spans.map(({ end }) => openTo(end)) }
    if (isOther && led(lexicon.afterOther))
      return { ...mention, spans: mention.spans.map(({ start }) => openFrom(start)) }
    // "they moved it from the 10th to the 14th"
    if (mention.range !== undefined && led(lexicon.moved)) return { ...mention, spans: [mention.range] }
    const isFormer = (mentions.length > 1 && led(lexicon.formerly)) || (k < mentions.length - 1 && led(lexicon.leave))
    const isOff = led(lexicon.forget) || has(words.slice(mention.end, mentions[k + 1]?.start), lexicon.calledOff)
    return isOther || isFormer || isOff ? { ...mention, negated: true } : mention
  })
}

/** Whether words begin with one of these somewhere. */
function has(text: string, stems: readonly string[]): boolean {
  const words = ` ${flat(text).replace(/[^\p{L}\p{N}]+/gu, ' ')}`
  return stems.some((stem) => words.includes(` ${stem}`))
}

const openTo = (end: string | null): DateSpan => ({ start: null, end, grain: 'stretch' })
const openFrom = (start: string | null): DateSpan => ({ start, end: null, grain: 'stretch' })

/** The words that lead to a day in its own part of the message. */
function clauseBefore(words: string, from: number, to: number): string {
  const [clause = ''] = words
    .slice(from, to)
    .split(/[,;.!?]|\b(?:et|and|mais|but|donc|so)\b/)
    .slice(-1)
  return ` ${clause.replace(/[^\p{L}\p{N}]+/gu, ' ').trim()}`
}

function tellsOfThePast(text: string, { past, future }: Lexicon): boolean {
  const words = ` ${flat(text).replace(/[^\p{L}\p{N}]+/gu, ' ')} `
  return past.some((phrase) => words.includes(` ${phrase}`)) && !future.some((phrase) => words.includes(` ${phrase} `))
}

/** Of several mentions, those of the writer, and of these the one beside an arrival; the others are set aside. */
function choose(mentions: readonly DateMention[], text: string, lexicon: Lexicon): DateMention[] {
  const words = flat(text)
  const affirmed = ownOf(
    mentions.filter(({ negated }) => !negated),
    words,
    lexicon,
  )
  const beside = affirmed.filter(({ start }, k) => has(words.slice(affirmed[k - 1]?.end ?? 0, start), lexicon.arrive))
  const chosen = beside.length === 0 ? affirmed : beside.slice(-1)
  return mentions.map((mention) => (chosen.includes(mention) ? mention : { ...mention, negated: true }))
}

/** Of a day and its own month, the day; else all that is affirmed, in doubt. */
function meantOf(mentions: readonly DateMention[]): readonly DateSpan[] {
  const affirmed = mentions.filter(({ negated }) => !negated)
  if (affirmed.length <= 1) return affirmed[0]?.spans ?? []
  const spans = affirmed.flatMap((mention) => mention.spans)
  const narrow = spans.filter((span) => !spans.some((other) => other !== span && saysMore(other, span)))
  return narrow.filter((span, k) => narrow.findIndex((one) => one.start === span.start && one.end === span.end) === k)
}

/** Without the days of others, where the writer's own is said too: "mon mari vient le 3 mais moi le 10". */
function ownOf(mentions: readonly DateMention[], words: string, { others, self }: Lexicon): readonly DateMention[] {
  const subjects = mentions.map(({ start }, k) => {
    const before = ` ${words.slice(mentions[k - 1]?.end ?? 0, start).replace(/[^\p{L}\p{N}]+/gu, ' ')} `
    const last = (names: readonly string[]): number =>
      Math.max(-1, ...names.map((name) => before.lastIndexOf(` ${name} `)))
    const [other, own] = [last(others), last(self)]
    return other < 0 && own < 0 ? null : own >= other ? 'self' : 'other'
  })
  if (!subjects.includes('self') || !subjects.includes('other')) return mentions
  return mentions.filter((_, k) => subjects[k] !== 'other')
}

/** Whether a span says the same more exactly; "avant les fêtes, vers le 18" does by its day. */
const saysMore = (inner: DateSpan, outer: DateSpan): boolean =>
  isWithin(inner, outer) ||
  (inner.about !== undefined && isWithin({ start: inner.about, end: inner.about, grain: 'day' }, outer))

/** Whether a span lies in another and is not the same. */
const isWithin = (inner: DateSpan, outer: DateSpan): boolean =>
  inner.start !== null &&
  inner.end !== null &&
  (outer.start === null || inner.start >= outer.start) &&
  (outer.end === null || inner.end <= outer.end) &&
  !(inner.start === outer.start && inner.end === outer.end)
