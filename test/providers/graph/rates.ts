import { Refusal } from './errors.ts'
import type { Work } from './routes.ts'

/** Calls that a Page may make in a second. Sends with media count apart. */
const A_SECOND = { text: 300, media: 10, conversations: 2 } as const

/** Meta's limits per second and Page, by the stand-in's clock; beyond them 613. */
export function newRates(now: () => number): (page: string, work: Work, hasMedia: boolean) => void {
  const calls = new Map<string, number[]>()
  return (page, { surface }, hasMedia) => {
    if (surface !== 'messages' && surface !== 'conversations') return
    const kind = surface === 'conversations' ? surface : hasMedia ? 'media' : 'text'
    const key = `${page} ${kind}`
    const recent = (calls.get(key) ?? []).filter((at) => now() - at < 1_000)
    if (recent.length >= A_SECOND[kind]) throw new Refusal({ code: 613 })
    calls.set(key, [...recent, now()])
  }
}
