/** What Twilio says of a number's place; empty where it does not know. */
export interface Place {
  country: string
  state: string
  city: string
}

/** Area codes of Canada, by province. */
const CANADA: Record<string, string> = {
  AB: '368 403 587 780 825',
  BC: '236 250 257 604 672 778',
  MB: '204 431 584',
  NB: '428 506',
  NL: '709 879',
  NS: '782 902',
  NT: '867',
  ON: '226 249 289 343 365 382 387 416 437 519 548 613 647 683 705 742 753 807 905 942',
  QC: '263 354 367 418 438 450 468 514 579 581 819 873',
  SK: '306 474 639',
}
const PROVINCES = new Map(
  Object.entries(CANADA).flatMap(([state, codes]) => codes.split(' ').map((code) => [code, state] as const)),
)
const CITIES: Record<string, string> = { '418': 'QUEBEC', '514': 'MONTREAL', '613': 'OTTAWA', '819': 'GATINEAU' }
const TOLL_FREE = new Set(['800', '833', '844', '855', '866', '877', '888'])

/** The beginnings of numbers in other countries that tests write to; the rest has no country. */
const ABROAD: [prefix: string, country: string][] = [
  ['+33', 'FR'],
  ['+52', 'MX'],
  ['+57', 'CO'],
  ['+213', 'DZ'],
  ['+212', 'MA'],
  ['+86', 'CN'],
  ['+44', 'GB'],
]

/** The place of an E.164 number, such as `+15145550100`, or of a short code. */
export function placeOf(number: string): Place {
  const [, area] = /^\+1(\d{3})\d{7}$/.exec(number) ?? []
  if (area === undefined) {
    const country = number.startsWith('+') ? (ABROAD.find(([prefix]) => number.startsWith(prefix))?.[1] ?? '') : 'CA'
    return { country, state: '', city: '' }
  }
  const state = PROVINCES.get(area)
  if (state !== undefined) return { country: 'CA', state, city: CITIES[area] ?? '' }
  return { country: TOLL_FREE.has(area) ? '' : 'US', state: '', city: '' }
}

/** Whether a number is E.164; one of +1 has ten digits after it, and an area code that begins with 2 to 9. */
export const isE164 = (number: string): boolean =>
  number.startsWith('+1') ? /^\+1[2-9]\d{9}$/.test(number) : /^\+[2-9]\d{6,14}$/.test(number)
