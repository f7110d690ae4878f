import { z } from 'zod'
import { wordsOf } from '../normalise.ts'
import { anyOf } from '../pattern.ts'
import { readPhrases, type Phrases } from '../phrases.ts'
import { jsonOf, rowsOf } from './csv.ts'
import { isNear } from '../near.ts'

const nicknames = z.object({
  regions: z.record(z.string(), z.array(z.string())),
  /** Towns of few people whose names are also everyday words of French or English. */
  everyday: z.array(z.string()),
})

/** Québec's postal codes: the first three characters say where. */
const POSTAL = /(?<![\p{L}\d])([GHJ]\d[A-Z])\s?-?\s?(?:\d[A-Z]\d)?(?![\p{L}\d])/giu
/** A forward sortation area of which so much of the people live in one region tells of it. */
const SURE_SHARE = 0.75
/** Of towns of one name, one this many times larger than the others is meant. */
const MUCH_LARGER = 8

const CAPITAL = '03'
const CAPITAL_TOWN = 'Québec'

interface Town {
  name: string
  region: string
  population: number
}

/** Where in Québec: a region, `01` to `17`, and its town under its official name where one was named. */
export interface Place {
  region: string
  town: string | null
}

/** The town, neighbourhood, part of Québec or postal code that a message names; null when none, or several in different regions. */
export type PlaceReader = (text: string) => Place | null

export function placeReader(phrases: ReadonlyMap<string, Phrases> = readPhrases()): PlaceReader {
  const province = anyOf([...phrases.values()].flatMap(({ quebec }) => quebec.province))
  const everyProvince = province === null ? null : new RegExp(province.source, 'gu')
  const city = anyOf([...phrases.values()].flatMap(({ quebec }) => quebec.city))
  const towns = new Map<string, Town[]>()
  for (const [, name = '', region = '', , population = '0'] of rowsOf('municipalities.csv'))
    for (const key of spellings(name))
      towns.set(key, [...(towns.get(key) ?? []), { name, region, population: Number(population) }])
  const { regions: nicknamed, everyday } = nicknames.parse(jsonOf('nicknames.json'))
  for (const key of everyday) towns.delete(key)
  const named = new Map<string, string>()
  for (const [region, names] of Object.entries(nicknamed))
    for (const name of names) named.set(wordsOf(name).trim(), region)
  const areas = new Map<string, string>()
  for (const [fsa = '', region = '', share = ''] of rowsOf('fsa.csv'))
    if (share === '' || Number(share) >= SURE_SHARE) areas.set(fsa, region)
  const byLength = [...towns.keys()].filter((key) => key.length >= 6)

  return (text) => {
    const regions = new Map<string, string | null>()
    const add = (region: string, town: string | null): void => void regions.set(region, regions.get(region) ?? town)
    for (const [, fsa = ''] of text.matchAll(POSTAL)) {
      const region = areas.get(fsa.toUpperCase())
      if (region !== undefined) add(region, null)
    }
    const said = wordsOf(text)
    if (city?.test(said)) add(CAPITAL, CAPITAL_TOWN)
    // "au Québec" is the province, which is no region: a wrong number would be worse than a question.
    const words = (everyProvince === null ? said : said.replace(everyProvince, ' # ')).trim().split(' ')
    for (let i = 0; i < words.length;) {
      let length = Math.min(6, words.length - i)
      for (; length > 0; length -= 1) {
        const run = spelled(words.slice(i, i + length).join(' '))
        const town = townOf(towns.get(run))
        const region = named.get(run) ?? town?.region
        if (region === undefined) continue
        if (!isPutAside(words, i)) add(region, town?.region === region ? town.name : null)
        break
      }
      i += Math.max(length, 1)
    }
    if (regions.size === 0) {
      for (let length = Math.min(4, words.length); length > 0 && regions.size === 0; length -= 1)
        for (let i = 0; i + length <= words.length; i += 1) {
          const run = spelled(words.slice(i, i + length).join(' '))
          if (run.length < 6) continue
          const near = byLength.filter((name) => name[0] === run[0] && isNear(run, name))
          const town = townOf(near.flatMap((name) => towns.get(name) ?? []))
          if (town !== null) add(town.region, town.name)
        }
    }
    const [[region, town] = ['', null]] = regions
    return regions.size === 1 ? { region, town } : null
  }
}

/** "pas Montréal", "not in Laval": named to say that it is not there. */
const isPutAside = (words: readonly string[], at: number): boolean =>
  NOT.test(` ${words.slice(Math.max(0, at - 3), at).join(' ')} `)
const NOT = / (?:pas|not|no|plutot que|instead of|rather than|ni|quitte|leaving)(?: (?:a|au|in|en|de|the|la|le|at))? $/

/** The one town that is meant by a name. */
function townOf(towns: readonly Town[] | undefined): Town | null {
  if (towns === undefined || towns.length === 0) return null
  const sorted = towns.toSorted((a, b) => b.population - a.population)
  const [first, second] = [sorted[0], sorted.find(({ region }) => region !== sorted[0]?.region)]
  if (first === undefined) return null
  return second === undefined || first.population >= MUCH_LARGER * second.population ? first : null
}

/** "St-Jérôme" and "Ste Foy" are written so more often than in full. */
const spelled = (words: string): string => words.replace(/\bste\b/g, 'sainte').replace(/\bst\b/g, 'saint')
const spellings = (name: string): string[] => [spelled(wordsOf(name).trim())]
