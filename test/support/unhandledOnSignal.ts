import { isMainThread } from 'node:worker_threads'

/**
 * Preloaded into a server (`NODE_OPTIONS=--import`) whose end by an error that nobody handles is tried:
 * SIGUSR2 makes one that carries what PostgreSQL puts into its errors, `UNHANDLED` in each place.
 */
const words = process.env['UNHANDLED'] ?? ''
if (isMainThread)
  process.on('SIGUSR2', () => {
    const row = `Key (name)=(${words}) already exists.\n    at ${words} (file:///api/${words}.ts:1:1)`
    void Promise.reject(
      Object.assign(new Error(row, { cause: new Error(words) }), {
        detail: row,
        parameters: [words],
        where: words,
        code: words,
        name: `Error ${words}`,
      }),
    )
  })
