import type { Account } from './account.ts'
import { messageJson, type Message } from './messages.ts'

const DEFAULT_PAGE = 50
const LARGEST_PAGE = 1000
const DAY_MS = 86_400_000

/**
 * The answer of `GET Messages.json`, newest first. A message that is queued has no `date_sent`, one that a service has
 * not given a sender no `from`: such filters leave it out. `query` has what our server asked, `url` how.
 */
export function listing(
  account: Account,
  messages: readonly Message[],
  query: URLSearchParams,
): Record<string, unknown> {
  const size = Math.min(LARGEST_PAGE, Math.max(1, Number(query.get('PageSize') ?? DEFAULT_PAGE) || DEFAULT_PAGE))
  const shown = messages
    .filter((message) => message.createdAt <= account.now() - account.listLagMs && fits(message, query))
    .toReversed()
  const after = query.get('PageToken')?.replace(/^PA/, '')
  const start = after === undefined ? 0 : shown.findIndex(({ sid }) => sid === after) + 1
  const page = shown.slice(start, start + size)
  const number = Number(query.get('Page') ?? 0)
  const last = page.at(-1)
  const hasMore = start + size < shown.length && last !== undefined
  return {
    first_page_uri: uriOf(account, query, size, 0),
    end: number * size + Math.max(0, page.length - 1),
    previous_page_uri: number === 0 ? null : uriOf(account, query, size, number - 1, shown[start - size - 1]?.sid),
    messages: page.map((message) => messageJson(account, message, { redacted: account.redactBodies })),
    uri: uriOf(account, query, size, number, after),
    page_size: size,
    start: number * size,
    next_page_uri: hasMore ? uriOf(account, query, size, number + 1, last.sid) : null,
    page: number,
  }
}

function fits(message: Message, query: URLSearchParams): boolean {
  const to = query.get('To')
  const from = query.get('From')
  if (to !== null && message.to !== to) return false
  if (from !== null && message.from !== from) return false
  return ['DateSent>', 'DateSent<', 'DateSent'].every((name) => {
    const value = query.get(name)
    return value === null || (message.sentAt !== null && isWithin(message.sentAt, name, value))
  })
}

/** A bound is a day of Greenwich (`2026-11-24`), which counts whole, or an instant. */
function isWithin(at: number, name: string, value: string): boolean {
  const from = Date.parse(value)
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(value)
  const to = isDay ? from + DAY_MS - 1 : from
  if (name === 'DateSent>') return at >= from
  if (name === 'DateSent<') return at <= to
  return at >= from && at <= to
}

function uriOf(account: Account, query: URLSearchParams, size: number, page: number, after?: string): string {
  const asked = new URLSearchParams(query)
  asked.set('PageSize', String(size))
  asked.set('Page', String(page))
  asked.delete('PageToken')
  if (after !== undefined) asked.set('PageToken', `PA${after}`)
  return `/2010-04-01/Accounts/${account.sid}/Messages.json?${asked.toString()}`
}
