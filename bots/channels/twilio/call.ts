import { z } from 'zod'
import type { Outcome } from '../../../services/delivery/index.ts'
import { callOut, type Called } from '../callOut.ts'
import type { TwilioSettings } from './settings.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/**
 * Calls Twilio's REST API. Not by its own library: that one loses `Retry-After`, and a 201 that is cut is to it an
 * error of syntax (sms-twilio.md, section 3).
 */
export function callTwilio(
  { apiUrl, accountSid, authTokens }: TwilioSettings,
  path: string,
  { query = {}, form }: { query?: Record<string, string>; form?: Record<string, string> } = {},
): Promise<Called> {
  const url = new URL(`${apiUrl}/2010-04-01/Accounts/${accountSid}/${path}`)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authTokens[0] ?? ''}`).toString('base64')}`
  return form === undefined
    ? callOut(url, { method: 'GET', headers: { authorization } })
    : callOut(url, { method: 'POST', headers: { authorization }, body: new URLSearchParams(form) })
}

const created = z.looseObject({ sid: z.string().regex(/^(?:SM|MM)[0-9a-f]{32}$/) })
const refused = z.looseObject({ code: z.number() })

/** What came of sending a message. */
export function sentBy(called: Called): Outcome {
  if (called.kind === 'unmade') return { kind: 'later', code: called.code }
  if (called.kind === 'silent') return { kind: 'unclear', code: called.code }
  const { status, body, headers } = called
  if (status === 201) {
    const read = created.safeParse(body)
    return read.success ? { kind: 'accepted', providerId: read.data.sid } : { kind: 'unclear', code: '201' }
  }
  // Never processed: safe to send again.
  if (status === 429) {
    const seconds = Number(headers.get('retry-after') ?? NaN)
    return { kind: 'paused', code: '20429', forMs: Number.isFinite(seconds) ? seconds * 1000 : MINUTE_MS }
  }
  if (status >= 500) return { kind: 'unclear', code: String(status) }
  const error = refused.safeParse(body)
  return error.success ? refusedBy(error.data.code) : { kind: 'unclear', code: String(status) }
}

/** Codes of Twilio's and what is to be done, as the sheet of the protocol has them: sms-twilio.md, section 6. */
export function refusedBy(number: number): Outcome {
  const code = String(number)
  if (OPTED_OUT.has(number)) return { kind: 'optedOut', code }
  if (UNREACHABLE.has(number)) return { kind: 'unreachable', code }
  if (ACCOUNT.has(number)) return { kind: 'paused', code, forMs: HOUR_MS }
  if (LATER.has(number)) return { kind: 'later', code, afterMs: 10 * MINUTE_MS }
  return { kind: 'refused', code }
}

const OPTED_OUT = new Set([21610])
/** Not a number, not a mobile, a landline, blocked or unknown. */
const UNREACHABLE = new Set([21211, 21614, 21635, 30004, 30005, 30006])
/** Authentication, suspension, region, trial, route, sender: somebody has to look at the account. */
const ACCOUNT = new Set([
  20003, 30002, 21408, 21608, 21612, 21606, 21603, 21703, 21704, 21705, 30032, 30024, 30022, 30023, 30034,
])
/** A queue is full, a handset is off. */
const LATER = new Set([21611, 30001, 30003, 63018])
