import { wordsOf, type Readings } from '../../../services/understanding/index.ts'
import type { Answer, Field, Offer, Place, Read } from '../field.ts'
import { hasText, isText } from './titles.ts'

/** Words in an answer short enough to be no sentence: a synonym in it is the answer. */
const SHORT_ANSWER = 4

/**
 * One of a few values. Its texts: `choices.<value>` (the button), `synonyms.<value>` (words that mean
 * it when asked), `anywhere.<value>` (words that mean it whatever was asked). A button's title, in any
 * shipped language, its number and the value itself are always read.
 */
export const choice = (values: readonly string[]): Field => ({
  read: (readings, offer, place) => readChoice(values, readings, offer, place),
  accepts: (value): value is Answer => typeof value === 'string' && values.includes(value),
  show: (value, place) => ({ key: `${place.dialog}:${place.step}.choices.${String(value)}` }),
  choices: (place) =>
    values.map((value) => ({ value, label: { key: `${place.dialog}:${place.step}.choices.${value}` } })),
})

function readChoice(
  values: readonly string[],
  { words }: Readings,
  offer: Offer,
  { dialog, step }: Place,
): Read | null {
  const at = (what: string, value: string) => `${dialog}:${step}.${what}.${value}`
  const only = (found: readonly string[]): Read | null =>
    found.length === 0 ? null : found.length === 1 ? { value: found[0] as string, certain: true } : { doubt: found }

  const exact = values.filter(
    (value, i) =>
      isText(words, at('choices', value)) ||
      (offer.how === 'asked' &&
        (words === wordsOf(value) || isText(words, at('synonyms', value)) || words.trim() === String(i + 1))),
  )
  if (exact.length > 0) return only(exact)
  const unmistakable = values.filter((value) => hasText(words, at('anywhere', value)))
  if (unmistakable.length > 0) return only(unmistakable)
  if (offer.how === 'inPassing') return null
  const meant = values.filter((value) => hasText(words, at('synonyms', value)) || hasText(words, at('choices', value)))
  if (meant.length === 0) return null
  const short = words.trim().split(' ').length <= SHORT_ANSWER
  if (meant.length === 1 && (short || offer.how === 'correcting')) {
    const [value = ''] = meant
    return offer.how === 'correcting' && value === offer.current ? null : { value, certain: true }
  }
  return { doubt: meant }
}
