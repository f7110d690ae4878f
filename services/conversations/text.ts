/** What a person may write in one message; longer is cut by the channel that knows its own limit. */
export const MESSAGE_CHARACTERS = 4_000

const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g

/**
 * Text as it may enter the system: NFC, line ends as \n, without U+0000 and other control characters
 * (PostgreSQL refuses the first) and with lone surrogates replaced (jsonb refuses them). Applied once,
 * at the edge; `characters` counts code points, so that no emoji is cut in two.
 */
export function normaliseText(text: string, characters = MESSAGE_CHARACTERS): string {
  const clean = text
    .slice(0, characters * 4) // a bound before any work that grows with the length
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(CONTROL, '')
    .normalize('NFC')
  if (clean.length <= characters) return clean
  return Array.from(clean).slice(0, characters).join('')
}

/** The same for every string of a small JSON value; keys too. Depth and size are the caller's to bound. */
export function normaliseJson(value: unknown, depth = 6): unknown {
  if (typeof value === 'string') return normaliseText(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth === 0) return null
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => normaliseJson(item, depth - 1))
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, 100)
      .filter(([key]) => key !== '__proto__')
      .map(([key, item]) => [normaliseText(key, 100), normaliseJson(item, depth - 1)]),
  )
}
