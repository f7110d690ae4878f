import type { Temporal } from 'temporal-polyfill'
import { dangerLanguageReader, dangerReader } from './danger.ts'
import { dayReader } from './days/reader.ts'
import { bareReader, changeLanguageReader, correctionReader, intentReader, unknownReader } from './intents.ts'
import { nameReader } from './names.ts'
import { once } from '../platform/once.ts'
import { bounded, wordsOf } from './normalise.ts'
import { readDangerPhrases, readPhrases, type DangerPhrases, type Phrases } from './phrases.ts'
import type { Readings } from './readings.ts'
import { writtenReader } from './written.ts'
import { answerReader } from './yesNo.ts'

/** Where the person's day is counted when their own zone is not known. */
const DEFAULT_ZONE = 'America/Toronto'

/** A message so short is of the language that its danger is told in, rather than of its frequent words. */
const LONGEST_CRY = 32

/** The moment of a message, which "demain" and "le mois prochain" count from. */
export interface Moment {
  now: Temporal.Instant
  /** IANA zone of the person, when known. */
  zone?: string
}

/** The day it is where the person is. */
export const todayOf = ({ now, zone = DEFAULT_ZONE }: Moment): Temporal.PlainDate =>
  now.toZonedDateTimeISO(zone).toPlainDate()

/** Reads a message by rules alone: at once, in a time in proportion to its length, never throwing. */
export type RuleReader = (text: string, moment: Moment) => Readings

/** The rules of `content/phrases` and `content/danger`. Compiled once for the process, which takes some 200 ms. */
export const ruleReader: () => RuleReader = once(() => compiled(readPhrases(), readDangerPhrases()))

function compiled(byLanguage: ReadonlyMap<string, Phrases>, cries: ReadonlyMap<string, DangerPhrases>): RuleReader {
  const all = [...byLanguage.values()]
  const bareOf = bareReader(all)
  const intentsOf = intentReader(all)
  const languageWanted = changeLanguageReader(all)
  const answerOf = answerReader(all)
  const corrects = correctionReader(all)
  const unknown = unknownReader(all)
  const languageOf = writtenReader(new Map([...byLanguage].map(([language, { frequent }]) => [language, frequent])))
  const dangerOf = dangerReader([...all, ...cries.values()])
  const dangerLanguageOf = dangerLanguageReader([...byLanguage, ...cries])
  const daysOf = dayReader()
  const names = nameReader(all)

  return (said, moment) => {
    const text = bounded(said.normalize('NFC').trim())
    const words = wordsOf(text)
    const bare = bareOf(words)
    const days = daysOf(text, () => todayOf(moment))
    const wanted = languageWanted(words, bare)
    const intents = intentsOf(words, bare)
    if (wanted !== undefined) intents.add('changeLanguage')
    const rest = without(text, days)
    const danger = dangerOf(words)
    const written = languageOf(text)
    const cried = danger.length > 0 ? dangerLanguageOf(words, written) : null
    return {
      text,
      words,
      intents,
      wantedLanguage: wanted ?? null,
      language: words.length > LONGEST_CRY ? (written ?? cried) : (cried ?? written),
      danger,
      answer: answerOf(words, bare),
      corrects: corrects(words),
      days,
      unknown: unknown(words),
      introduces: names.introduced(rest),
      names: names.answered(rest),
      rest,
    }
  }
}

/** The text with what was read as days taken out. */
export const without = (text: string, days: readonly { start: number; end: number }[]): string =>
  days
    .toSorted((a, b) => b.start - a.start)
    .reduce((left, { start, end }) => left.slice(0, start) + left.slice(end), text)
    .trim()
