import { ROWS, type Proven, type Row } from '../../test/support/proofs.ts'

/** Reads what the tests noted, in the order of the catalogue. */
export function readProofs(lines: string): Proven[] {
  const order = Object.keys(ROWS)
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Proven)
    .sort((a, b) => order.indexOf(a.row) - order.indexOf(b.row))
}

/** The rows that no test tried. */
export const unproven = (proven: readonly Proven[]): Row[] =>
  (Object.keys(ROWS) as Row[]).filter((row) => !proven.some((one) => one.row === row))

/** The table for the console: row, what was tried, figure, verdict, seed. Empty when no test of a row ran. */
export function showProofs(proven: readonly Proven[], missing: readonly Row[]): string {
  if (proven.length + missing.length === 0) return ''
  const line = ({ row, tried, figure, verdict, seed }: Proven): string[] => [
    row,
    tried,
    figure,
    verdict === 'held' ? 'held' : 'BROKEN',
    seed === null ? '-' : String(seed),
  ]
  const lines = [
    ['row', 'tried', 'figure', 'verdict', 'seed'],
    ...proven.map(line),
    ...missing.map((row) => [row, `nothing: ${ROWS[row]}`, '-', 'BROKEN', '-']),
  ]
  const held = proven.filter(({ verdict }) => verdict === 'held').length
  return [
    ...lines.map((cells) => cells.join(' | ')),
    `${held} of ${proven.length + missing.length} proofs hold, ${new Set(proven.map(({ row }) => row)).size} of ${Object.keys(ROWS).length} rows tried`,
  ].join('\n')
}
