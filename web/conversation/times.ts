/** The hour of a message where its reader is: "10 h 42", "10:42 a.m.". */
export function hour(language: string, iso: string): string {
  return format(language, iso, { hour: 'numeric', minute: '2-digit' })
}

/** The day that a separator names: "mardi 24 novembre", with the year when it isn't this one. */
export function dayName(language: string, iso: string, now: Date): string {
  const sameYear = new Date(iso).getFullYear() === now.getFullYear()
  return format(language, iso, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(sameYear ? {} : { year: 'numeric' }),
  })
}

/** `0` today, `1` yesterday… by the reader's calendar; negative when their clock is behind. */
export function daysAgo(iso: string, now: Date): number {
  const then = new Date(iso)
  const midnight = (date: Date): number => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate())
  return Math.round((midnight(now) - midnight(then)) / 86_400_000)
}

function format(language: string, iso: string, options: Intl.DateTimeFormatOptions): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return ''
  return new Intl.DateTimeFormat([`${language}-CA`, language], options).format(date)
}

/** A number of bytes as people of the language write it, counted by 1024 like the limits: "1,2 Mo", "340 kB". */
export function fileSize(language: string, bytes: number): string {
  const [unit, value] =
    bytes >= 1024 ** 2 ? (['megabyte', bytes / 1024 ** 2] as const) : (['kilobyte', Math.max(1, bytes / 1024)] as const)
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit,
    maximumFractionDigits: value < 10 && unit === 'megabyte' ? 1 : 0,
  }).format(value)
}
