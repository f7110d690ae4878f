import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { ShownActivity } from './show.ts'

/** A conversation over the Direct Line of a running server, as any client of it would hold one. */
export interface Line {
  /** Says something; resolves when the server has it for good. */
  post(text: string): Promise<void>
  /** What came since the last call. */
  poll(): Promise<ShownActivity[]>
}

const token = z.looseObject({ token: z.string() })
const started = z.looseObject({ conversationId: z.string(), token: z.string() })
const page = z.looseObject({ activities: z.array(z.looseObject({ type: z.string() })), watermark: z.string() })

/** Tokens live 30 minutes; the official clients renew theirs after 15. */
const RENEW_MS = 15 * 60_000
const ATTEMPTS = 20

/** Opens a new conversation as an anonymous visitor. Throws when the server does not answer. */
export async function openLine(url: string, language: string): Promise<Line> {
  const base = `${url}/v3/directline`
  const visitor = token.parse(await call('POST', `${url}/api/chat/tokens`, undefined, { language }))
  const opened = started.parse(await call('POST', `${base}/conversations`, visitor.token, {}))
  const activities = `${base}/conversations/${opened.conversationId}/activities`
  let held = { token: opened.token, since: Date.now() }
  let watermark = ''

  async function bearer(): Promise<string> {
    if (Date.now() - held.since > RENEW_MS)
      held = {
        token: token.parse(await call('POST', `${base}/tokens/refresh`, held.token, {})).token,
        since: Date.now(),
      }
    return held.token
  }

  return {
    async post(text) {
      // The same mark at each attempt: whatever was heard of the first, it is said once.
      const activity = { type: 'message', text, channelData: { clientActivityID: randomUUID() } }
      await call('POST', activities, await bearer(), activity)
    },
    async poll() {
      const answer = page.parse(await call('GET', `${activities}?watermark=${watermark}`, await bearer()))
      watermark = answer.watermark
      return answer.activities
    },
  }
}

/** One call; tried again while the server is away or says "later". Throws for any other refusal. */
async function call(method: 'GET' | 'POST', url: string, bearer: string | undefined, body?: object): Promise<unknown> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(url, {
      method,
      headers: {
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      if (attempt >= ATTEMPTS) throw error
    })
    if (response?.ok === true) return response.json()
    if (response !== undefined && (response.status !== 429 || attempt >= ATTEMPTS))
      throw new Error(`${method} ${new URL(url).pathname}: ${response.status}`)
    await delay(1_000 * Number(response?.headers.get('retry-after') ?? 1))
  }
}
