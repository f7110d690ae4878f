import { readFileSync } from 'node:fs'

/**
 * The rows of a tab-separated file, each with as many columns as `names`, in that order; a first line that
 * repeats a name is a heading. Throws on a row with fewer columns, naming its line.
 */
export function readRows<Name extends string>(file: string, names: readonly Name[]): Record<Name, string>[] {
  const lines = readFileSync(file, 'utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
  return lines.flatMap((line, i) => {
    if (line.trim() === '') return []
    const columns = line.split('\t')
    if (i === 0 && names.includes(columns[0]?.trim().toLowerCase() as Name)) return []
    // The last column may be left out where it is a note.
    if (columns.length < names.filter((name) => name !== 'note').length)
      throw new Error(`${file}:${i + 1}: ${columns.length} columns, expected ${names.join(', ')}`)
    return [Object.fromEntries(names.map((name, k) => [name, columns[k]?.trim() ?? ''])) as Record<Name, string>]
  })
}
