import { setTimeout as delay } from 'node:timers/promises'

/** Resolves with the first value of `look` that is not undefined, null or false; throws what was awaited after `withinMs`. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  withinMs = 5_000,
): Promise<T> {
  const until = Date.now() + withinMs
  for (;;) {
    const value = await look()
    if (value !== undefined && value !== null && value !== false) return value
    if (Date.now() > until) throw new Error(`not within ${withinMs} ms: ${what}`)
    await delay(15)
  }
}
