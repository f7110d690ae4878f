import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { clausesOf } from './clauses.ts'
import { wordsOf } from './normalise.ts'

const list = z.array(z.string().min(1))
const file = z.object({
  numbers: z.record(z.string(), z.int()),
  self: list,
  alone: list,
  people: list,
  totals: list,
  including: list,
  excluding: list,
  relatives: z.record(z.string(), list),
  plurals: list,
  adults: list,
  couple: list,
  notPeople: list,
  either: list,
  later: list,
  /** Before what follows from a list: "donc 4". */
  so: list,
  /** After a number: others than the writer. */
  others: list,
  /** Nobody comes along. */
  none: list,
  /** Before a number that is an age. */
  aged: list,
  /** Between a number and those of them that are named: "cinq, dont un bébé". */
  among: list,
  /** After somebody who died: of one, of several, or either. */
  gone: z.strictObject({ one: list, many: list, either: list }),
  /** After somebody who stays behind or comes later. */
  away: z.strictObject({ one: list, many: list, either: list }),
  /** Before somebody who is no longer there: "my late husband", "j'ai perdu mon mari". */
  formerly: list,
  /** For one who was named, or several: "my husband and me, he stays in India". */
  pronouns: z.strictObject({ one: list, many: list }),
  /** Before what replaces what was said: "actually we are 3". */
  corrections: list,
})

/** More than a household that one person speaks for; beyond, it is a mistake or a group. */
const MOST = 20

type Kind = 'number' | 'self' | 'alone' | 'people' | 'total' | 'including' | 'excluding' | 'relative' | 'plural' | 'adults' | 'couple' | 'notPeople' | 'either' | 'later' | 'plus' | 'so' | 'others' | 'none' | 'aged' | 'among' | 'gone' | 'away' | 'formerly' | 'pronoun' | 'correction' // prettier-ignore

/** What a run of words says, and where it stands: nothing of that for a number made of ages. */
interface Piece {
  kind: Kind
  value: number
  text?: string
  /** The first word after it, counted from the start of the message. */
  end?: number
  /** Between two signs of punctuation, counted. */
  clause?: number
}

/** Of whom something is said: of one, of several, or of either, for the language does not tell. */
const ONE = 1
const MANY = 2
const EITHER = 0

/**
 * How many people a message says to come, the person counted in; null when it does not say, or not for
 * sure ("3 ou 4"). Who died, stays behind or comes later ("mais ma mère vient après") is not counted.
 */
export type HouseholdReader = (text: string) => number | null

export function householdReader(): HouseholdReader {
  const content = file.parse(JSON.parse(readFileSync(new URL('../../content/household.json', import.meta.url), 'utf8')))
  const runs = runsOf(content)
  const counted = (pieces: readonly Piece[]): number | null => {
    const { coming, absent } = present(pieces)
    if (coming === null) return null
    const all = withoutAges(coming)
    const later = all.findIndex(({ kind }) => kind === 'later')
    const told = later > 0 && countOf(all.slice(0, later)) !== null ? all.slice(0, later) : all
    const count = countOf(told) ?? (leftAlone(all, absent) ? 1 : null)
    return count !== null && count >= 1 && count <= MOST ? count : null
  }
  return (text) => {
    const pieces = piecesOf(text, runs)
    const corrected = pieces.slice(pieces.findLastIndex(({ kind }) => kind === 'correction') + 1)
    // "finalement ma femme vient aussi" adds, "actually we are 3" replaces.
    const replaces = corrected.some(({ kind }) => ['number', 'alone', 'self'].includes(kind))
    return (replaces ? counted(corrected) : null) ?? counted(pieces)
  }
}

/**
 * Without those who died, stay behind or come later; `coming` is null when it is not sure who that is, or
 * whether a total has them in it. `absent` are those taken out.
 */
