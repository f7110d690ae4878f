/**
 * A day or a month that a message mentions. Days are ISO `YYYY-MM-DD`, months `YYYY-MM`.
 * `values` has one for a sure reading, two or more for a doubt ("le 3/4"), none when the words are too
 * vague for either ("la semaine prochaine"). A day without a year is the next one to come.
 */
export interface DayMention {
  values: readonly string[]
  /** Where in the text, end excluded. */
  start: number
  end: number
  /** "pas mars": named to be put aside. */
  negated: boolean
}
