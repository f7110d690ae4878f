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
})

/** More than a household that one person speaks for; beyond, it is a mistake or a group. */
const MOST = 20

type Kind = 'number' | 'self' | 'alone' | 'people' | 'total' | 'including' | 'excluding' | 'relative' | 'plural' | 'adults' | 'couple' | 'notPeople' | 'either' | 'later' | 'plus' // prettier-ignore

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
    const all = piecesOf(text, runs)
    const later = all.findIndex(({ kind }) => kind === 'later')
    const told = later > 0 && countOf(all.slice(0, later)) !== null ? all.slice(0, later) : all
    const count = countOf(told)
    return count !== null && count >= 1 && count <= MOST ? count : null
  }
}

function countOf(pieces: readonly Piece[]): number | null {
  const has = (kind: Kind): boolean => pieces.some((piece) => piece.kind === kind)
  const people = pieces.filter((piece, i) => !(piece.kind === 'number' && pieces[i + 1]?.kind === 'notPeople'))
  const numbers = people.filter(({ kind }) => kind === 'number')
  const others = people.some(({ kind }) => kind === 'relative' || kind === 'plural')
  if (has('either') && numbers.length !== 1) return null
  if (has('alone') && !others && numbers.length === 0) return 1
  // "nous sommes 4", "4 en tout": what is listed after only explains it.
  const total = people.findIndex(
    ({ kind }, i) =>
      kind === 'number' &&
      (people[i - 1]?.kind === 'total' || people[i + 1]?.kind === 'people' || people[i + 1]?.kind === 'including'),
  )
  const said = people[total]?.value
  if (said !== undefined)
    return said + Number(people[total + 1]?.kind === 'excluding' || (has('excluding') && !has('including')))
  if (numbers.length === 1 && !others && !has('couple') && !has('adults')) {
    const [number] = numbers
    const plusSelf = has('excluding') || (has('plus') && has('self'))
    return (number?.value ?? 0) + Number(plusSelf && !has('including'))
  }
  return sumOf(people, has('excluding'))
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
