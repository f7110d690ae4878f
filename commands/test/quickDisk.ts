import { chmodSync, mkdtempSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** More than all that a run keeps at one time. */
const ROOM_BYTES = 6 * 1024 ** 3

/**
 * A folder of this run, in memory where there is much of it: each test file makes and deletes a database of a thousand
 * files, and what a disk asks for that was a quarter of the whole run. Anybody may write in it, as in any temporary
 * folder: PostgreSQL runs as another user than root.
 */
export function quickDisk(): string {
  const folder = mkdtempSync(join(hasRoom('/dev/shm') ? '/dev/shm' : tmpdir(), 'parcours-'))
  chmodSync(folder, 0o1777)
  return folder
}

function hasRoom(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(path)
    return bavail * bsize > ROOM_BYTES
  } catch {
    return false // macOS has none
  }
}
