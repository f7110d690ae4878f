import { readFileSync } from 'node:fs'
import { z } from 'zod'

const file = z.strictObject({
  source: z.string().min(1),
  checkedOn: z.iso.date(),
  says: z.record(z.string(), z.string().min(1)),
})

let says: Readonly<Record<string, string>> | undefined

/** "I do not speak Spanish yet", in Spanish; null for a language in which nobody has written it. */
export function notSpokenSays(language: string): string | null {
  says ??= file.parse(
    JSON.parse(readFileSync(new URL('../../content/otherLanguages.json', import.meta.url), 'utf8')),
  ).says
  return says[language] ?? null
}
