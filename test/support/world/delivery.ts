import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from '../seeded.ts'
import type { History, What } from './history.ts'
import type { World } from './world.ts'

/** How long a client waits for an answer, as the official ones do. */
export const CLIENT_LIMIT_MS = 20_000
const LONGEST_WAIT_MS = 500

/** One request that is delivered until it is acknowledged, each time to a random node. */
export interface Delivery {
  what: What
  who: string
  method: 'GET' | 'POST'
  path: string
  headers: Record<string, string>
  body?: unknown
  about?: { conversation?: string; mark?: string; text?: string }
  /** Answers that are final, though they are no success. */
  refusals?: readonly number[]
}

export interface Delivered {
  status: number
  json: Record<string, unknown>
  headers: Headers
  /** From the first delivery to the answer, in ms. */
  ms: number
}

/** What became of the attempts of everybody, so that a test can look at how they were refused. */
export interface Attempts {
  /** Answers by status; 0: none (reset, timeout). */
  readonly byStatus: Map<number, number>
  /** "Later" (429, 5xx) without saying when. */
  withoutRetryAfter: number
  /** The longest that a person's client waited for an answer, in ms, whatever it was. */
  slowestMs: number
  /** Calls of people to which nothing came within the client's limit: what they were. */
  readonly timedOut: string[]
  /** The same, of agents: a desk makes several round trips where a person's message makes two. */
  readonly deskTimedOut: string[]
  /** The connection ended while the answer was awaited; a node that is not there refuses, and is not counted. */
  cut: number
}

/** Clients that deliver until somebody has acknowledged. */
export interface Postman {
  readonly attempts: Attempts
  deliver(delivery: Delivery): Promise<Delivered>
  /** One attempt, at one node. */
  attempt(delivery: Delivery): Promise<Delivered | undefined>
}

/** `giveUpMs`: after so long without acknowledgement the delivery throws, and with it the test. */
export function postman(world: World, history: History, random: Random, giveUpMs = 90_000): Postman {
  const attempts: Attempts = {
    byStatus: new Map(),
    withoutRetryAfter: 0,
    slowestMs: 0,
    timedOut: [],
    deskTimedOut: [],
    cut: 0,
  }

  /** Undefined: no answer, or "later". */
  async function attempt(delivery: Delivery): Promise<Delivered | undefined> {
    const { what, who, method, path, headers, body, about = {}, refusals = [] } = delivery
    const node = world.node(random() * world.nodes.length)
    const operation = history.begin(what, who, { ...about, node: node.index })
    const isDesk = path.startsWith('/api/v1/')
    const began = performance.now()
    const count = (status: number): void => {
      attempts.byStatus.set(status, (attempts.byStatus.get(status) ?? 0) + 1)
      if (!isDesk) attempts.slowestMs = Math.max(attempts.slowestMs, performance.now() - began)
    }
    try {
      const response = await fetch(node.url + path, {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(CLIENT_LIMIT_MS),
      })
      const text = await response.text()
      const { status } = response
      count(status)
      const json = (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown>
      const answer = { status, json, headers: response.headers, ms: performance.now() - began }
      if (response.ok) {
        const [id, seq] = [json['id'], json['seq']]
        operation.end('ok', {
          status,
          ...(typeof id === 'string' ? { id } : {}),
          ...(typeof seq === 'number' ? { seq } : {}),
        })
        return answer
      }
      if (refusals.includes(status)) {
        operation.end('fail', { status })
        return answer
      }
      operation.end('info', { status })
      if (status !== 429 && status < 500) throw new Refused(`${status} from ${path.replace(/\/[\w-]{16,}/g, '/…')}`)
      if (response.headers.get('retry-after') === null) attempts.withoutRetryAfter += 1
      return undefined
    } catch (error) {
      if (error instanceof Refused) throw error
      if ((error as Error).name === 'TimeoutError')
        (isDesk ? attempts.deskTimedOut : attempts.timedOut).push(`${who}: ${what} at ${operation.ms} ms`)
      else if (!isRefused(error)) attempts.cut += 1
      count(0)
      operation.end('info', { status: 0 })
      return undefined
    }
  }

  return {
    attempts,
    attempt,
    async deliver(delivery) {
      const began = performance.now()
      for (let wait = 20; ; wait = Math.min(wait * 1.5, LONGEST_WAIT_MS)) {
        const answer = await attempt(delivery)
        if (answer !== undefined) return { ...answer, ms: performance.now() - began }
        if (performance.now() - began > giveUpMs) throw new Error(`${delivery.who} was not heard in ${giveUpMs} ms`)
        // Sooner than Retry-After asks, so that more of the deliveries meet a fault.
        await delay(wait * (0.5 + random()))
      }
    },
  }
}

/** The server said no for good to what it should have taken. */
class Refused extends Error {}

const isRefused = (error: unknown): boolean =>
  ((error as Error).cause as { code?: unknown } | undefined)?.code === 'ECONNREFUSED'
