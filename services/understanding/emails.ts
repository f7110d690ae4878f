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
  const found = words.flatMap((word) => (word.includes('@') ? [withoutEdges(word)] : []))
  return [...new Set(found.filter((one) => address.safeParse(one).success))]
}

const EDGES: ReadonlySet<string> = new Set(['.', "'", '’', '!', '?'])

/** A word without the marks of the sentence around it. */
function withoutEdges(word: string): string {
  let [start, end] = [0, word.length]
  while (start < end && EDGES.has(word.charAt(start))) start += 1
  while (end > start && EDGES.has(word.charAt(end - 1))) end -= 1
  return word.slice(start, end)
}
