import { randomFrom, type Random } from '../../support/seeded.ts'

/**
 * What goes wrong with one request. Those that begin with `accept`, `truncated`, `cutBody` and `slow` happen after the
 * message was accepted; the others instead of it.
 */
export type Fault =
  /** 201 whose JSON ends in the middle, in a whole answer. */
  | 'truncated'
  /** 201 whose connection ends in the middle of the body. */
  | 'cutBody'
  | 'acceptThenHang'
  | 'acceptThenReset'
  | 'acceptThen500'
  | 'acceptThen502html'
  /** No answer ever, and nothing accepted. */
  | 'hang'
  | 'resetBefore'
  | 500
  | 503
  | '502html'
  /** Seconds for `Retry-After`; without, no header. */
  | { tooMany: { retryAfter?: number } }
  | { twilio: { status: number; code: number; message?: string } }
  /** Answers after so many real milliseconds. */
  | { slow: number }

/** A fault by a word, for rates and records. */
export type FaultName = Extract<Fault, string> | '500' | '503' | 'tooMany' | 'twilio' | 'slow'

/** Which requests faults are for: sending, or all others, which accept nothing. */
export type FaultSide = 'send' | 'read'

export interface Faults {
  add(next: Fault | readonly Fault[], side: FaultSide): void
  /** Every request on a side may fail from now on, each fault with its rate (0 to 1); the same for the same seed. */
  draw(seed: number, rates: Partial<Record<FaultName, number>>, side: FaultSide): void
  /** Ends what was drawn and forgets what was planned. */
  clear(): void
  next(side: FaultSide): Fault | undefined
}

const DRAWN: Record<FaultName, Fault> = {
  truncated: 'truncated',
  cutBody: 'cutBody',
  acceptThenHang: 'acceptThenHang',
  acceptThenReset: 'acceptThenReset',
  acceptThen500: 'acceptThen500',
  acceptThen502html: 'acceptThen502html',
  hang: 'hang',
  resetBefore: 'resetBefore',
  '502html': '502html',
  '500': 500,
  '503': 503,
  tooMany: { tooMany: { retryAfter: 1 } },
  twilio: { twilio: { status: 503, code: 20503 } },
  slow: { slow: 50 },
}

export function nameOf(fault: Fault): FaultName {
  if (typeof fault !== 'object') return String(fault) as FaultName
  return Object.keys(fault)[0] as FaultName
}

/** Whether the message of a request with this fault was accepted. */
export const acceptsFirst = (fault: Fault | undefined): boolean =>
  fault === undefined || /^(accept|truncated|cutBody|slow)/.test(nameOf(fault))

export function faults(): Faults {
  const planned: Record<FaultSide, Fault[]> = { send: [], read: [] }
  const drawn = new Map<FaultSide, { random: Random; rates: [FaultName, number][] }>()
  return {
    add(next, side) {
      const all = Array.isArray(next) ? (next as readonly Fault[]) : [next as Fault]
      const senseless = all.find((fault) => side === 'read' && acceptsFirst(fault) && nameOf(fault) !== 'slow')
      if (senseless !== undefined) throw new RangeError(`reading accepts nothing: ${nameOf(senseless)}`)
      planned[side].push(...all)
    },
    draw: (seed, rates, side) =>
      void drawn.set(side, { random: randomFrom(seed), rates: Object.entries(rates) as [FaultName, number][] }),
    clear() {
      planned.send = []
      planned.read = []
      drawn.clear()
    },
    next(side) {
      const first = planned[side].shift()
      const plan = drawn.get(side)
      if (first !== undefined || plan === undefined) return first
      let point = plan.random()
      for (const [name, rate] of plan.rates) {
        if (point < rate) return DRAWN[name]
        point -= rate
      }
      return undefined
    },
  }
}
