/** Failures in a row after which an account is left alone for a while. */
const FAILURES = 5
const FIRST_REST_MS = 5_000
const MOST_REST_MS = 5 * 60_000

/** Stops calling a provider that answers nothing: each rest is twice the one before, until something succeeds. */
export interface Breaker {
  /** Notes whether a call was answered. Returns how long to rest, in ms; 0: go on. */
  note(answered: boolean): number
}

export function createBreaker(): Breaker {
  let failures = 0
  let rests = 0
  return {
    note(answered) {
      if (answered) {
        failures = 0
        rests = 0
        return 0
      }
      failures += 1
      if (failures < FAILURES) return 0
      failures = 0
      rests += 1
      return Math.min(MOST_REST_MS, FIRST_REST_MS * 2 ** (rests - 1))
    },
  }
}
