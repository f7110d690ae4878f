import { z } from 'zod'
import { phoneNumber } from './helpLineContent.ts'
import { citesListedSources, factMarks, provenance, timeText } from './sourced.ts'

const span = z.strictObject({ from: timeText, to: timeText }).readonly()

/**
 * When people of an office answer: on `weekdays` (1 = Monday … 7 = Sunday) that are not holidays,
 * during `spans`, in wall-clock time of `zone` (an IANA name). Spans are in order and apart from
 * each other: the lunch break lies between two of them; none crosses midnight.
 */
const officeHours = z
  .strictObject({
    zone: z.string().refine(isZone, { error: 'not an IANA time zone' }),
    weekdays: z.array(z.int().min(1).max(7)).nonempty().readonly(),
    spans: z.array(span).nonempty().readonly(),
    ...factMarks,
  })
  .check(({ value, issues }) => {
    value.spans.forEach(({ from, to }, at) => {
      const previous = value.spans[at - 1]
      if (from < to && (!previous || previous.to < from)) return
      const message = 'spans must be in order, not empty and apart'
      issues.push({ code: 'custom', input: from, path: ['spans', at], message })
    })
  })
  .readonly()

/** Whether the run-time knows the time zone `name`. */
function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/**
 * `content/offices.json`: how to reach the ministry, the hours of an office that has not told its
 * own, and within how many business days the first meeting is aimed at (quebec.md, sections 1, 5).
 */
export const officeFile = z
  .strictObject({
    ...provenance,
    ministry: z
      .strictObject({
        name: z.string().min(1),
        phones: z
          .array(z.strictObject({ ...phoneNumber, reach: z.enum(['local', 'elsewhere']) }).readonly())
          .nonempty()
          .readonly(),
        ...factMarks,
      })
      .readonly(),
    defaultHours: officeHours,
    firstMeeting: z.strictObject({ withinBusinessDays: z.int().min(1).max(60), ...factMarks }).readonly(),
  })
  .check(citesListedSources)
  .readonly()

/** The offices as the catalogue gives them. */
export type OfficeContent = z.infer<typeof officeFile>

/** Opening hours of one office; see `officeHours` for the meaning of each field. */
export type OfficeHours = Pick<z.infer<typeof officeHours>, 'zone' | 'weekdays' | 'spans'>
