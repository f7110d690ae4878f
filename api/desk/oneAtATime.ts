/**
 * Runs `work` when asked, never twice at once; asked meanwhile, it runs once more, so that what it saw
 * is never older than the last call. What it throws goes to `failed`: the next call tries again.
 */
export function oneAtATime(work: () => Promise<void>, failed: (error: unknown) => void): () => void {
  let running = false
  let again = false
  async function run(): Promise<void> {
    running = true
    do {
      again = false
      await work().catch(failed)
    } while (again)
    running = false
  }
  return () => {
    if (running) again = true
    else void run()
  }
}