function present(pieces: readonly Piece[]): { coming: readonly Piece[] | null; absent: ReadonlySet<Piece> } {
  const absent = new Set<Piece>()
  let unsure = false
  for (const [i, piece] of pieces.entries()) {
    if (piece.kind !== 'gone' && piece.kind !== 'away' && piece.kind !== 'formerly') continue
    const who = piece.kind === 'formerly' ? namedAfter(pieces, i) : subjectOf(pieces, i)
    if (who === null) unsure = true
    for (const one of who ?? []) absent.add(one)
    const total = who !== null && who.length > 0 ? pieces.findIndex((_, k) => saysTotal(pieces, k)) : -1
    // Of "on est 4, mon mari reste au pays" nobody knows whether the four have him in them.
    if (total !== -1 && (piece.kind === 'away' || pieces[total - 1]?.text === 'were')) unsure = true
  }
  const names = new Set([...absent].flatMap(({ kind, text }) => (kind === 'relative' && text ? [text] : [])))
  for (const piece of pieces) if (piece.kind === 'relative' && names.has(piece.text ?? '')) absent.add(piece)
  const coming = pieces.filter((piece) => !absent.has(piece) && !TELLS_OF.has(piece.kind))
  return { coming: unsure ? null : coming, absent }
}

/** What only says something of those who are named, and counts nobody. */
const TELLS_OF: ReadonlySet<Kind> = new Set<Kind>(['gone', 'away', 'formerly', 'pronoun', 'correction'])

const isKin = ({ kind }: Piece): boolean => kind === 'relative' || kind === 'plural'

/** Whether a number stands where it counts everybody: "nous sommes 4", "4 en tout". */
const saysTotal = (pieces: readonly Piece[], i: number): boolean =>
  pieces[i]?.kind === 'number' &&
  (pieces[i - 1]?.kind === 'total' || pieces[i + 1]?.kind === 'people' || pieces[i + 1]?.kind === 'including')

/** How far in words a relative may stand from what is said of it: "lost my husband", "wife and kids". */
const BESIDE = 2

/** How many words farther a piece ends than another of the same clause; null in another one. */
const wordsFrom = (before: Piece | undefined, piece: Piece | undefined): number | null =>
  before === undefined || piece === undefined || before.clause !== piece.clause
    ? null
    : (piece.end ?? 0) - (before.end ?? 0)

const isWithin = (words: number | null, most: number): boolean => words !== null && words <= most

/** A relative, with the number before it: "2 of my kids". */
function withNumber(pieces: readonly Piece[], i: number): Piece[] {
  const before = pieces[i - 1]
  const isCounted = before?.kind === 'number' && isWithin(wordsFrom(before, pieces[i]), BESIDE + 1)
  return pieces.slice(isCounted ? i - 1 : i, i + 1)
}

function namedAfter(pieces: readonly Piece[], i: number): Piece[] {
  const at = pieces[i + 1]?.kind === 'number' ? i + 2 : i + 1
  const next = pieces[at]
  return next !== undefined && isKin(next) && isWithin(wordsFrom(pieces[i], next), BESIDE + at - i - 1)
    ? withNumber(pieces, at)
    : []
}

/** Of whom it is said, in the same clause: nobody who was named, those who were, or null when it is not sure. */
function subjectOf(pieces: readonly Piece[], i: number): Piece[] | null {
  const { clause, kind, value } = pieces[i]!
  for (let k = i - 1; k >= 0 && pieces[k]?.clause === clause; k -= 1) {
    const piece = pieces[k]!
    if (isKin(piece)) return subjectsTo(pieces, k, value)
    if (piece.kind === 'pronoun') return meantBy(pieces, k)
    // "my dog died", "we stay in a hotel"
    if (['notPeople', 'total', 'formerly', 'gone'].includes(piece.kind)) return []
    if (kind === 'away' && (piece.kind === 'self' || piece.kind === 'excluding')) return []
  }
  // "mon mari (décédé) et mes enfants"
  const before = pieces[i - 1]
  const isAside = kind === 'gone' && pieces[i + 1]?.clause !== clause && before !== undefined && isKin(before)
  return isAside && before.clause === clause! - 1 ? withNumber(pieces, i - 1) : []
}

/**
 * The relative at a place, and one joined to it when it is said of both: "my wife and kids will join", but
 * "I come with my wife and my father died" does not tell.
 */
function subjectsTo(pieces: readonly Piece[], k: number, value: number): Piece[] | null {
  const last = withNumber(pieces, k)
  const joined = k - last.length
  const before = pieces[joined]
  const words = wordsFrom(before, last[0])
  if (before === undefined || !isKin(before) || !isWithin(words, BESIDE + 1) || value === ONE) return last
  return value === MANY || isWithin(words, BESIDE) ? [...withNumber(pieces, joined), ...last] : null
}

