import { parseArgs } from 'node:util'
import { readCatalogs, type Texts } from '../services/locales/files.ts'
import { readability, type Readability } from './words/readability.ts'

/** Texts that are printed for each language, unless `--worst` says how many. */
const WORST = 15
/** Files that people read in a conversation; the rest is for agents and operators. */
const FOR_NEWCOMERS = new Set([
  'onboarding',
  'kit',
  'interruptions',
  'freeTalk',
  'answers',
  'handoff',
  'chat',
  'conversation',
  'errors',
])
/** What is held against messages or named, not read as a sentence. */
const NOT_READ = /\.(?:words|synonyms|anywhere|cues|choices|regions|label)(?:\.|$)/

/**
 * `npm run words`: how long and how hard to read each text of `locales/` is, the hardest first. `--worst N`,
 * `--all` with the texts of the desk and the console.
 */
function main(): void {
  const { values } = parseArgs({
    options: { worst: { type: 'string' }, all: { type: 'boolean', default: false } },
  })
  for (const [language, files] of readCatalogs(new URL('../locales/', import.meta.url))) {
    const measured = Object.entries(files)
      .filter(([file]) => values.all || FOR_NEWCOMERS.has(file))
      .flatMap(([file, texts]) => flatten(texts, `${file}:`))
      .filter(([key]) => !NOT_READ.test(key))
      .map(([key, text]) => ({ key, text, ...readability(text, language) }))
      .filter(({ words }) => words >= 4)
    const mean = (of: (one: Readability) => number): string =>
      (measured.reduce((sum, one) => sum + of(one), 0) / (measured.length || 1)).toFixed(1)
    console.log(
      `${language}: ${measured.length} texts, ${mean(({ words }) => words)} words each, longest sentence ${mean(({ longest }) => longest)} words, reading ease ${mean(({ ease }) => ease)}`,
    )
    const hardest = measured.toSorted((a, b) => a.ease - b.ease).slice(0, Number(values.worst ?? WORST))
    for (const { key, text, words, longest, ease } of hardest)
      console.log(`  ease ${ease}, ${words} words, longest ${longest}: ${key}\n      ${text.replaceAll('\n', ' / ')}`)
  }
}

function flatten(texts: Texts, path: string): [string, string][] {
  return Object.entries(texts).flatMap(([name, value]): [string, string][] => {
    if (typeof value === 'string') return [[path + name, value]]
    return Array.isArray(value) ? [] : flatten(value, `${path}${name}.`)
  })
}

main()
