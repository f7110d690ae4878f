import { wordsOf } from '../understanding/index.ts'

/** Two texts are alike when they share this part of the trigrams that they have together. */
const ALIKE = 0.3

/**
 * Puts alike texts together, by the trigrams of their words (Jaccard): each joins the group whose first
 * text it is most like, or begins one. The largest group first, in a group the order as given.
 */
export function groupAlike<T>(items: readonly T[], textOf: (item: T) => string): T[][] {
  const groups: { trigrams: ReadonlySet<string>; items: T[] }[] = []
  for (const item of items) {
    const trigrams = trigramsOf(textOf(item))
    let best: (typeof groups)[number] | undefined
    let most = ALIKE
    for (const group of groups) {
      const shared = sharedPart(trigrams, group.trigrams)
      if (shared >= most) [best, most] = [group, shared]
    }
    if (best === undefined) groups.push({ trigrams, items: [item] })
    else best.items.push(item)
  }
  return groups.map(({ items }) => items).sort((a, b) => b.length - a.length)
}

function trigramsOf(text: string): ReadonlySet<string> {
  const found = new Set<string>()
  for (const word of wordsOf(text).trim().split(' ')) {
    const padded = `  ${word} `
    for (let i = 0; i + 3 <= padded.length; i += 1) found.add(padded.slice(i, i + 3))
  }
  return found
}

function sharedPart(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0
  for (const one of a) if (b.has(one)) shared += 1
  return shared === 0 ? 0 : shared / (a.size + b.size - shared)
}
