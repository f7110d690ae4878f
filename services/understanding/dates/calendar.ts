import { Temporal } from 'temporal-polyfill'
import { mondayOf, startOf, stretch, type DateSpan } from './span.ts'

type Day = Temporal.PlainDate

/** Saturday to Monday where the feast is a Monday or a Friday, else Saturday and Sunday. */
export function weekendOf(feast: DateSpan): DateSpan {
  const day = startOf(feast)
  if (day === null) return feast
  const saturday = mondayOf(day.subtract({ days: day.dayOfWeek === 1 ? 1 : 0 })).add({ days: 5 })
  return stretch(day.dayOfWeek === 5 ? day : saturday, day.dayOfWeek === 1 ? day : saturday.add({ days: 1 }))
}

export const spansOf = (span: DateSpan | null): DateSpan[] => (span === null ? [] : [span])

/** A day that exists, or null. */
export function exact(year: number, month: number, day: number): Day | null {
  if (month < 1 || month > 12 || day < 1 || day > 31) return null
  const fits = day <= Temporal.PlainYearMonth.from({ year, month }).daysInMonth
  return fits ? Temporal.PlainDate.from({ year, month, day }) : null
}

export function moved(day: Day, count: number, unit: string): Day {
  if (unit === 'week') return day.add({ weeks: count })
  if (unit === 'fortnight') return day.add({ weeks: 2 * count })
  if (unit === 'month') return day.add({ months: count })
  if (unit === 'year') return day.add({ years: count })
  return day.add({ days: count })
}

/** The beginning, middle or end of a stretch: ten days of a month, some days of a week, a quarter of a year. */
export function pieceOf(part: 'start' | 'mid' | 'end', start: Day, end: Day): DateSpan {
  const days = start.until(end).days + 1
  if (days <= 7) {
    if (part === 'start') return stretch(start, start.add({ days: 2 }))
    return part === 'mid'
      ? stretch(start.add({ days: 1 }), start.add({ days: 3 }))
      : stretch(start.add({ days: 3 }), end)
  }
  if (days <= 31) {
    if (part === 'start') return stretch(start, start.add({ days: 9 }))
    return part === 'mid'
      ? stretch(start.add({ days: 10 }), start.add({ days: 19 }))
      : stretch(start.add({ days: 20 }), end)
  }
  if (days <= 100) {
    if (part === 'start') return stretch(start, start.add({ days: 29 }))
    return part === 'mid'
      ? stretch(start.add({ days: 30 }), start.add({ days: 60 }))
      : stretch(end.subtract({ days: 29 }), end)
  }
  if (part === 'start') return stretch(start, start.add({ months: 2, days: 14 }))
  if (part === 'mid') return stretch(start.add({ months: 5 }), start.add({ months: 7 }).subtract({ days: 1 }))
  return stretch(end.subtract({ months: 2 }).add({ days: 1 }), end)
}
