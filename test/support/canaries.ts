import { randomInt } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Words that stand for what a person wrote: nothing else on the machine holds them, so a copy is a leak. */
export interface Canaries {
  /** What all of them begin with. */
  readonly stem: string
  /** The canary of a field: one word of letters, so that it passes for a name too. */
  of(field: string): string
}

/** Canaries of one run. `kind` tells those that may lie in the open from those that may not. */
export function newCanaries(kind: 'Sealed' | 'Open'): Canaries {
  const letters = Array.from({ length: 10 }, () => 'bcdfghjklmnpqrstvwxz'[randomInt(20)]).join('')
  const stem = `Cnry${kind}${letters}`
  return { stem, of: (field) => `${stem}${field}` }
}

/** A text, and how it may be written where it does not belong. */
interface Needle {
  form: string
  bytes: Buffer
}

/** The ways a text is found in bytes: as it is, in UTF-16, as base64 (wherever it starts), as hexadecimal. */
export function formsOf(text: string): Needle[] {
  const utf8 = Buffer.from(text)
  const utf16 = Buffer.from(text, 'utf16le')
  const cases = [...new Set([text, text.toLowerCase(), text.toUpperCase()])]
  return [
    ...cases.map((one) => ({ form: 'UTF-8', bytes: Buffer.from(one) })),
    { form: 'UTF-16 LE', bytes: utf16 },
    { form: 'UTF-16 BE', bytes: Buffer.from(utf16).swap16() },
    ...[0, 1, 2].map((shift) => ({ form: `base64 at ${shift}`, bytes: inBase64(utf8, shift) })),
    { form: 'hexadecimal', bytes: Buffer.from(utf8.toString('hex')) },
  ]
}

/** The characters of base64 that depend on nothing but these bytes, when `shift` others come before them. */
function inBase64(bytes: Buffer, shift: number): Buffer {
  const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString('base64')
    .replace(/=+$/, '')
  const whole = Math.floor(((shift + bytes.length) * 8) / 6)
  return Buffer.from(encoded.slice(Math.ceil((shift * 8) / 6), whole))
}

/** A place that was searched. */
export interface Place {
  name: string
  bytes: Buffer
}

/**
 * Where `words` are in `places`, in any form, and where `secrets` are, as they are: the place and the form,
 * not the text itself.
 */
export function search(
  places: Iterable<Place>,
  words: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>> = {},
): string[] {
  const needles = [
    ...Object.entries(words).map(([what, text]) => ({ what, forms: formsOf(text) })),
    ...Object.entries(secrets).map(([what, text]) => ({ what, forms: [{ form: 'UTF-8', bytes: Buffer.from(text) }] })),
  ]
  const found: string[] = []
  for (const { name, bytes } of places)
    for (const { what, forms } of needles)
      for (const { form, bytes: needle } of forms)
        if (bytes.includes(needle)) found.push(`${what} in ${name} (${form})`)
  return found
}

/** All files under a folder, read one at a time. `skip` leaves out folders by their path from it. */
export function* filesUnder(folder: string, skip: readonly string[] = []): Generator<Place> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const name = relative(folder, path)
    if (skip.some((one) => name.startsWith(`${one}/`))) continue
    yield { name, bytes: readFileSync(path) }
  }
}
