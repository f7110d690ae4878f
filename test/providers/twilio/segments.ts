/** One unit each in GSM-7 (3GPP TS 23.038). */
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà'
/** Two units each. */
const EXTENDED = '\f^{}\\[~]|€'

const UNITS = new Map<string, number>([
  ...[...BASIC].map((letter) => [letter, 1] as const),
  ...[...EXTENDED].map((letter) => [letter, 2] as const),
])

/** How a text goes over the air. `units`: septets, or UTF-16 code units. */
export interface Segmented {
  encoding: 'GSM-7' | 'UCS-2'
  units: number
  segments: number
}

/** GSM-7 in parts of 160, or 153 when there are several; one letter that it lacks makes all UCS-2, of 70, or 67. No letter is cut in two. */
export function segmented(text: string): Segmented {
  const letters = [...text]
  const isGsm = letters.every((letter) => UNITS.has(letter))
  const sizes = letters.map((letter) => (isGsm ? (UNITS.get(letter) ?? 0) : letter.length))
  const units = sizes.reduce((sum, size) => sum + size, 0)
  const [alone, among] = isGsm ? [160, 153] : [70, 67]
  return { encoding: isGsm ? 'GSM-7' : 'UCS-2', units, segments: units <= alone ? 1 : filled(sizes, among) }
}

function filled(sizes: readonly number[], room: number): number {
  let segments = 1
  let used = 0
  for (const size of sizes) {
    if (used + size > room) {
      segments += 1
      used = 0
    }
    used += size
  }
  return segments
}

/** What smart encoding replaces: marks and spaces, no letter of French. */
const SMART: Record<string, string> = {
  '«': '"', '»': '"', '“': '"', '”': '"', '‘': "'", '’': "'", '…': '...', '–': '-', '—': '-', '\u00a0': ' ', '\u202f': ' ',
} // prettier-ignore

/** The text that a phone gets when smart encoding is on. */
export const smartEncoded = (text: string): string => [...text].map((letter) => SMART[letter] ?? letter).join('')
