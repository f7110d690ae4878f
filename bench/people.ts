import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import { cpuSeconds } from './processes.ts'
import { SCRIPT } from './script.ts'
import { openTalk, type Talk } from './talk.ts'
import { openWire } from './wire.ts'

/**
 * The people of `npm run bench`, in a process of their own: each holds conversation after conversation
 * and says the next thing as soon as the last was acknowledged and answered. Prints one line of JSON.
 */

/** What was measured between warm-up and end. Times in milliseconds, processor time in seconds. */
export interface Measured {
  turns: number
  failed: number
  seconds: number
  p50: number
  p99: number
  max: number
  cpu: { people: number; server: number; postgres: number }
}

type Contender = (url: string) => Promise<Talk>

/** Any channel, towards botbuilder's sample: an activity is posted, the reply comes to the service URL. */
function sample(): Contender {
  const waiting = new Map<string, () => void>()
  const service = createServer((request, response) => {
    request.resume()
    request.once('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"1"}')
      waiting.get(/\/conversations\/([^/]+)\//.exec(request.url ?? '')?.[1] ?? '')?.()
    })
  })
  const listening = new Promise<number>((resolve) =>
    service.listen(0, '127.0.0.1', () => resolve((service.address() as { port: number }).port)),
  )
  return async (url) => {
    const serviceUrl = `http://127.0.0.1:${await listening}`
    const wire = await openWire(url)
    const id = randomUUID()
    return {
      async say(text) {
        const answered = new Promise<void>((resolve) => waiting.set(id, resolve))
        const activity = {
          type: 'message',
          id: randomUUID(),
          text,
          serviceUrl,
          channelId: 'directline',
          conversation: { id },
          from: { id: `user-${id}`, role: 'user' },
          recipient: { id: 'bot', role: 'bot' },
        }
        const [{ status }] = await Promise.all([wire.post('/api/messages', undefined, activity), answered])
        return status === 200 || status === 202
      },
      close() {
        waiting.delete(id)
        wire.close()
      },
    }
  }
}

const limit: Contender = async (url) => {
  const wire = await openWire(url)
  const id = randomUUID()
  await wire.post('/conversations', undefined, { id })
  return {
    say: async (text) => (await wire.post(`/conversations/${id}`, undefined, { text })).status === 200,
    close: () => wire.close(),
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      contender: { type: 'string' },
      url: { type: 'string' },
      people: { type: 'string' },
      seconds: { type: 'string' },
      warmUp: { type: 'string', default: '3' },
      server: { type: 'string' },
      postgres: { type: 'string', default: '0' },
    },
  })
  const { url = '', contender = '', people, seconds, warmUp, server, postgres } = values
  const open = { parcours: openTalk, sample: sample(), limit }[contender] ?? openTalk
  const from = performance.now() + Number(warmUp) * 1000
  const until = from + Number(seconds) * 1000
  const took: number[] = []
  let failed = 0

  async function person(): Promise<void> {
    while (performance.now() < until) {
      const talk = await open(url)
      for (const text of SCRIPT) {
        const began = performance.now()
        if (began >= until) break
        const ok = await talk.say(text)
        const ended = performance.now()
        if (began < from || ended > until) continue
        if (ok) took.push(ended - began)
        else failed += 1
      }
      talk.close()
    }
  }
  const cpu = () => ({
    people: cpuSeconds(process.pid),
    server: cpuSeconds(Number(server)),
    postgres: postgres === '0' ? 0 : cpuSeconds(Number(postgres), true),
  })
  const talking = Promise.all(Array.from({ length: Number(people) }, person))
  let before = cpu()
  setTimeout(() => (before = cpu()), Number(warmUp) * 1000)
  let after = cpu()
  setTimeout(() => (after = cpu()), (Number(warmUp) + Number(seconds)) * 1000)
  await talking
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, until - performance.now()) + 10))
  took.sort((a, b) => a - b)
  const at = (share: number): number => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? Number.NaN
  const measured: Measured = {
    turns: took.length,
    failed,
    seconds: Number(seconds),
    p50: at(0.5),
    p99: at(0.99),
    max: took.at(-1) ?? Number.NaN,
    cpu: {
      people: after.people - before.people,
      server: after.server - before.server,
      postgres: after.postgres - before.postgres,
    },
  }
  console.log(JSON.stringify(measured))
  process.exit(0) // whatever a contender keeps open
}

await main()
