import type { Temporal } from 'temporal-polyfill'
import type { Calendar } from '../services/calendar/index.ts'
import type { OfficeHours } from '../services/catalogue/index.ts'
import { queuePosition } from '../services/handoff/index.ts'
import { dayText, hourText, speak } from '../services/locales/index.ts'
import type { Turn } from './turn.ts'

/** When the offices answer, in a sentence that promises no more than that. */
export function officeLine(calendar: Calendar, hours: OfficeHours, at: Temporal.Instant, language: string): string {
  const reading = calendar.whenAPersonReads(at, hours)
  if (reading.open) return speak(language, 'handoff:readsNow', { until: hourText(language, reading.until.toInstant()) })
  const { opensAt } = reading
  return speak(language, 'handoff:readsFrom', {
    day: dayText(language, opensAt.toPlainDate()),
    time: hourText(language, opensAt.toInstant()),
  })
}

/** Where the person stands in the queue, in a sentence; empty when they are not in it. */
export async function positionLine({ tx, conversation }: Turn): Promise<string> {
  const { handoff, language } = conversation
  if (handoff === undefined || handoff.state !== 'waiting') return ''
  const position = await queuePosition(tx.db, handoff)
  return position === 1 ? speak(language, 'handoff:next') : speak(language, 'handoff:position', { position })
}
