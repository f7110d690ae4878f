import type { Temporal } from 'temporal-polyfill'
import type { Calendar } from '../services/calendar/index.ts'
import type { OfficeHours } from '../services/catalogue/index.ts'
import { queuePosition, requestPerson } from '../services/handoff/index.ts'
import { dayText, hourText, speak } from '../services/locales/index.ts'
import { openQuestion, type BotState } from './state.ts'
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

/** Asks for a person, with what they will want to know: what was answered, and which question was open. */
export function askPerson(
  { tx, conversation, at }: Turn,
  state: BotState,
  request: {
    reason: 'asked' | 'danger' | 'deadline'
    situation?: string
    lastWords: string
    region?: string
    renews?: boolean
  },
): ReturnType<typeof requestPerson> {
  const open = openQuestion(state)
  const region = request.region ?? regionOf(conversation.answers)
  state.trouble = null
  return requestPerson(tx, conversation, {
    ...request,
    openStep: open.step,
    known: {
      ...Object.fromEntries(conversation.answers),
      ...(isAgreed(open.answers, conversation.answers) ? open.answers : {}),
    },
    ...(region === null ? {} : { region }),
    at,
  })
}

/** What was said before a yes, or after a no, is kept for nobody. */
const isAgreed = (open: Record<string, unknown>, file: ReadonlyMap<string, unknown>): boolean =>
  (open['consent'] ?? file.get('consent')) === true

/** The region that the person's file has, as a code. */
export function regionOf(answers: ReadonlyMap<string, unknown>): string | null {
  const region = answers.get('region')
  return typeof region === 'string' ? region : null
}
