import type { HelpLine, HelpLineContent, HelpLinePhone, Situation } from './helpLineContent.ts'

/**
 * The lines to show for a situation, in the order in which to show them. Source: the situations of
 * `content/help-lines.json`, from quebec.md, section 6, Danger.
 */
export function linesFor(content: HelpLineContent, situation: Situation): readonly HelpLine[] {
  return content.situations[situation].flatMap((id) => content.lines.filter((l) => l.id === id))
}

/**
 * The numbers of a line for somebody in `region` (code `01` to `17`, null when not known). Empty when
 * the line has a number a region and the region is not known: show the others and ask where they are.
 * Source: quebec.md, section 6, the DPJ by region.
 */
export function phonesFor(line: HelpLine, region: string | null): readonly HelpLinePhone[] {
  if ('phones' in line) return line.phones
  return (region !== null && line.phonesByRegion[region]) || []
}

/**
 * A printed number as it is dialled, for a `tel:` or `sms:` link: `1 800 363-9010` gives
 * `+18003639010`; short numbers (911, 535353) stay as they are. Source: the North American plan.
 */
export function dialable(number: string): string {
  const digits = number.replace(/\D/g, '')
  if (digits.length <= 6) return digits
  return digits.length === 10 ? `+1${digits}` : `+${digits}`
}
