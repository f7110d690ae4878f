import { setTimeout as delay } from 'node:timers/promises'

/** An activity as the server sends it; only what tests look at. */
export interface SeenActivity {
  id: string
  type: string
  text?: string
  name?: string
  value?: unknown
  from: { id: string; name?: string; role?: string }
  suggestedActions?: { actions: { title: string; value: string }[] }
  attachments?: { contentUrl: string; contentType: string; name?: string }[]
  channelData?: {
    'webchat:sequence-id'?: number
    clientActivityID?: string
    parcours?: { author?: string; agentName?: string; urgent?: boolean }
  }
}

/** A person who writes over plain Direct Line and repeats what was not acknowledged, as a client does. */
export interface DirectLineUser {
  readonly conversationId: string
  readonly userId: string
  readonly token: string
  /** Posts, with the same `clientActivityID`, until a 200 says it is kept; resolves to the activity's id. */
  say(text: string, clientActivityID?: string): Promise<string>
  /** The log from its beginning, every page. */
  log(): Promise<SeenActivity[]>
  /** The whole log once it holds an activity that `wanted` accepts. */
  until(what: string, wanted: (activity: SeenActivity) => boolean, withinMs?: number): Promise<SeenActivity>
}

let marks = 0

/** Opens a conversation. Every request is tried again while the server is away. */
export async function openDirectLineUser(url: string, language = 'fr'): Promise<DirectLineUser> {
  const minted = (await persistently(`${url}/api/chat/tokens`, {
    method: 'POST',
    headers: JSON_TYPE,
    body: JSON.stringify({ language }),
  })) as {
    token: string
    userId: string
  }
  const authorization = { authorization: `Bearer ${minted.token}` }
  const { conversationId } = (await persistently(`${url}/v3/directline/conversations`, {
    method: 'POST',
    headers: { ...authorization, ...JSON_TYPE },
    body: JSON.stringify({ locale: language }),
  })) as { conversationId: string }
  const activitiesUrl = `${url}/v3/directline/conversations/${conversationId}/activities`

  async function log(): Promise<SeenActivity[]> {
    const all: SeenActivity[] = []
    for (let watermark = ''; ;) {
      const page = (await persistently(`${activitiesUrl}?watermark=${watermark}`, { headers: authorization })) as {
        activities: SeenActivity[]
        watermark: string
      }
      if (page.activities.length === 0) return all
      all.push(...page.activities)
      watermark = page.watermark
    }
  }
  return {
    conversationId,
    userId: minted.userId,
    token: minted.token,
    async say(text, clientActivityID = `m${(marks += 1)}-${Math.random().toString(36).slice(2, 8)}`) {
      const body = JSON.stringify({
        type: 'message',
        text,
        from: { id: minted.userId },
        channelData: { clientActivityID },
      })
      const { id } = (await persistently(activitiesUrl, {
        method: 'POST',
        headers: { ...authorization, ...JSON_TYPE },
        body,
      })) as { id: string }
      return id
    },
    log,
    async until(what, wanted, withinMs = 8_000) {
      const until = Date.now() + withinMs
      for (;;) {
        const seen = await log()
        const found = seen.find(wanted)
        if (found !== undefined) return found
        if (Date.now() > until)
          throw new Error(
            `not within ${withinMs} ms: ${what}\n${seen.map((a) => `${a.channelData?.parcours?.author ?? a.type}: ${a.text ?? a.name ?? ''}`).join('\n')}`,
          )
        await delay(25)
      }
    },
  }
}

const JSON_TYPE = { 'content-type': 'application/json' }

/** One request, repeated while nothing answers or the answer asks for patience (429, 5xx). */
async function persistently(url: string, init: RequestInit): Promise<unknown> {
  for (const until = Date.now() + 60_000; ;) {
    try {
      const response = await fetch(url, { ...init, signal: AbortSignal.timeout(20_000) })
      if (response.ok) return await response.json()
      if (response.status !== 429 && response.status < 500)
        throw new Refused(url, response.status, await response.text())
    } catch (error) {
      if (error instanceof Refused || Date.now() > until) throw error
    }
    await delay(20 + Math.random() * 60)
  }
}

class Refused extends Error {
  constructor(url: string, status: number, body: string) {
    super(`${status} from ${new URL(url).pathname}: ${body.slice(0, 200)}`)
  }
}
