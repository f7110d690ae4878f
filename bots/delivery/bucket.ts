/** Lets so many through a second, and as many at once after a rest. */
export interface Bucket {
  /** Takes up to `wanted`; returns how many. */
  take(wanted: number, nowMs: number): number
  /** How long until there is one, in ms. */
  waitMs(nowMs: number): number
}

/** A token bucket of one second's depth. Each node has its own: an operator with several nodes divides the rate among them. */
export function createBucket(perSecond: number): Bucket {
  let tokens = perSecond
  let at: number | undefined
  const fill = (nowMs: number): void => {
    const passed = at === undefined ? 0 : Math.max(0, nowMs - at)
    tokens = Math.min(perSecond, tokens + (passed * perSecond) / 1000)
    at = nowMs
  }
  return {
    take(wanted, nowMs) {
      fill(nowMs)
      const taken = Math.min(wanted, Math.floor(tokens))
      tokens -= taken
      return taken
    },
    waitMs(nowMs) {
      fill(nowMs)
      return tokens >= 1 ? 0 : Math.ceil(((1 - tokens) * 1000) / perSecond)
    },
  }
}
