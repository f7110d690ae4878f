import { readFileSync } from 'node:fs'
import { Temporal } from 'temporal-polyfill'
import { z } from 'zod'

/** What one step of a story is: the person says, or an agent writes, notes or does something. */
const step = z.union([
  z.strictObject({ after: z.number().optional(), says: z.string() }),
  z.strictObject({ after: z.number().optional(), agent: z.string(), writes: z.string() }),
  z.strictObject({ after: z.number().optional(), agent: z.string(), notes: z.string() }),
  z.strictObject({ after: z.number().optional(), agent: z.string(), does: z.enum(['take', 'handBack', 'close']) }),
])

const schema = z.strictObject({
  agents: z.array(
    z.strictObject({
      key: z.string(),
      name: z.string(),
      role: z.enum(['agent', 'supervisor']),
      languages: z.array(z.string()),
      region: z.string(),
    }),
  ),
  people: z.array(
    z.strictObject({
      key: z.string(),
      language: z.string(),
      /** Minutes before now, or a time of day in Montréal some business days ago. */
      start: z.union([
        z.strictObject({ minutesAgo: z.number() }),
        z.strictObject({ businessDaysAgo: z.int().min(1), at: z.string().regex(/^\d\d:\d\d$/) }),
      ]),
      steps: z.array(step),
    }),
  ),
})

export type Story = z.infer<typeof schema>
export type Step = z.infer<typeof step>
export type Person = Story['people'][number]

/** A step with its moment; `step` is absent where the person opens the page. */
export interface Happening {
  at: Temporal.Instant
  person: Person
  /** Its place in the person's story. */
  index: number
  step?: Step
}

/** Seconds between two steps of which nothing is said. */
const USUAL_SECONDS = 40
const ZONE = 'America/Toronto'

/** Reads the invented people of the demonstration. */
export const readStory = (): Story =>
  schema.parse(JSON.parse(readFileSync(new URL('./people.json', import.meta.url), 'utf8')))

/** Everything that happens, of all people together, in the order of time; nothing is later than `now`. */
export function happenings(
  { people }: Story,
  now: Temporal.Instant,
  isBusinessDay: (day: Temporal.PlainDate) => boolean,
): Happening[] {
  return people
    .flatMap((person) => {
      let at = startOf(person, now, isBusinessDay)
      const later: Happening[] = person.steps.map((one, index) => {
        at = at.add({ seconds: one.after === undefined ? USUAL_SECONDS : Math.round(one.after * 60) })
        return { at, person, index: index + 1, step: one }
      })
      return [{ at: startOf(person, now, isBusinessDay), person, index: 0 }, ...later]
    })
    .sort((a, b) => Temporal.Instant.compare(a.at, b.at) || a.index - b.index)
}

function startOf(
  { start }: Person,
  now: Temporal.Instant,
  isBusinessDay: (day: Temporal.PlainDate) => boolean,
): Temporal.Instant {
  if ('minutesAgo' in start) return now.subtract({ minutes: start.minutesAgo })
  let day = now.toZonedDateTimeISO(ZONE).toPlainDate()
  for (let left = start.businessDaysAgo; left > 0;) {
    day = day.subtract({ days: 1 })
    if (isBusinessDay(day)) left -= 1
  }
  return day.toZonedDateTime({ timeZone: ZONE, plainTime: Temporal.PlainTime.from(start.at) }).toInstant()
}
