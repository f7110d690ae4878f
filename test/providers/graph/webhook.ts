import { Agent, request as openRequest } from 'node:http'
import { envelope, type Happening } from './events.ts'
import type { GraphRecord } from './record.ts'
import { escapedJson, signatureHeaders, type Signing } from './signature.ts'

/** A POST to the webhook, and what came of it. */
export interface Posted {
  /** As sent, byte for byte. */
  body: Buffer
  signing: Signing
  /** HTTP status; 0: no answer in time, or nobody to ask. */
  status: number
  /** The answer's body, which Meta ignores. */
  text: string
  ms: number
  /** Answered 200 in time: Meta will not send it again. */
  isTaken: boolean
  /** There is no webhook, or it is not subscribed to what it tells: it was not sent. */
  isDropped: boolean
}

export interface PostOptions {
  signature?: Signing
  /** `false`: UTF-8 as it is, and `/` alone. */
  escape?: boolean
}

/** How the webhook answered Meta's first question. */
export interface Verified {
  status: number
  text: string
  /** 200, and the challenge alone. */
  isConfirmed: boolean
}

export interface Webhook {
  /** Where events go; unset, they go nowhere. */
  url: string | undefined
  /** One POST with all these; `together`: in one entry a Page. */
  send(happenings: readonly Happening[], options?: PostOptions & { together?: boolean }): Promise<Posted>
  /** Any body at all: a text or bytes as they are, anything else as JSON. */
  post(payload: unknown, options?: PostOptions): Promise<Posted>
  /** Sends again what was not taken; `all`: the last thousand, taken or not; `atOnce`: without waiting in between. */
  redeliver(options?: { all?: boolean; times?: number; atOnce?: boolean }): Promise<Posted[]>
  verify(token: string, options?: { challenge?: string; mode?: string }): Promise<Verified>
  close(): void
}

interface Kept {
  pages: string[]
  body: Buffer
  signing: Signing
}

interface Delivered {
  status: number
  text: string
}

/** Meta waits so long for a 200. */
const PATIENCE_MS = 5_000
const ALERT_MS = 15 * 60_000
const UNSUBSCRIBE_MS = 60 * 60_000
/** Updates in one POST. */
const MOST_UPDATES = 1_000

/** Posts to our webhook as Meta does, and remembers what it must send again. */
export function newWebhook(options: {
  url: string | undefined
  secret: string
  patienceMs: number | undefined
  now: () => number
  record: GraphRecord
  isSubscribed: (page: string, field: string) => boolean
  unsubscribe: (page: string) => void
}): Webhook {
  const { secret, now, record } = options
  const patienceMs = options.patienceMs ?? PATIENCE_MS
  const agent = new Agent({ keepAlive: true })
  const failingSince = new Map<string, number>()
  let untaken: Kept[] = []
  const recent: Kept[] = []

  async function deliver(kept: Kept): Promise<Posted> {
    const started = performance.now()
    const { status, text } = await ask('POST', kept.body, {
      'content-type': 'application/json',
      'user-agent': 'facebookexternalua',
      accept: '*/*',
      ...signatureHeaders(kept.signing, secret, kept.body),
    })
    const isTaken = status === 200
    const posted: Posted = {
      body: kept.body,
      signing: kept.signing,
      status,
      text,
      ms: performance.now() - started,
      isTaken,
      isDropped: false,
    }
    record.posts.push(posted)
    // Only what Meta itself signed counts as its event.
    if (kept.signing === 'good') judge(kept, isTaken)
    return posted
  }

  function judge(kept: Kept, isTaken: boolean): void {
    untaken = untaken.filter((one) => one !== kept)
    if (!isTaken) untaken.push(kept)
    for (const page of kept.pages) {
      if (isTaken) {
        failingSince.delete(page)
        continue
      }
      const since = failingSince.get(page) ?? now()
      failingSince.set(page, since)
      if (now() - since >= UNSUBSCRIBE_MS) {
        options.unsubscribe(page)
        untaken = untaken.filter(({ pages }) => !pages.includes(page))
        record.alerts.push(`webhook of ${page} disabled after failing for an hour`)
      } else if (now() - since >= ALERT_MS) record.alerts.push(`webhook of ${page} fails`)
    }
  }

  /** Status 0 for no answer: too late, refused, cut. */
  function ask(
    method: string,
    body: Buffer | undefined,
    headers: Record<string, string>,
    query = '',
  ): Promise<Delivered> {
    if (webhook.url === undefined) return Promise.resolve({ status: 0, text: '' })
    const sized = body === undefined ? headers : { ...headers, 'content-length': String(body.length) }
    const signal = AbortSignal.timeout(patienceMs)
    return new Promise((resolve) => {
      const sending = openRequest(`${webhook.url}${query}`, { method, headers: sized, agent, signal }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', () => resolve({ status: 0, text: '' }))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }))
      })
      sending.on('error', () => resolve({ status: 0, text: '' }))
      sending.end(body)
    })
  }

  function keep(pages: string[], body: Buffer, signing: Signing): Kept {
    const kept = { pages, body, signing }
    recent.push(kept)
    if (recent.length > MOST_UPDATES) recent.shift()
    return kept
  }

  const written = (payload: unknown, escape = true): Buffer => {
    if (Buffer.isBuffer(payload)) return payload
    if (typeof payload === 'string') return Buffer.from(payload)
    return Buffer.from(escape ? escapedJson(payload) : JSON.stringify(payload))
  }

  const webhook: Webhook = {
    url: options.url,
    async send(happenings, { signature = 'good', escape, together = false } = {}) {
      if (happenings.length > MOST_UPDATES) throw new RangeError(`Meta sends at most ${MOST_UPDATES} updates at once`)
      const asked = happenings.filter(({ page, field, isStandby }) =>
        options.isSubscribed(page, isStandby ? 'standby' : field),
      )
      const body = written(envelope(asked, now(), together), escape)
      if (asked.length === 0 || webhook.url === undefined)
        return { body, signing: signature, status: 0, text: '', ms: 0, isTaken: false, isDropped: true }
      return deliver(keep([...new Set(asked.map(({ page }) => page))], body, signature))
    },
    post: (payload, { signature = 'good', escape } = {}) => deliver(keep([], written(payload, escape), signature)),
    async redeliver({ all = false, times = 1, atOnce = false } = {}) {
      const posted: Posted[] = []
      for (let round = 0; round < times; round += 1) {
        const batch = all ? [...recent] : [...untaken]
        if (atOnce) posted.push(...(await Promise.all(batch.map(deliver))))
        else for (const kept of batch) posted.push(await deliver(kept))
      }
      return posted
    },
    async verify(token, { challenge = '1158201444', mode = 'subscribe' } = {}) {
      const query = new URLSearchParams({ 'hub.mode': mode, 'hub.challenge': challenge, 'hub.verify_token': token })
      const { status, text } = await ask('GET', undefined, {}, `?${String(query)}`)
      return { status, text, isConfirmed: status === 200 && text === challenge }
    },
    close: () => agent.destroy(),
  }
  return webhook
}
