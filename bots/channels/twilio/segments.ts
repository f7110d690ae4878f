/** The letters of GSM 03.38 that take one unit, and those that take two. */
const ONE = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
const TWO = new Set('\f^{}\\[~]|€')

/** How many segments a text is sent in: a price is paid for each. */
export function segmentsOf(text: string): number {
  const units = gsmUnits(text)
  if (units !== undefined) return units <= 160 ? 1 : packed(text, 153, (sign) => (TWO.has(sign) ? 2 : 1))
  return text.length <= 70 ? 1 : packed(text, 67, (sign) => sign.length)
}

/** Units of a text in GSM-7; undefined when a sign of it has none there. */
function gsmUnits(text: string): number | undefined {
  let units = 0
  for (const sign of text) {
    if (ONE.has(sign)) units += 1
    else if (TWO.has(sign)) units += 2
    else return undefined
  }
  return units
}

/** Segments that a sign of two units is never cut by. */
function packed(text: string, most: number, unitsOf: (sign: string) => number): number {
  let segments = 1
  let left = most
  for (const sign of text) {
    const units = unitsOf(sign)
    if (units > left) {
      segments += 1
      left = most
    }
    left -= units
  }
  return segments
}

const PLAIN: readonly [RegExp, string][] = [
  [/[’‘ʼ]/g, "'"],
  [/[“”«»]/g, '"'],
  [/…/g, '...'],
  [/[–—‑]/g, '-'],
  [/[\u00A0\u202F\u2009]/g, ' '],
  [/•/g, '*'],
  [/œ/g, 'oe'],
  [/Œ/g, 'Oe'],
]

/** Signs of print as the telephone's own alphabet has them; letters are kept, also those that it has not. */
export const plainSigns = (text: string): string =>
  PLAIN.reduce(
    (plain, [rule, sign]) => plain.replace(rule, sign),
    text.replace(/«\s{1,3}/g, '«').replace(/\s{1,3}»/g, '»'),
  )
