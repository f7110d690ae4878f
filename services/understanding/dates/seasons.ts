import { flat } from '../normalise.ts'
import { weekendOf, spansOf, exact } from './calendar.ts'
import type { Cursor, Parsed } from './cursor.ts'
import { feastIn, seasonOf } from './feasts.ts'
import { yearAfter } from './numbers.ts'
import { stretch } from './span.ts'
import { relativeYear } from './units.ts'

export function seasonAt(c: Cursor, i: number): Parsed | null {
  const before = ['this', 'nextBefore', 'last'].find((kind) => c.is(i, kind))
  const at = before === undefined ? i : i + 1
  const season = c.word(at, 'season')
  if (season === undefined) return null
  let next = at + 1
  const year = yearAfter(c, next) ?? relativeYear(c, next)
  // "ça a été repoussé"
  const isUnclear = c.unclear.unclearSeasons.has(flat(c.symbols[at]?.text ?? ''))
  if (isUnclear && before === undefined && year === null && i > 0 && !c.isLed(i)) return null
  if (year !== null) {
    // Schools and people call winter by the year in which most of it lies.
    const begins = year.year - Number(season === 'winter')
    return { spans: spansOf(seasonOf(season, begins)), next: year.next }
  }
  const last = before === 'last' || c.is(next, 'last')
  const skipsNow = before === 'nextBefore' || c.is(next, 'next')
  if (c.is(next, 'last', 'next')) next += 1
  const { today } = c
  const all = [-2, -1, 0, 1, 2].flatMap((more) => spansOf(seasonOf(season, today.year + more)))
  const now = today.toString()
  const found =
    last || c.past
      ? all.findLast(({ end }) => end !== null && end < now)
      : all.find(({ start, end }) => (skipsNow ? start !== null && start > now : end !== null && end >= now))
  return found === undefined ? null : { spans: [found], next }
}

/** "premier trimestre 2028", "Q2 2028". */
export function quarterAt(c: Cursor, i: number): Parsed | null {
  const short = /^[qt]([1-4])$/i.exec((c.symbols[i]?.text ?? '') + (c.symbols[i + 1]?.text ?? ''))?.[1]
  const which = short === undefined ? c.number(i, 'ordinal') : Number(short)
  const said = short !== undefined || c.word(i + 1, 'unit') === 'quarter'
  if (!said || which === undefined || which > 4) return null
  const at = c.skip(i + 2, 'of', 'the')
  const year = yearAfter(c, at) ?? relativeYear(c, at)
  const month = 3 * (which - 1) + 1
  const thisYear = c.today.year + Number(c.today.month > month + 2)
  const start = exact(year?.year ?? thisYear, month, 1)
  if (start === null) return null
  return { spans: [stretch(start, start.add({ months: 3 }).subtract({ days: 1 }))], next: year?.next ?? i + 2 }
}

export function feastAt(c: Cursor, i: number): Parsed | null {
  const name = c.word(i, 'holiday')
  if (name === undefined) return null
  let next = i + 1
  const year = yearAfter(c, next) ?? relativeYear(c, next)
  if (year !== null) return { spans: spansOf(feastIn(name, year.year)), next: year.next }
  const last = c.is(next, 'last')
  if (c.is(next, 'last', 'next')) next += 1
  const weekend = c.word(next, 'unit') === 'weekend'
  const now = c.today.toString()
  const all = [-1, 0, 1].flatMap((more) => spansOf(feastIn(name, c.today.year + more)))
  const found =
    last || c.past
      ? all.findLast(({ start }) => start !== null && start <= now)
      : all.find(({ end }) => end !== null && end >= now)
  if (found === undefined) return null
  return weekend ? { spans: [weekendOf(found)], next: next + 1 } : { spans: [found], next }
}

/** A year alone, where something leads to it or nothing else is said. */
export function yearAt(c: Cursor, i: number): Parsed | null {
  const year = c.number(i, 'year')
  const opens = i === 0 && /^[,.!]$/.test(c.symbols[1]?.text ?? '')
  if (year === undefined || (!c.isLed(i) && !opens && c.symbols.length > 2)) return null
  return { spans: [stretch(exact(year, 1, 1), exact(year, 12, 31))], next: i + 1 }
}
