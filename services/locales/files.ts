import { readdirSync, readFileSync } from 'node:fs'

/** A file's texts: strings, lists of strings, or groups of them. */
export type Texts = { [key: string]: string | string[] | Texts }

/** The files of one language, by name. */
export type Catalog = Record<string, Texts>

/**
 * The texts of each language by file name, as `locales/<language>/<file>.json` has them. Read once,
 * at the start: a file that is not JSON stops the program with its name.
 */
export function readCatalogs(folder: URL): Map<string, Catalog> {
  const found = new Map<string, Catalog>()
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue
    const inside = new URL(`${entry.name}/`, folder)
    const files = readdirSync(inside).filter((name) => name.endsWith('.json'))
    const texts = files.map((name) => [name.slice(0, -'.json'.length), readTexts(new URL(name, inside))])
    found.set(entry.name, Object.fromEntries(texts) as Catalog)
  }
  return found
}

function readTexts(file: URL): Texts {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Texts
  } catch (cause) {
    throw new Error(`cannot read ${file.pathname}`, { cause })
  }
}
