import { parseArgs } from 'node:util'
import { z } from 'zod'

/**
 * The clients of `npm run bench`, in a process of their own: each holds conversation after conversation
 * through Direct Line and says the next thing as soon as the last is acknowledged, which is after its
 * commit. Prints one line of JSON (`BenchResult`).
 */

/** What was measured between warm-up and end. Times in milliseconds. */
export interface BenchResult {
  turns: number
  failed: number
  seconds: number
  p50: number
  p99: number
  max: number
}

/** What a conversation of each kind says. `onboarding` runs the dialog and saves answers; `free` has no dialog open. */
const TALKS: Readonly<Record<string, readonly string[]>> = {
  onboarding: [
    'English',
    'Why?',
    'Yes, I agree',
    'My name is Oleksandr',
    "I'm still in my country",
    'in March',
    'April, not March',
    'That’s right',
  ],
  free: [
    'English',
    'No thanks',
    ...Array.from({ length: 18 }, (_, index) => `where do I find a flat number ${index}?`),
  ],
}

const opened = z.looseObject({ token: z.string(), conversationId: z.string() })

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      url: { type: 'string' },
      talk: { type: 'string', default: 'onboarding' },
      clients: { type: 'string' },
      seconds: { type: 'string' },
      warmUp: { type: 'string', default: '3' },
    },
  })
  const { url = '', clients, seconds, warmUp } = values
  const talk = TALKS[values.talk] ?? []
  const from = performance.now() + Number(warmUp) * 1000
  const until = from + Number(seconds) * 1000
  const took: number[] = []
  let failed = 0

  async function client(): Promise<void> {
    while (performance.now() < until) {
      const { say } = await open(url)
      for (const text of talk) {
        const began = performance.now()
        if (began >= until) return
        const ok = await say(text)
        const ended = performance.now()
        if (began < from || ended > until) continue
        if (ok) took.push(ended - began)
        else failed += 1
      }
    }
  }
  await Promise.all(Array.from({ length: Number(clients) }, client))
  took.sort((a, b) => a - b)
  const at = (share: number): number => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0
  const result: BenchResult = {
    turns: took.length,
    failed,
    seconds: Number(seconds),
    p50: at(0.5),
    p99: at(0.99),
    max: took.at(-1) ?? 0,
  }
  console.log(JSON.stringify(result))
}

/** Opens a conversation; not counted as a turn. */
async function open(url: string): Promise<{ say(text: string): Promise<boolean> }> {
  const token = opened
    .pick({ token: true })
    .parse(await (await post(`${url}/api/chat/tokens`, undefined, { language: 'en' })).json())
  const conversation = opened.parse(await (await post(`${url}/v3/directline/conversations`, token.token, {})).json())
  const activities = `${url}/v3/directline/conversations/${conversation.conversationId}/activities`
  return {
    async say(text) {
      const response = await post(activities, conversation.token, { type: 'message', text })
      await response.arrayBuffer()
      return response.ok
    },
  }
}

const post = (url: string, bearer: string | undefined, body: object): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    },
    body: JSON.stringify(body),
  })

if (import.meta.main) await main()
