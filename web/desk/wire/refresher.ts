/**
 * Asks for something again, never twice at once: hints that arrive while an answer is under way are
 * served by one more request after it, so a burst of frames costs two requests and the last answer
 * is newer than the last hint.
 *
 * @param load asks and keeps the answer; deals with its own failures
 * @returns asks now or after the request under way; resolves when nothing is left to ask
 */
export function refresher(load: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  let again = false

  async function run(): Promise<void> {
    try {
      do {
        again = false
        await load()
      } while (again)
    } finally {
      running = null
    }
  }

  return () => {
    if (running === null) running = run()
    else again = true
    return running
  }
}
