/** What the server takes: 4 MB a file, 5 files a message. */
export const MAX_FILE_BYTES = 4 * 1024 * 1024
export const MAX_FILES = 5

export interface Refusal<F> {
  file: F
  why: 'tooLarge' | 'tooMany' | 'empty'
}

/** Splits the files that somebody adds to those already chosen into what fits and what doesn't, with why. */
export function refuse<F extends { size: number }>(
  chosen: readonly F[],
  added: readonly F[],
): { taken: F[]; refused: Refusal<F>[] } {
  const taken: F[] = []
  const refused: Refusal<F>[] = []
  for (const file of added) {
    if (file.size > MAX_FILE_BYTES) refused.push({ file, why: 'tooLarge' })
    else if (file.size === 0) refused.push({ file, why: 'empty' })
    else if (chosen.length + taken.length >= MAX_FILES) refused.push({ file, why: 'tooMany' })
    else taken.push(file)
  }
  return { taken, refused }
}
