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
  const bare = /^[^\p{L}\d]*(\d{1,2})[^\p{L}\d]*$/u.exec(text)?.[1]
  return bare ?? String(total - 1)
}

export function openReaders(): Readers {
  const rules = ruleReader()
  const dates = dateReader()
  const household = householdReader()
  const country = countryReader()
  const region = placeReader()
  const category = categoryReader()
  const sentence = sentenceReader()
  /** "Sept" may be a month: without its days a message says how many, or with them. */
  const people = (text: string): number | null => household(rules(text, { now }).rest) ?? household(text)
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
      if (kind === 'household-total') return people(text)?.toString() ?? null
      if (kind === 'household') return othersOf(text, people(text))
      if (kind === 'phone') return phonesIn(text, parameter)[0] ?? null
      if (kind === 'country-now') return only(country(text, 'now'))
      if (kind === 'country-origin') return only(country(text, 'origin'))
      if (kind === 'region') return region(text)?.region ?? null
      return kind === 'category' ? category(text) : null
    },
  }
}