/** Whom a pronoun means: the only one who can be meant, or null. */
function meantBy(pieces: readonly Piece[], k: number): Piece[] | null {
  const isMany = pieces[k]?.value === MANY
  const named = pieces.flatMap((piece, i) => (i < k && isKin(piece) ? [withNumber(pieces, i)] : []))
  const fitting = named.filter((one) => isMany || (one.length === 1 && one[0]?.kind === 'relative'))
  if (fitting.length === 0) return []
  return fitting.length === 1 ? (fitting[0] ?? null) : null
}

/** "My husband and me, he stays": of those who were named together only the writer is left. */
const leftAlone = (pieces: readonly Piece[], absent: ReadonlySet<Piece>): boolean =>
  absent.size > 0 &&
  !pieces.some((piece) => isKin(piece) || piece.kind === 'number') &&
  pieces.some(
    ({ kind, text, clause }) =>
      (kind === 'excluding' || (kind === 'self' && !SUBJECTS.has(text ?? ''))) &&
      (clause === 0 || [...absent].some((one) => one.clause === clause)),
  )

/** Words for oneself that every sentence has, and that count nobody. */
const SUBJECTS = new Set(['je', 'i', 'yo'])

function countOf(pieces: readonly Piece[]): number | null {
  const has = (kind: Kind): boolean => pieces.some((piece) => piece.kind === kind)
  const people = pieces
  const numbers = people.filter(({ kind }) => kind === 'number')
  const others = people.some(({ kind }) => kind === 'relative' || kind === 'plural')
  if (numbers.length === 0 && !others && has('none')) return 1
  if (numbers.length === 1 && numbers[0]?.value === 0) return 1
  // "mari, femme et 2 enfants, donc 4"
  const so = people.findIndex(({ kind }, i) => kind === 'number' && people[i - 1]?.kind === 'so')
  if (so !== -1) return people[so]?.value ?? null
  if (has('either') && numbers.length !== 1) return null
  if (has('alone') && !others && numbers.length === 0) return 1
  // "nous sommes 4", "4 en tout": what is listed after only explains it.
  const total = people.findIndex((_, i) => saysTotal(people, i))
  const said = people[total]?.value
  const led = ledByNumber(people)
  if (led !== null) return led
  if (said !== undefined)
    return said + Number(people[total + 1]?.kind === 'excluding' || (has('excluding') && !has('including')))
  if (numbers.length === 1 && !others && !has('couple') && !has('adults')) {
    const [number] = numbers
    const plusSelf = has('others') || has('excluding') || (has('plus') && has('self'))
    return (number?.value ?? 0) + Number(plusSelf && !has('including'))
  }
  return sumOf(people, has('excluding'))
}

/**
 * "2 (mon mari et ma fille)", "cinq, dont un bébé": a number, then those whom it counts. Named in full without
 * the writer, they are the others; else the number is all of them.
 */
function ledByNumber(pieces: readonly Piece[]): number | null {
  const [first, ...rest] = pieces.filter(({ kind }) => kind !== 'total' && kind !== 'people')
  const named = rest.filter(({ kind }) => kind === 'relative' || kind === 'plural')
  if (first?.kind !== 'number' || named.length === 0) return null
  if (rest[0]?.kind === 'among') return first.value
  // "2 enfants": the number counts what stands beside it.
  const beside = pieces[pieces.indexOf(first) + 1]
  if (beside !== undefined && (beside.kind === 'relative' || beside.kind === 'plural' || beside.kind === 'adults')) {
    const listed = sumOf(rest, false)
    if (beside.kind !== 'relative' || first.value < 2 || listed === null) return null
    if (listed !== first.value && listed !== first.value + 1) return null
  }
  const sum = sumOf(rest, false)
  return sum === null ? null : sum === first.value + 1 ? first.value + 1 : first.value
}

