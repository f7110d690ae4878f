import { once } from '../../../services/platform/once.ts'
import { categories, categoryReader } from '../../../services/understanding/index.ts'
import type { Field } from '../field.ts'
import { choice } from './choice.ts'

const categoryIn = once(categoryReader)
const byChoice = choice(categories)

/**
 * The way by which somebody immigrates, in plain words; `unknown` is an answer. Never a judgement of a
 * right. Its texts: those of a `choice`.
 */
export const category = (): Field => ({
  ...byChoice,
  read(readings, offer, place) {
    const chosen = byChoice.read(readings, offer, place)
    if (offer.how === 'inPassing' || (chosen !== null && 'certain' in chosen)) return chosen
    const value = categoryIn()(readings.text)
    if (value === null) return chosen
    return offer.how === 'correcting' && value === offer.current ? null : { value, certain: true }
  },
})
