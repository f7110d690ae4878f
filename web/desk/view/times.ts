/**
 * How long ago, in words of the language: "il y a 3 min", "3 min ago". Under a minute counts as now.
 *
 * @param now milliseconds since 1970
 */
export function ago(language: string, iso: string, now: number): string {
  const minutes = Math.max(0, Math.floor((now - Date.parse(iso)) / 60_000))
  const format = new Intl.RelativeTimeFormat(language, { style: 'short', numeric: 'auto' })
  if (minutes < 1) return format.format(0, 'second')
  if (minutes < 60) return format.format(-minutes, 'minute')
  if (minutes < 24 * 60) return format.format(-Math.floor(minutes / 60), 'hour')
  return format.format(-Math.floor(minutes / (24 * 60)), 'day')
}

/** A day and hour as people of the language write it, in the reader's zone. */
export function dayAndHour(language: string, iso: string): string {
  return new Intl.DateTimeFormat(`${language}-CA`, {
    day: 'numeric',
    month: 'short',
    hour: 'numeric',
    minute: '2-digit',
  }).format(new Date(iso))
}

const day = /^\d{4}-\d{2}-\d{2}$/
const month = /^\d{4}-\d{2}$/

/** A calendar day or month without hour (`2027-03-09`, `2027-03`) in words, or null if it is neither. */
export function calendarDay(language: string, value: string): string | null {
  const isDay = day.test(value)
  if (!isDay && !month.test(value)) return null
  const date = new Date(isDay ? `${value}T12:00:00Z` : `${value}-15T12:00:00Z`)
  if (Number.isNaN(date.getTime())) return null
  return new Intl.DateTimeFormat(`${language}-CA`, {
    ...(isDay ? { weekday: 'long', day: 'numeric' } : {}),
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(date)
}

/** The name of a language in another: `languageName('fr', 'ar')` is "arabe". */
export function languageName(language: string, code: string): string {
  try {
    return new Intl.DisplayNames([language], { type: 'language' }).of(code) ?? code
  } catch {
    return code
  }
}
