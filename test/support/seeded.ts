/** A generator of numbers from 0 to 1 that gives the same ones again for the same seed. */
export type Random = () => number

/**
 * The seed of a run: `SEED`, or one drawn now. A test prints it, so that what failed can be run again:
 * the same plan of faults, not the same instants.
 */
export function seedOfThisRun(): number {
  const given = process.env['SEED']
  if (given === undefined) return Math.floor(Math.random() * 2 ** 31)
  if (!/^\d{1,10}$/.test(given)) throw new RangeError('SEED is a number')
  return Number(given)
}

/** The same, in an order that is drawn. */
export const shuffled = <T>(all: readonly T[], random: Random): T[] =>
  all
    .map((one) => ({ one, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one)

/** Mulberry32: small, quick, good enough to choose faults with. */
export function randomFrom(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
