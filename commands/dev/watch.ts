import { watch, type FSWatcher } from 'node:fs'
import { join } from 'node:path'

/** An editor writes a file in several steps, and a checkout many files at once. */
const QUIET_MS = 200

/** What an editor leaves for a moment, and what the server itself writes. */
const PASSING = /(^|[\\/])(\.[^\\/]*|[^\\/]*~|dist(\.\d+)?)([\\/]|$)|\.(tmp|sw[a-z])$/

/**
 * Calls `changed` with the file last written once the paths below `root` have been quiet for a moment.
 * Returns the way to stop.
 */
export function watchSources(
  root: string,
  paths: readonly string[],
  changed: (file: string) => void,
  quietMs = QUIET_MS,
): () => void {
  let timer: NodeJS.Timeout | undefined
  const watchers: FSWatcher[] = paths.map((path) =>
    watch(join(root, path), { recursive: true }, (_event, name) => {
      // Of a watched file the name is its own, without a folder.
      const file = name === null || path.endsWith(name) ? path : join(path, name)
      if (PASSING.test(file)) return
      clearTimeout(timer)
      timer = setTimeout(() => changed(file), quietMs)
    }),
  )
  return () => {
    clearTimeout(timer)
    for (const watcher of watchers) watcher.close()
  }
}
