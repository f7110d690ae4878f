import { z } from 'zod'

/** What of a message is looked at: longer than any address and the words around it. */
const LONGEST = 400
const address = z.email().max(254)

/** The e-mail addresses that a message gives, lower case; what only looks like one ("a@b") is none. */
export function emailsIn(text: string): string[] {
  const words = text
    .slice(0, LONGEST)
    .toLowerCase()
    .split(/[\s<>()[\],;:"]+/u)
  const found = words.flatMap((word) => (word.includes('@') ? [word.replace(/^[.'’]+|[.'’!?]+$/gu, '')] : []))
  return [...new Set(found.filter((one) => address.safeParse(one).success))]
}
