/** Starts the time of one call: says what is left of it, in ms and never less than 0, so that its steps together do not outlast the caller. */
export function patience(forMs: number): () => number {
  const until = performance.now() + forMs
  return () => Math.max(0, until - performance.now())
}
