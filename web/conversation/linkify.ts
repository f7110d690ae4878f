/** A piece of a message: plain, or a link to what `href` says (https, tel or mailto, nothing else). */
export type TextPart = { text: string } | Link

export interface Link {
  text: string
  href: string
  kind: 'web' | 'phone' | 'mail'
  /** Where it begins in the text. */
  at: number
}

/** Spaces and hyphens that are used inside phone numbers, the unbreakable ones too. */
const GAP = '[ .\\-\\u00a0\\u2009\\u202f\\u2011]'

/**
 * Each branch is a run of bounded pieces that cannot match the same characters in two ways, so the
 * time grows with the length of the text and no faster. No lookbehind: older Safari has none.
 */
const LINK = new RegExp(
  [
    'https://[^\\s<>"\'`{}|\\\\^]{3,2000}',
    '[A-Za-z0-9._%+\\-]{1,64}@(?:[A-Za-z0-9\\-]{1,63}\\.){1,5}[A-Za-z]{2,24}',
    // +33 6 12 34 56 78
    `\\+\\d{1,3}(?:${GAP}\\(?\\d{1,4}\\)?){2,6}`,
    // 1 800 363-9010, (514) 555-0123
    `(?:1${GAP})?(?:\\([2-9]\\d\\d\\) ?|[2-9]\\d\\d${GAP})[2-9]\\d\\d${GAP}\\d{4}`,
    // What is dialled here in three digits.
    '(?:211|811|911|988)',
  ].join('|'),
  'g',
)

/** Finds the addresses and phone numbers of a text. Joined again, the parts are the text. */
export function linkify(text: string): TextPart[] {
  const parts: TextPart[] = []
  let plainFrom = 0
  for (const match of text.matchAll(LINK)) {
    const link = read(
      match[0],
      text.slice(Math.max(0, match.index - 2), match.index),
      text.slice(match.index + match[0].length, match.index + match[0].length + 2),
    )
    if (link === null) continue
    if (match.index > plainFrom) parts.push({ text: text.slice(plainFrom, match.index) })
    parts.push({ ...link, at: match.index })
    plainFrom = match.index + link.text.length
  }
  if (plainFrom < text.length) parts.push({ text: text.slice(plainFrom) })
  return parts
}

function read(found: string, before: string, after: string): Omit<Link, 'at'> | null {
  if (found.startsWith('https:')) return webLink(found)
  // Part of a longer word, number, amount or decimal: not ours.
  if (
    /(?:[\p{L}\p{N}_+@/$-]|\p{N}[\s.,])$/u.test(before) ||
    /^(?:[\p{L}\p{N}_@]|[.,:/-]\p{N}|[\s\u00a0]?[$%€])/u.test(after)
  )
    return null
  if (found.includes('@')) return { text: found, href: `mailto:${found}`, kind: 'mail' }
  const digits = found.replace(/\D/g, '')
  if (found.startsWith('+')) {
    return digits.length >= 8 && digits.length <= 15 ? { text: found, href: `tel:+${digits}`, kind: 'phone' } : null
  }
  const dialled = digits.length === 10 ? `+1${digits}` : digits.length === 11 ? `+${digits}` : digits
  return { text: found, href: `tel:${dialled}`, kind: 'phone' }
}

/** An https address without the punctuation of the sentence around it, if a browser accepts it and it hides no user name. */
function webLink(found: string): Omit<Link, 'at'> | null {
  let text = found
  for (;;) {
    const last = text.slice(-1)
    const unopened = last === ')' && !text.includes('(')
    if (!unopened && !'.,;:!?…»”’]*_'.includes(last)) break
    text = text.slice(0, -1)
  }
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return null
  }
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') return null
  return { text, href: url.href, kind: 'web' }
}
