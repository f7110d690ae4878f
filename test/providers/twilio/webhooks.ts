import type { Account } from './account.ts'
import { call, type Answer, type NoAnswer } from './request.ts'
import { signatureHeaders, type Fields, type SignatureManner } from './signature.ts'

/** One request of a webhook, and how it ended. */
export interface Attempt {
  method: 'POST' | 'GET'
  url: string
  end: Answer | NoAnswer
}

export interface Webhook {
  /** With Twilio's overrides after `#`, which are neither sent nor signed. */
  url: string
  fallbackUrl?: string | undefined
  fields: Fields
  signature: SignatureManner
  headers?: Record<string, string>
}

/** How a webhook went. `answer` is undefined when it was lost. */
export interface Delivered {
  attempts: Attempt[]
  answer: Answer | undefined
}

const MOST_REDIRECTS = 3

/**
 * Posts a webhook: again only for the failures that the URL's overrides name (a connection that fails, once, unless
 * said) within 15 s, then to the fallback address with the error in its fields.
 */
export async function post(account: Account, webhook: Webhook): Promise<Delivered> {
  const attempts: Attempt[] = []
  const { retries, policies, ...times } = overridesOf(webhook.url)
  const until = performance.now() + times.totalMs
  for (let round = 0; round <= retries; round += 1) {
    const left = Math.max(1, until - performance.now())
    const within = { connectMs: Math.min(times.connectMs, left), readMs: Math.min(times.readMs, left) }
    const end = await followed(account, webhook, within, attempts)
    if (isGood(end)) return { attempts, answer: end }
    if (!policies.has('all') && !policies.has(failureOf(end))) break
    // A timer may ring a little early.
    if (until - performance.now() < 5) break
  }
  if (webhook.fallbackUrl === undefined) return { attempts, answer: undefined }
  const fields: Fields = [...webhook.fields, ['ErrorCode', '11200'], ['ErrorUrl', withoutFragment(webhook.url)]]
  const fallback = { ...webhook, url: webhook.fallbackUrl, fields }
  const end = await followed(account, fallback, overridesOf(webhook.fallbackUrl), attempts)
  return { attempts, answer: isGood(end) ? end : undefined }
}

/** A request and its redirects: 301 to 303 become a GET without fields. */
async function followed(
  account: Account,
  webhook: Webhook,
  times: { connectMs: number; readMs: number },
  attempts: Attempt[],
): Promise<Answer | NoAnswer> {
  let url = withoutFragment(webhook.url)
  let method: 'POST' | 'GET' = 'POST'
  for (let hop = 0; ; hop += 1) {
    const fields: Fields = method === 'POST' ? webhook.fields : []
    const end = await call({
      method,
      url,
      loopbackUrl: account.loopbackUrl,
      headers: {
        ...signatureHeaders(webhook.signature, account.tokens[0], url, fields),
        ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' } : {}),
        ...webhook.headers,
      },
      ...(method === 'POST' ? { body: formText(fields) } : {}),
      ...times,
    })
    attempts.push({ method, url, end })
    if (typeof end === 'string' || end.location === undefined || end.status < 300 || end.status > 399) return end
    if (hop === MOST_REDIRECTS) return end
    url = new URL(end.location, url).href
    if (end.status < 307) method = 'GET'
  }
}

export const formText = (fields: Fields): string =>
  new URLSearchParams(fields.map(([key, value]): [string, string] => [key, value])).toString()

const withoutFragment = (url: string): string => url.replace(/#.*$/, '')

const isGood = (end: Answer | NoAnswer): end is Answer => typeof end !== 'string' && end.status < 300

function failureOf(end: Answer | NoAnswer): string {
  if (end === 'connect') return 'ct'
  if (typeof end === 'string') return 'rt'
  return end.status >= 500 ? '5xx' : '4xx'
}

interface Overrides {
  retries: number
  policies: ReadonlySet<string>
  connectMs: number
  readMs: number
  totalMs: number
}

/** `#rc=3&rp=all`: retries and what for; `ct`, `rt`, `tt`: milliseconds to connect, to read, in all. */
function overridesOf(url: string): Overrides {
  const said = new URLSearchParams(/#(.*)$/.exec(url)?.[1] ?? '')
  return {
    retries: Math.min(5, Number(said.get('rc') ?? 1)),
    policies: new Set((said.get('rp') ?? 'ct').split(',')),
    connectMs: Number(said.get('ct') ?? 5_000),
    readMs: Number(said.get('rt') ?? 15_000),
    totalMs: Number(said.get('tt') ?? 15_000),
  }
}
