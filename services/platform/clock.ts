import { Temporal } from 'temporal-polyfill'

/** What time it is. Every rule takes one, so that a test can say "it is Friday evening". */
export interface Clock {
  now(): Temporal.Instant
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => Temporal.Now.instant() }

/** An instant as the `Date` that `pg` binds to a `timestamptz`. */
export const toDate = (instant: Temporal.Instant): Date => new Date(instant.epochMilliseconds)

/** The instant of a `timestamptz` that `pg` read. */
export const toInstant = (date: Date): Temporal.Instant => Temporal.Instant.fromEpochMilliseconds(date.getTime())
