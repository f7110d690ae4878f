const SENTENCE = /[.!?…。！？؟]["»”)]?(?=\s|$)|\n/gu

/**
 * Cuts a text into parts of at most `most` UTF-16 units: after a sentence or a line where one ends there, else after
 * a word, else between two characters; never inside one. The parts together are the text, but for blanks between.
 */
export function splitAtSentences(text: string, most: number): string[] {
  const parts: string[] = []
  let rest = text.trim()
  while (rest.length > most) {
    const head = rest.slice(0, most + 1)
    const end = endOf(head, most)
    parts.push(rest.slice(0, end).trim())
    rest = rest.slice(end).trim()
  }
  return rest === '' ? parts : [...parts, rest]
}

function endOf(head: string, most: number): number {
  let sentence = 0
  for (const match of head.matchAll(SENTENCE)) {
    const end = match.index + match[0].length
    if (end <= most) sentence = end
  }
  // A sentence that ends in the first third would make a part of almost nothing.
  if (sentence > most / 3) return sentence
  const space = head.slice(0, most + 1).search(/\s\S*$/u)
  if (space > most / 3) return space
  return /[\uD800-\uDBFF]/.test(head.charAt(most - 1)) ? most - 1 : most
}
