import { ParcoursError, tooMany } from '../services/platform/errors.ts'
import type { Clock } from '../services/platform/clock.ts'

/** Conversations remembered at most; beyond, the database is asked again. */
const MOST = 10_000

/**
 * Remembers, on this node, which conversations were told to write less and until when. Who goes on all
 * the same is refused without a transaction, so that a flood takes little from everybody else. Another
 * node asks the database once, and then remembers too.
 */
export function rememberRefused(clock: Clock): <T>(id: string, work: () => Promise<T>) => Promise<T> {
  const until = new Map<string, number>()
  return async (id, work) => {
    const now = clock.now().epochMilliseconds
    const leftMs = (until.get(id) ?? 0) - now
    if (leftMs > 0) throw tooMany(Math.ceil(leftMs / 1000))
    until.delete(id)
    try {
      return await work()
    } catch (error) {
      if (error instanceof ParcoursError && error.code === 'tooMany') {
        if (until.size >= MOST) until.clear()
        until.set(id, now + Number(error.params['seconds']) * 1000)
      }
      throw error
    }
  }
}
