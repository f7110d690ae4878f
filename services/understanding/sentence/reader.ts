import { readFileSync } from 'node:fs'
import { once } from '../../platform/once.ts'
import { wordsOf, bounded } from '../normalise.ts'
import { bareReader, changeLanguageReader, intentReader } from '../intents.ts'
import { dangerReader } from '../danger.ts'
import { readPhrases, type Phrases } from '../phrases.ts'
import type { Intent } from '../readings.ts'
import { classify, type Model } from './classifier.ts'
import type { SentenceIntent } from './intents.ts'
import { unpackModel } from './modelFile.ts'

/** What a free sentence is about. */
export interface Sentence {
  intent: SentenceIntent
  /** The second likeliest. */
  next: SentenceIntent
  /** How sure the first is, from 0 to 1; 1 where a rule says it. */
  confidence: number
  /** True when it tells of danger, by a rule or by the model: seldom wrong in silence, sometimes wrong in alarm. */
  danger: boolean
  /** A rule says so, or the model is nearly certain. */
  surelyDanger: boolean
}

/** Reads what a sentence is about, in any of the languages of `content/training`; at once, never throwing. */
export type SentenceReader = (text: string) => Sentence

/** The model's probability from which a person is called at once: where it alarms wrongly 1 to 4 times of 100, 7 in the languages it knows least (cross-validated). */
const NEARLY_CERTAIN = 0.8

/** Where the trained model is kept. `npm run understand:train` writes it. */
export const MODEL_FILE = new URL('../../../content/models/sentences.bin', import.meta.url)

const shipped = once(() => unpackModel(readFileSync(MODEL_FILE)))

/** What a rule of `content/phrases` that holds means among the intents of a sentence, the stronger first. */
const BY_RULE: readonly [Intent, SentenceIntent][] = [
  ['stop', 'stop'],
  ['human', 'human'],
  ['changeLanguage', 'change-language'],
  ['restart', 'restart'],
  ['cancel', 'cancel'],
  ['back', 'back'],
  ['help', 'help'],
]

/** Opens the kept model and the rules; some tens of milliseconds, once. Throws when the model cannot be read. */
export function sentenceReader(
  { model, header } = shipped(),
  phrases: ReadonlyMap<string, Phrases> = readPhrases(),
): SentenceReader {
  return combine(model, header.dangerFrom, [...phrases.values()])
}

/** A reader over a model: `dangerFrom` is the probability from which it is believed when it says danger. */
export function combine(model: Model, dangerFrom: number, all: readonly Phrases[]): SentenceReader {
  const bareOf = bareReader(all)
  const intentsOf = intentReader(all)
  const languageWanted = changeLanguageReader(all)
  const dangerOf = dangerReader(all)
  return (said) => {
    const text = bounded(said.normalize('NFC').trim())
    const words = wordsOf(text)
    const scores = classify(text, model)
    const [first = 'other', second = 'other'] = likeliest(scores)
    const byRules = dangerOf(words).length > 0
    const danger = byRules || (scores['danger'] ?? 0) >= dangerFrom
    const surelyDanger = byRules || (scores['danger'] ?? 0) >= NEARLY_CERTAIN
    if (danger)
      return {
        intent: 'danger',
        next: first === 'danger' ? second : first,
        confidence: scores['danger'] ?? 0,
        danger,
        surelyDanger,
      }
    const bare = bareOf(words)
    const ruled = intentsOf(words, bare)
    if (languageWanted(words, bare) !== undefined) ruled.add('changeLanguage')
    const byRule = BY_RULE.find(([intent]) => ruled.has(intent))?.[1]
    if (byRule !== undefined)
      return { intent: byRule, next: first === byRule ? second : first, confidence: 1, danger, surelyDanger }
    const best = [first, second, 'other' as const].filter((intent) => intent !== 'danger')
    return {
      intent: best[0] ?? 'other',
      next: best[1] ?? 'other',
      confidence: scores[best[0] ?? 'other'] ?? 0,
      danger,
      surelyDanger,
    }
  }
}

const likeliest = (scores: Readonly<Record<string, number>>): SentenceIntent[] =>
  Object.entries(scores)
    .toSorted(([, a], [, b]) => b - a)
    .map(([label]) => label as SentenceIntent)
