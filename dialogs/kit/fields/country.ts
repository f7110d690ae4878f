import { once } from '../../../services/platform/once.ts'
import { countryReader, spokenReader, type CountryQuestion } from '../../../services/understanding/index.ts'
import { namedInEach } from '../named.ts'
import type { Answer, Field } from '../field.ts'
import { hasText } from './titles.ts'

const countriesIn = once(countryReader)
const spokenIn = once(spokenReader)
/** Of more countries than this a question names none: it is asked again instead. */
const MOST_DOUBTS = 3

/**
 * A country, as ISO 3166-1 alpha-2, by its name, a large city or the name of its people: the one that
 * people come from or are in (`about`). Its text: `cues`, words beside which a country counts though another
 * question was asked ("je viens du Sénégal").
 */
export const country = (about: CountryQuestion): Field => ({
  read(readings, { how }, { dialog, step }) {
    if (how === 'inPassing' && !hasText(readings.words, `${dialog}:${step}.cues`)) return null
    // "Je parle pas français" corrects no country.
    if (how === 'correcting' && spokenIn().denies(readings.text)) return null
    const found = countriesIn()(readings.text, about).filter((code) => code !== 'CA')
    const [first] = found
    if (first === undefined || found.length > MOST_DOUBTS) return null
    return found.length === 1 ? { value: first, certain: true } : how === 'inPassing' ? null : { doubt: found }
  },
  accepts: (value): value is Answer => typeof value === 'string' && /^[A-Z]{2}$/.test(value),
  show: (value) => namedInEach('region', String(value)),
  choices: () => [],
})
