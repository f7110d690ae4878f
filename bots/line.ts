import { tooMany } from '../services/platform/errors.ts'

/**
 * Lets one piece of work a conversation run at a time on this node; what follows waits here, in memory.
 * The row lock decides between nodes, but to wait for it takes a connection: a conversation that is
 * slow, or flooded, would take them all from everybody else. Throws `tooMany` when `most` wait.
 */
export function createLines(most: number): <T>(id: string, work: () => Promise<T>) => Promise<T> {
  const lines = new Map<string, { last: Promise<unknown>; length: number }>()
  return async (id, work) => {
    const line = lines.get(id) ?? { last: Promise.resolve(), length: 0 }
    if (line.length >= most) throw tooMany(1)
    lines.set(id, line)
    line.length += 1
    const mine = line.last.then(work)
    line.last = mine.catch(() => {}) // its own caller hears of it; the next one only waits
    try {
      return await mine
    } finally {
      line.length -= 1
      if (line.length === 0) lines.delete(id)
    }
  }
}
