import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { WebSocket } from 'ws'
import { SCRIPT } from './script.ts'
import { openTalk, type DirectLineTalk } from './talk.ts'

/**
 * Newcomers who write to an agent while others talk to the bot at a given rate: how long from the post
 * of a message to the agent's socket. Prints one line of JSON.
 */

/** Times in milliseconds. */
export interface HandoffTimes {
  messages: number
  p50: number
  p99: number
  max: number
  /** Turns of the others, a second, meanwhile. */
  background: number
}

const PAIRS = 16
const EVERY_MS = 250

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: '' },
      cookie: { type: 'string', default: '' },
      rate: { type: 'string', default: '0' },
      seconds: { type: 'string', default: '8' },
    },
  })
  const { url, cookie } = values
  const until = performance.now() + Number(values.seconds) * 1000 + 2_000
  const took: number[] = []
  let background = 0

  /** A newcomer whom the agent has taken, and the agent's desk that watches them. */
  async function pair(): Promise<void> {
    const talk = await openTalk(url)
    for (const text of ['English', 'No thanks', 'I need a person']) await talk.say(text)
    await take(talk)
    const desk = new WebSocket(`${url.replace(/^http/, 'ws')}/api/v1/live`, { headers: { cookie, origin: url } })
    await new Promise((resolve, reject) => desk.once('open', resolve).once('error', reject))
    let news: (() => void) | undefined
    desk.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as { type: string; conversationId?: string }
      if (frame.type === 'news' && frame.conversationId === talk.conversationId) news?.()
    })
    const nextNews = (): Promise<void> => new Promise((resolve) => (news = resolve))
    const watching = nextNews()
    desk.send(JSON.stringify({ watch: talk.conversationId }))
    await watching
    while (performance.now() < until) {
      const arrives = nextNews()
      const began = performance.now()
      void talk.post('are you still there?')
      await arrives
      took.push(performance.now() - began)
      await delay(EVERY_MS * (0.5 + Math.random()))
    }
  }

  async function take({ conversationId }: DirectLineTalk): Promise<void> {
    const response = await fetch(`${url}/api/v1/conversations/${conversationId}/take`, {
      method: 'POST',
      headers: { cookie, origin: url, 'content-type': 'application/json' },
      body: '{}',
    })
    if (!response.ok) throw new Error(`take: ${response.status}`)
  }

  /** The others, 32 of them, each at their share of the rate. */
  async function other(): Promise<void> {
    const pause = 32_000 / Number(values.rate)
    let due = performance.now() + Math.random() * pause
    while (performance.now() < until) {
      const talk = await openTalk(url)
      for (const text of SCRIPT) {
        await delay(Math.max(0, due - performance.now()))
        due = Math.max(due, performance.now() - pause) + pause
        if (performance.now() >= until) break
        await talk.say(text)
        background += 1
      }
      talk.close()
    }
  }

  const started = performance.now()
  await Promise.all([
    ...Array.from({ length: PAIRS }, pair),
    ...(Number(values.rate) > 0 ? Array.from({ length: 32 }, other) : []),
  ])
  took.sort((a, b) => a - b)
  const at = (share: number): number => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? Number.NaN
  const times: HandoffTimes = {
    messages: took.length,
    p50: at(0.5),
    p99: at(0.99),
    max: took.at(-1) ?? Number.NaN,
    background: (background * 1000) / (performance.now() - started),
  }
  console.log(JSON.stringify(times))
  process.exit(0)
}

await main()
