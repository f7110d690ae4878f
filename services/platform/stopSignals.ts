/** How often it is looked whether npm, which started us, is still there. */
const PARENT_CHECK_MS = 250

/**
 * Calls `stop` when the process is asked to end: Ctrl-C, SIGTERM or SIGHUP, or the death of the npm
 * that started it, because npm passes SIGTERM on to its shell only. May call it more than once.
 */
export function onStopSignal(stop: () => void): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  if (process.env['npm_lifecycle_event'] === undefined) return
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) stop()
  }, PARENT_CHECK_MS).unref()
}
