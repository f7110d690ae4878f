import { Temporal } from 'temporal-polyfill'

/**
 * The days that words mean, as ISO `YYYY-MM-DD`, both ends in it; an open end is null. `grain` is how
 * exactly it was said: "le 3 mars" is a day, "en mars" a month, "mi-mars" or "avant Noël" a stretch.
 */
export interface DateSpan {
  start: string | null
  end: string | null
  grain: 'day' | 'month' | 'stretch'
  /** The day around which a stretch was said to be ("vers le 20"). */
  about?: string
}

type Day = Temporal.PlainDate

export const dayOf = (day: Day): DateSpan => ({ start: day.toString(), end: day.toString(), grain: 'day' })
export const stretch = (start: Day | null, end: Day | null): DateSpan => ({
  start: start?.toString() ?? null,
  end: end?.toString() ?? null,
  grain: 'stretch',
})

/** "Vers le 20": some days on both sides; people mean three to seven. */
export const around = (day: Day): DateSpan => ({
  ...stretch(day.subtract({ days: AROUND }), day.add({ days: AROUND })),
  about: day.toString(),
})
const AROUND = 4

/** A whole month. */
export function monthOf(year: number, month: number): DateSpan {
  const first = Temporal.PlainDate.from({ year, month, day: 1 })
  return { ...stretch(first, first.with({ day: first.daysInMonth })), grain: 'month' }
}

/** The Monday of a day's week. */
export const mondayOf = (day: Day): Day => day.subtract({ days: day.dayOfWeek - 1 })

export const startOf = ({ start }: DateSpan): Day | null => (start === null ? null : Temporal.PlainDate.from(start))
export const endOf = ({ end }: DateSpan): Day | null => (end === null ? null : Temporal.PlainDate.from(end))
