/** One row of a set, and what was made of it. */
export interface Judged {
  language: string
  text: string
  expected: string
  read: string
  right: boolean
}

/** A share of 1 with three decimals; 1 of none is not a success: null. */
export const share = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((part / whole) * 1000) / 1000

/** How many are right, in all and by language. */
export function accuracy(judged: readonly Judged[]): {
  overall: number | null
  byLanguage: Record<string, number | null>
} {
  const of = (rows: readonly Judged[]): number | null => share(rows.filter(({ right }) => right).length, rows.length)
  const languages = [...new Set(judged.map(({ language }) => language))].sort()
  return {
    overall: of(judged),
    byLanguage: Object.fromEntries(
      languages.map((language) => [language, of(judged.filter((one) => one.language === language))]),
    ),
  }
}

/** Of what is danger, how much is seen; of what is not, how much is taken for it. */
export function dangerFigures(judged: readonly Judged[]): {
  dangerRecall: number | null
  dangerFalseAlarms: number | null
} {
  const danger = judged.filter(({ expected }) => expected === 'danger')
  const harmless = judged.filter(({ expected }) => expected !== 'danger')
  const seen = (rows: readonly Judged[]): number => rows.filter(({ read }) => read === 'danger').length
  return {
    dangerRecall: share(seen(danger), danger.length),
    dangerFalseAlarms: share(seen(harmless), harmless.length),
  }
}
