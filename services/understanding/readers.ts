import { Temporal } from 'temporal-polyfill'
import { categoryReader } from './categories.ts'
import { dateReader } from './dates/reader.ts'
import type { DateSpan } from './dates/span.ts'
import { householdReader } from './household.ts'
import { phonesIn } from './phones.ts'
import { countryReader } from './places/countries.ts'
import { placeReader } from './places/regions.ts'
import { ruleReader, todayOf, type Moment } from './rules.ts'
import { sentenceReader, type Sentence } from './sentence/reader.ts'

/** Each kind of reading on its own, as the dialogs use them together. */
export interface Readers {
  /** The days that a message means; more than one is a doubt. */
  dates(text: string, moment: Moment): readonly DateSpan[]
  sentence(text: string): Sentence
  /**
   * An answer to a closed question: `yesno`, `household` (those who come with the person), `household-total`, `phone@XX`, `country-now`,
   * `country-origin`, `region`, `category`; as text, null when it cannot be taken for one.
   */
  answer(question: string, text: string): string | null
}

/** A number alone answers "how many come with you" as it is; who is listed or counted has the person in it. */
function othersOf(text: string, total: number | null): string | null {
  if (total === null) return null
  return String(/^[^\p{L}]*\d{1,2}[^\p{L}\d]*$/u.test(text) ? total : total - 1)
}

export function openReaders(): Readers {
  const rules = ruleReader()
  const dates = dateReader()
  const household = householdReader()
  const country = countryReader()
  const region = placeReader()
  const category = categoryReader()
  const sentence = sentenceReader()
  const only = (values: readonly string[]): string | null => (values.length === 0 ? null : values.join('|'))
  const now = Temporal.Now.instant()

  return {
    dates: (text, moment) => dates.meant(text, todayOf(moment)),
    sentence,
    answer(question, text) {
      const [kind = '', parameter] = question.split('@')
      if (kind === 'yesno') {
        const { answer } = rules(text, { now })
        return answer === 'yes' || answer === 'no' ? answer : 'unclear'
      }
      if (kind === 'household-total') return household(text)?.toString() ?? null
      if (kind === 'household') return othersOf(text, household(text))
      if (kind === 'phone') return phonesIn(text, parameter)[0] ?? null
      if (kind === 'country-now') return only(country(text, 'now'))
      if (kind === 'country-origin') return only(country(text, 'origin'))
      if (kind === 'region') return region(text)?.region ?? null
      return kind === 'category' ? category(text) : null
    },
  }
}
