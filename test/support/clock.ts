import { Temporal } from 'temporal-polyfill'
import type { Clock } from '../../services/platform/clock.ts'

/** A clock that a test moves. `at` is an ISO instant such as `2026-11-24T15:00:00Z`. */
export interface TestClock extends Clock {
  set(at: string): void
  advance(duration: Temporal.DurationLike): void
}

export function testClock(at: string): TestClock {
  let instant = Temporal.Instant.from(at)
  return {
    now: () => instant,
    set: (to) => void (instant = Temporal.Instant.from(to)),
    advance: (duration) => void (instant = instant.add(duration)),
  }
}
