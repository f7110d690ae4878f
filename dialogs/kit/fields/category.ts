import { once } from '../../../services/platform/once.ts'
import { categories, categoryReader, wordsOf } from '../../../services/understanding/index.ts'
import type { Field } from '../field.ts'
import { choice } from './choice.ts'
import { isText } from './titles.ts'

const categoryIn = once(categoryReader)
const byChoice = choice(categories)

/**
 * The way by which somebody immigrates, in plain words; `unknown` is an answer. Never a judgement of a
 * right. What is said of somebody else, or asked as a question, is asked about; what is denied is nothing.
 * Its texts: those of a `choice`.
 */
export const category = (): Field => ({
  ...byChoice,
  read(readings, offer, place) {
    const chosen = byChoice.read(readings, offer, place)
    if (offer.how === 'inPassing') return chosen
    if (chosen !== null && 'certain' in chosen) {
      const value = String(chosen.value)
      const title = `${place.dialog}:${place.step}.choices.${value}`
      const isPressed = isText(readings.words, title) || readings.words === wordsOf(value)
      if (isPressed || /^ \d+ $/.test(readings.words)) return chosen
    }
    const { sure, doubt, setAside } = categoryIn().reading(readings.text)
    if (sure !== null)
      return offer.how === 'correcting' && sure === offer.current ? null : { value: sure, certain: true }
    if (doubt.length > 0) return offer.how === 'asked' ? { doubt } : null
    return setAside ? null : chosen
  },
})
