import { flat } from '../normalise.ts'
import { isNear } from '../near.ts'
import type { Lexicon, Meaning } from './lexicon.ts'

/** A word, number or mark of a message, and all that it may be. */
export interface Symbol {
  text: string
  start: number
  end: number
  meanings: readonly Meaning[]
}

/** What days are looked for in: a longer message says its day early, and time stays in proportion. */
const LONGEST = 600

const TOKEN =
  /(?<iso>20\d\d[-/.]\d{1,2}[-/.]\d{1,2})(?!\d)|(?<compact>20[2-4]\d[01]\d[0-3]\d)(?!\d)|(?<numeric>\d{1,2}(?<mark>[/.-])\d{1,2}\k<mark>(?:\d{4}|\d{2}))(?!\d)|(?<yearMonth>20\d\d[-/]\d{1,2})(?![\d/-])|(?<monthYear>\d{1,2}[/.-]20\d\d)(?!\d)|(?<short>\d{1,2}(?:\/\d{1,2}|\.(?:0[1-9]|1[0-2])|-0[1-9]))(?![\d/.]\d|\d)|(?<time>\d{1,2}\s?(?:h\s?\d{0,2}(?![\p{L}])|heures?|:\d\d|a\.?m\b\.?|p\.?m\b\.?))|(?<ordinal>\d{1,2})(?: ?ers?|ere|eme|e|nd|rd|st|th)(?![\p{L}\d])|(?<number>\d+)|(?<word>\p{L}+)|(?<other>[^\s\p{L}\d])/gu

/** Flights and other codes, in capitals as they were written: "AC 870" has no day in it. */
const CODE = /\b(?!LE|DU|AU|ON|IN|EL)[A-Z]{2,3}[\s-]?\d{2,4}\b/g

/**
 * Takes a message apart. Runs of words that mean one thing are one symbol ("vingt et un", "à partir
 * du"); what means nothing here is kept as an empty one, so that neighbours stay neighbours.
 */
export function symbolsOf(text: string, lexicon: Lexicon): Symbol[] {
  const seen = text.slice(0, LONGEST).replace(CODE, (code) => '§'.repeat(code.length))
  const tokens = [...flat(seen).matchAll(TOKEN)].map((match) => ({ match, ...tokenOf(match) }))
  const symbols: Symbol[] = []
  for (let i = 0; i < tokens.length;) {
    const run = longestRun(tokens, i, lexicon)
    const first = tokens[i]!
    const last = tokens[i + run.length - 1]!
    symbols.push({
      text: seen.slice(first.start, last.end),
      start: first.start,
      end: last.end,
      meanings: run.meanings,
    })
    i += run.length
  }
  return symbols
}

/** Of short names, only two letters that changed places: "avirl", not "avion". */
const isMistyped = (typed: string, name: string): boolean =>
  isNear(typed, name) &&
  (name.length >= 6 || (typed.length === name.length && [...typed].sort().join('') === [...name].sort().join('')))

interface Token {
  text: string
  start: number
  end: number
  own: readonly Meaning[]
}

function tokenOf(match: RegExpExecArray): Token {
  const [text] = match
  const { iso, compact, numeric, yearMonth, monthYear, short, time, ordinal, number } = match.groups ?? {}
  const own = (kind: string, value: number | string): readonly Meaning[] => [{ kind, value }]
  const meanings = (() => {
    if (iso !== undefined) return own('iso', iso)
    if (compact !== undefined) return own('iso', compact.replace(/^(\d{4})(\d\d)/, '$1-$2-'))
    if (numeric !== undefined) return own('numeric', numeric)
    if (yearMonth !== undefined) return own('yearMonth', yearMonth)
    if (monthYear !== undefined) return own('monthYear', monthYear)
    if (short !== undefined) return own('numeric', short)
    if (time !== undefined) return own('time', time)
    if (ordinal !== undefined) return [...own('ordinal', Number(ordinal)), { kind: 'number', value: Number(ordinal) }]
    if (number === undefined) return []
    const value = Number(number)
    if (number.length === 4 && value >= 1990 && value <= 2100) return own('year', value)
    return number.length <= 3 ? own('number', value) : []
  })()
  return { text, start: match.index, end: match.index + text.length, own: meanings }
}

function longestRun(
  tokens: readonly Token[],
  at: number,
  { runs, guessable }: Lexicon,
): { length: number; meanings: readonly Meaning[] } {
  const token = tokens[at]!
  const glued = gluedRun(tokens, at, runs)
  if (glued !== undefined) return glued
  for (const { words, meanings } of runs.get(token.text) ?? []) {
    let i = at
    const fits = words.every((word, k) => {
      if (k === 0) return true
      do i += 1
      while (tokens[i] !== undefined && /^['’-]$/.test(tokens[i]!.text))
      return tokens[i]?.text === word
    })
    if (fits) return { length: i - at + 1, meanings: [...meanings, ...token.own] }
  }
  if (token.own.length === 0 && token.text.length >= 5) {
    const guess = [...guessable].find(([name]) => name[0] === token.text[0] && isMistyped(token.text, name))
    if (guess !== undefined) return { length: 1, meanings: [guess[1]] }
  }
  return { length: 1, meanings: token.own }
}

/** Letters and figures that stand for sounds, written without a space: "2m1". */
function gluedRun(tokens: readonly Token[], at: number, runs: Lexicon['runs']) {
  let text = tokens[at]!.text
  for (let length = 2; length <= 3; length += 1) {
    const next = tokens[at + length - 1]
    if (next === undefined || next.start !== tokens[at + length - 2]!.end || !/^[\p{L}\d]+$/u.test(next.text))
      return undefined
    text += next.text
    const found = runs.get(text)?.find(({ words }) => words.length === 1)
    if (found !== undefined) return { length, meanings: found.meanings }
  }
  return undefined
}
