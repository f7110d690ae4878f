import { z } from 'zod'
import { wordsOf } from '../normalise.ts'
import { jsonOf, rowsOf } from './csv.ts'
import { isNear } from '../near.ts'

const file = z.object({
  /** Words before a place: the person is there; the person comes from there; the person was there once. A last ~ stands for any ending. */
  cues: z.object({ now: z.array(z.string()), origin: z.array(z.string()), past: z.array(z.string()) }),
  countries: z.record(
    z.string().regex(/^[A-Z]{2}(\|[A-Z]{2})*$/),
    z.object({ people: z.array(z.string()), names: z.array(z.string()), cities: z.array(z.string()) }),
  ),
})

/** What is asked of a person's countries: where they are, or where they come from. */
export type CountryQuestion = 'now' | 'origin'

/** How a country was told: by its name, a city of it, or the name of its people. */
type Kind = 'name' | 'city' | 'people'
interface Mention {
  code: string
  kind: Kind
  start: number
  end: number
}

/** Languages in which a country's own name is known. */
const LANGUAGES = ['fr', 'en', 'es', 'pt', 'ht', 'ar', 'uk', 'zh-Hans']

/** Finds the country that a message names, as ISO 3166-1 alpha-2; several when it is not sure which, none when none. */
export type CountryReader = (text: string, question: CountryQuestion) => string[]

/** Reads countries by their names in the eight languages, their people, and their cities. */
export function countryReader(): CountryReader {
  const content = file.parse(jsonOf('countries.json'))
  const names = placeNames(content)
  const lives = cues(content.cues.now)
  const comes = cues(content.cues.origin)
  const was = cues(content.cues.past)
  return (text, question) => {
    const words = wordsOf(text)
    const found = mentionsIn(words, names)
    if (found.length === 0) return []
    const told = found.map((mention, k) => {
      const since = words.slice(found[k - 1]?.end ?? 0, mention.start + 1)
      const [at, of, once] = [lastOf(since, lives), lastOf(since, comes), lastOf(since, was)]
      const says =
        once > Math.max(at, of)
          ? 'once'
          : at > of
            ? 'now'
            : of > at
              ? 'origin'
              : mention.kind === 'people'
                ? 'origin'
                : 'either'
      return { ...mention, says }
    })
    const exactly = told.filter(({ says }) => says === question)
    const perhaps = told.filter(({ says }) => says === 'either')
    const still = told.filter(({ says }) => says !== 'once')
    const chosen =
      exactly.length > 0 ? exactly.slice(-1) : perhaps.length > 0 ? perhaps : still.length > 0 ? still : told
    return [...new Set(chosen.flatMap(({ code }) => code.split('|')))]
  }
}

interface Names {
  /** A name or people that a mistyped word is meant to be. */
  nearly(word: string): { code: string; kind: Kind } | undefined
  byFirst: ReadonlyMap<string, readonly { words: string; stem: boolean; code: string; kind: Kind }[]>
}

/** Words of other things that are near to a people's name: "anglais" is no Angolan. */
const NOT_NEAR: ReadonlySet<string> = new Set(['anglais'])

function placeNames({ countries }: z.infer<typeof file>): Names {
  const byFirst = new Map<string, { words: string; stem: boolean; code: string; kind: Kind }[]>()
  const seen = new Set<string>()
  const add = (text: string, code: string, kind: Kind): void => {
    const stem = text.endsWith('~')
    const words = wordsOf(text).trim()
    if (words.length < 2 || seen.has(words)) return
    seen.add(words)
    const [first = ''] = words.split(' ')
    const key = stem && !words.includes(' ') ? first.slice(0, 3) : first
    byFirst.set(key, [...(byFirst.get(key) ?? []), { words, stem, code, kind }])
  }
  for (const [code, { people, names, cities }] of Object.entries(countries)) {
    names.forEach((name) => add(name, code, 'name'))
    people.forEach((name) => add(name, code, 'people'))
    cities.forEach((name) => add(name, code, 'city'))
  }
  for (const language of LANGUAGES) {
    const display = new Intl.DisplayNames(language, { type: 'region', fallback: 'none' })
    for (const code of isoCodes()) {
      const name = display.of(code)
      if (name !== undefined) add(name.replace(/\(.*\)/, ''), code, 'name')
    }
  }
  for (const [name = '', code = ''] of rowsOf('cities.csv')) if (name.length >= 5) add(name, code, 'city')
  for (const list of byFirst.values()) list.sort((a, b) => b.words.length - a.words.length)
  const long = [...byFirst.values()].flat().filter(({ words, kind }) => kind !== 'city' && words.length >= 6)
  return {
    byFirst,
    nearly: (word) =>
      NOT_NEAR.has(word)
        ? undefined
        : long.find(
            ({ words, stem }) =>
              word[0] === words[0] &&
              (stem
                ? isNear(word.slice(0, words.length), words) || isNear(word.slice(0, words.length + 1), words)
                : isNear(word, words)),
          ),
  }
}

/** The codes that name a country today. */
function isoCodes(): string[] {
  const display = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
  const none = new Set(['EU', 'EZ', 'UN', 'ZZ', 'XA', 'XB', 'XK', 'QO', 'AC', 'CP', 'CQ', 'DG', 'EA', 'IC', 'TA', 'DD', 'SU', 'YU', 'FX', 'TP', 'ZR', 'BU', 'CS', 'NT', 'AN', 'YD', 'VD', 'HV', 'DY', 'RH', 'NH', 'UK']) // prettier-ignore
  return letters
    .flatMap((a) => letters.map((b) => a + b))
    .filter((code) => !none.has(code) && display.of(code) !== undefined)
}

function mentionsIn(words: string, { byFirst, nearly }: Names): Mention[] {
  const found: Mention[] = []
  for (let at = 1; at < words.length;) {
    const end = words.indexOf(' ', at)
    const word = words.slice(at, end)
    const candidates = [
      ...(byFirst.get(word) ?? []),
      ...(byFirst.get(word.slice(0, 3)) ?? []).filter(({ stem }) => stem),
    ]
    const match = candidates
      .filter(({ words: name, stem }) => (stem ? words.startsWith(name, at) : words.startsWith(`${name} `, at)))
      .sort((a, b) => b.words.length - a.words.length)[0]
    const typo = match === undefined && word.length >= 6 ? nearly(word) : undefined
    if (typo !== undefined) {
      found.push({ ...typo, start: at, end })
      at = end + 1
    } else if (match === undefined) at = end + 1
    else {
      const stop = words.indexOf(' ', at + match.words.length)
      found.push({ code: match.code, kind: match.kind, start: at, end: stop })
      at = stop + 1
    }
  }
  return found
}

const cues = (list: readonly string[]): RegExp =>
  new RegExp(` (?:${list.map((cue) => wordsOf(cue).trim() + (cue.includes('~') ? '[^ ]*' : '')).join('|')})(?= )`, 'gu')

function lastOf(text: string, rule: RegExp): number {
  let last = -1
  for (const { index } of text.matchAll(rule)) last = index
  return last
}