/** Without the numbers that are ages; "enfants de 4, 7 et 10 ans" are as many as their ages. */
function withoutAges(pieces: readonly Piece[]): Piece[] {
  const kept: Piece[] = []
  for (let i = 0; i < pieces.length; i += 1) {
    const piece = pieces[i]!
    if (piece.kind !== 'number') {
      if (piece.kind !== 'aged') kept.push(piece)
      continue
    }
    let end = i
    while (pieces[end + 1]?.kind === 'number') end += 1
    const after = pieces[end + 1]?.kind
    const isAge = after === 'notPeople' || pieces[i - 1]?.kind === 'aged' || piece.value > MOST
    if (!isAge) {
      kept.push(piece)
      continue
    }
    const before = kept.at(-1)
    const counted = kept.at(-2)?.kind === 'number'
    if (before?.kind === 'plural' && !counted) kept.splice(-1, 0, { kind: 'number', value: end - i + 1 })
    i = after === 'notPeople' ? end + 1 : end
  }
  return kept
}

/** Counts those who are named one by one: each once, or as many as the number before says. */
function sumOf(pieces: readonly Piece[], excluding: boolean): number | null {
  let sum = 0
  let adults = false
  let counted = false
  for (const [i, { kind, value }] of pieces.entries()) {
    const before = pieces[i - 1]
    const many = before?.kind === 'number' ? before.value : null
    if (kind === 'plural') {
      // "mes enfants": how many is not said.
      if (many === null) return null
      sum += many
      counted = true
    } else if (kind === 'relative') {
      sum += value === 1 ? (many ?? 1) : value
      counted = true
    } else if (kind === 'adults' && many !== null) {
      sum += many
      adults = true
      counted = true
    } else if (kind === 'couple') {
      sum += 2
      adults = true
      counted = true
    }
  }
  if (!counted) return null
  return sum + Number(!adults || excluding)
}

type Runs = ReadonlyMap<string, readonly { words: readonly string[]; piece: Piece }[]>

function runsOf(content: z.infer<typeof file>): Runs {
  const runs = new Map<string, { words: string[]; piece: Piece }[]>()
  const add = (text: string, kind: Kind, value = 0): void => {
    const words = wordsOf(text).trim().split(' ')
    const [first = ''] = words
    runs.set(first, [...(runs.get(first) ?? []), { words, piece: { kind, value } }])
  }
  for (const [text, value] of Object.entries(content.numbers)) add(text, 'number', value)
  for (const [value, texts] of Object.entries(content.relatives))
    for (const text of texts) add(text, 'relative', Number(value))
  const kinds: [Kind, readonly string[]][] = [
    ['plural', content.plurals],
    ['self', content.self],
    ['alone', content.alone],
    ['people', content.people],
    ['total', content.totals],
    ['including', content.including],
    ['excluding', content.excluding],
    ['adults', content.adults],
    ['couple', content.couple],
    ['notPeople', content.notPeople],
    ['either', content.either],
    ['later', content.later],
    ['so', content.so],
    ['others', content.others],
    ['none', content.none],
    ['aged', content.aged],
    ['among', content.among],
    ['formerly', content.formerly],
    ['correction', content.corrections],
  ]
  for (const [kind, texts] of kinds) for (const text of texts) add(text, kind)
  for (const kind of ['gone', 'away'] as const)
    for (const [number, value] of [
      ['one', ONE],
      ['many', MANY],
      ['either', EITHER],
    ] as const)
      // prettier-ignore
      for (const text of content[kind][number]) add(text, kind, value)
  for (const text of content.pronouns.one) add(text, 'pronoun', ONE)
  for (const text of content.pronouns.many) add(text, 'pronoun', MANY)
  for (const found of runs.values()) found.sort((a, b) => b.words.length - a.words.length)
  return runs
}

function piecesOf(text: string, runs: Runs): Piece[] {
  const pieces: Piece[] = []
  let before = 0
  for (const [clause, words] of clausesOf(text.replaceAll('+', ' plussign ')).entries()) {
    const put = (kind: Kind, value: number, from: number, to: number): void =>
      void pieces.push({ kind, value, text: words.slice(from, to).join(' '), end: before + to, clause })
    for (let i = 0; i < words.length;) {
      const word = words[i] ?? ''
      // A word that is both one relative and many ("fils") is many after a number.
      const run = runs.get(word)?.find((one) => one.words.every((w, k) => words[i + k] === w))
      const length = run?.words.length ?? 1
      if (/^\d{1,2}$/.test(word)) put('number', Number(word), i, i + 1)
      else if (word === 'plussign') put('plus', 0, i, i + 1)
      else if (run !== undefined) put(run.piece.kind, run.piece.value, i, i + length)
      i += length
    }
    before += words.length
  }
  return pieces
}
