/**
 * How long to wait before the next try, in milliseconds: doubling from half a second to 20 s, and
 * anywhere in the upper half of that, so that the pages of a town don't come back all at once.
 *
 * @param failures how many tries failed in a row, from 1
 * @param chance a number in [0, 1), for example `Math.random()`
 */
export function backoff(failures: number, chance: number): number {
  const ceiling = Math.min(20_000, 500 * 2 ** Math.max(0, failures - 1))
  return Math.round(ceiling / 2 + (ceiling / 2) * chance)
}
