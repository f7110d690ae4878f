import { readFileSync } from 'node:fs'
import { z } from 'zod'
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
})

/** More than a household that one person speaks for; beyond, it is a mistake or a group. */
const MOST = 20

type Kind = 'number' | 'self' | 'alone' | 'people' | 'total' | 'including' | 'excluding' | 'relative' | 'plural' | 'adults' | 'couple' | 'notPeople' | 'either' | 'later' | 'plus' | 'so' | 'others' | 'none' | 'aged' | 'among' // prettier-ignore

interface Piece {
  kind: Kind
  value: number
}

/**
 * How many people a message says to come, the person counted in; null when it does not say, or not for
 * sure ("3 ou 4"). Who comes later ("mais ma mère vient après") is not counted.
 */
export type HouseholdReader = (text: string) => number | null

export function householdReader(): HouseholdReader {
  const content = file.parse(JSON.parse(readFileSync(new URL('../../content/household.json', import.meta.url), 'utf8')))
  const runs = runsOf(content)
  return (text) => {
    const all = withoutAges(piecesOf(text, runs))
    const later = all.findIndex(({ kind }) => kind === 'later')
    const told = later > 0 && countOf(all.slice(0, later)) !== null ? all.slice(0, later) : all
    const count = countOf(told)
    return count !== null && count >= 1 && count <= MOST ? count : null
  }
}

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
  const total = people.findIndex(
    ({ kind }, i) =>
      kind === 'number' &&
      (people[i - 1]?.kind === 'total' || people[i + 1]?.kind === 'people' || people[i + 1]?.kind === 'including'),
  )
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
  ]
  for (const [kind, texts] of kinds) for (const text of texts) add(text, kind)
  for (const found of runs.values()) found.sort((a, b) => b.words.length - a.words.length)
  return runs
}

function piecesOf(text: string, runs: Runs): Piece[] {
  const words = wordsOf(text.replaceAll('+', ' plussign ')).trim().split(' ')
  const pieces: Piece[] = []
  for (let i = 0; i < words.length;) {
    const word = words[i] ?? ''
    if (/^\d{1,2}$/.test(word)) pieces.push({ kind: 'number', value: Number(word) })
    else if (word === 'plussign') pieces.push({ kind: 'plus', value: 0 })
    else {
      const run = runs.get(word)?.find((one) => one.words.every((w, k) => words[i + k] === w))
      // A word that is both one relative and many ("fils") is many after a number.
      if (run !== undefined) {
        pieces.push(run.piece)
        i += run.words.length
        continue
      }
    }
    i += 1
  }
  return pieces
}
