import { dayRecognizer } from './days/recognizer.ts'
import type { Readings, Want } from './readings.ts'
import { ruleReader, without, type Moment } from './rules.ts'

export type { DayMention } from './days/mention.ts'
export type { Intent, Readings, Want } from './readings.ts'
export { withoutFreeText } from './readings.ts'
export { ruleReader, todayOf, type Moment } from './rules.ts'
export { wordsOf } from './normalise.ts'
export { regionReader } from './places.ts'
export { categories, categoryReader } from './categories.ts'
export { emailsIn } from './emails.ts'
export { masked } from './identifiers.ts'
export { householdReader } from './household.ts'
export { phonesIn } from './phones.ts'
export { countryReader, type CountryQuestion } from './places/countries.ts'
export { placeReader } from './places/regions.ts'
export { sentenceReader, type Sentence } from './sentence/reader.ts'
export { spokenReader } from './spoken.ts'

/** How a message is to be read. */
export interface Reading extends Moment {
  lang: string
  wants: ReadonlySet<Want>
}

/** Reads what people write. One for the process; `stop` it when the server stops. */
export interface Understanding {
  /** The rules' readings at once, and a general recognizer's where they read no day and one is wanted. */
  understand(text: string, reading: Reading): Promise<Readings>
  /** The same from what the rules have read already. */
  complete(readings: Readings, reading: Reading): Promise<Readings>
  /** Resolves when nothing is left to warm. Not needed before `understand`. */
  warm(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts the understanding. The general recognizer runs in a worker which warms itself at the first
 * need, does not keep the process alive, and whose late answers count as none: `understand` takes
 * some milliseconds, at most 150.
 */
export function startUnderstanding(): Understanding {
  const read = ruleReader()
  const recognizer = dayRecognizer()
  return {
    understand(text, reading) {
      const { now, zone } = reading
      return this.complete(read(text, zone === undefined ? { now } : { now, zone }), reading)
    },
    async complete(readings, { lang, now, zone, wants }) {
      const needed = wants.has('day') && readings.days.length === 0 && !readings.unknown && readings.text !== ''
      if (!needed) return readings
      const at = now.toZonedDateTimeISO(zone ?? 'America/Toronto').toPlainDateTime()
      const days = await recognizer.recognize(readings.text, lang, at)
      return days.length === 0 ? readings : { ...readings, days, rest: without(readings.text, days) }
    },
    warm: () => recognizer.warm(),
    stop: () => recognizer.stop(),
  }
}
