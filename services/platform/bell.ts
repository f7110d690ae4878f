import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { randomId } from './ids.ts'
import type { Log } from './log.ts'

/** What is rung, and the type of the news that a ring may bring to listeners of the same node. */
export type Topic<News> = string & { readonly news?: News }

/**
 * Tells every node that something has news. Between nodes a ring is a hint and carries no content: who
 * hears it reads the log from where it was. Rings leave together, a few milliseconds after the commits:
 * a NOTIFY inside a transaction would take a global lock. A lost ring is made up for by `onReconnect`
 * and by the listeners' own slow poll.
 */
export interface Bell {
  /** `news` goes to the listeners of this node, before any batch leaves; the others hear only that there is some. */
  ring<News>(topic: Topic<News>, news?: News): void
  /** Calls `listener` for each ring of `topic`, on this node or another; returns the way to stop. */
  on<News>(topic: Topic<News>, listener: (news?: News) => void): () => void
  /** Rings may have been missed: read everything again. */
  onReconnect(listener: () => void): () => void
  /** A passing signal that is not kept anywhere (somebody is typing). At most 200 bytes. */
  whisper(topic: string, word: string): void
  onWhisper(topic: string, listener: (word: string) => void): () => void
  close(): Promise<void>
}

const BATCH_MS = 5
const PING_MS = 5_000

/** Starts to listen on a connection of its own. It reconnects for as long as the bell is open. */
export function openBell(connection: pg.ClientConfig, pool: pg.Pool, log: Log): Bell {
  const node = randomId()
  const rings = listenersByTopic<unknown>()
  const whispers = listenersByTopic<string>()
  const reconnects = new Set<() => void>()
  /** `told`: the listeners of this node have had it, with its news. */
  const pending = new Map<string, { channel: 'news' | 'whisper'; payload: string; told: boolean }>()
  let timer: NodeJS.Timeout | undefined
  let client: pg.Client | undefined
  let closed = false

  const leave = (): void => {
    timer = undefined
    const batch = [...pending.values()]
    pending.clear()
    for (const { channel, payload, told } of batch) if (!told) hear(channel, payload)
    pool
      .query('select pg_notify(c, p) from unnest($1::text[], $2::text[]) as t(c, p)', [
        batch.map(({ channel }) => channel),
        batch.map(({ payload }) => `${node} ${payload}`),
      ])
      // The other nodes find out by their poll.
      .catch((error: unknown) => log.debug('bell.not_rung', { error, count: batch.length }))
  }
  const send = (channel: 'news' | 'whisper', payload: string, told = false): void => {
    if (closed) return
    const key = `${channel} ${payload}`
    pending.set(key, { channel, payload, told: told && pending.get(key)?.told !== false })
    timer ??= setTimeout(leave, BATCH_MS)
  }
  const hear = (channel: string, payload: string): void => {
    if (channel === 'news') return rings.call(payload, undefined)
    const cut = payload.indexOf(' ')
    whispers.call(payload.slice(0, cut), payload.slice(cut + 1))
  }
  /** What comes from PostgreSQL: our own rings come back too, and were heard when they left. */
  const hearNotification = (channel: string, payload: string): void => {
    const cut = payload.indexOf(' ')
    if (payload.slice(0, cut) !== node) hear(channel, payload.slice(cut + 1))
  }

  async function listen(): Promise<void> {
    for (let wait = 50; !closed; wait = Math.min(wait * 2, 1_000)) {
      const mine = new pg.Client({ ...connection, connectionTimeoutMillis: 5_000, keepAlive: true })
      const ended = Promise.withResolvers<void>()
      mine.on('error', () => ended.resolve())
      mine.on('end', () => ended.resolve())
      try {
        await mine.connect()
        client = mine
        mine.on('notification', ({ channel, payload }) => hearNotification(channel, payload ?? ''))
        await mine.query('listen news; listen whisper')
        for (const listener of reconnects) listener()
        wait = 50
        await Promise.race([ended.promise, aliveUntilSilent(mine)])
      } catch (error) {
        log.debug('bell.away', { error })
      }
      // `end` of a connection that no longer answers never settles: it is not waited for.
      void mine.end().catch(() => {})
      if (!closed) await delay(wait, undefined, { ref: false })
    }
  }
  void listen()

  return {
    ring(topic, news) {
      send('news', topic, news !== undefined)
      // After the turn of the event loop that acknowledges: a client hears first that it was heard.
      if (news !== undefined) setImmediate(() => rings.call(topic, news))
    },
    on: (topic, listener) => rings.add(topic, listener as (news: unknown) => void),
    onReconnect(listener) {
      reconnects.add(listener)
      return () => reconnects.delete(listener)
    },
    whisper: (topic, word) => send('whisper', `${topic} ${word}`.slice(0, 200)),
    onWhisper: whispers.add,
    async close() {
      closed = true
      clearTimeout(timer)
      await client?.end().catch(() => {})
    },
  }
}

/** Resolves when the connection has not answered a ping in time (half open: no end, no error). */
async function aliveUntilSilent(client: pg.Client): Promise<void> {
  for (;;) {
    await delay(PING_MS, undefined, { ref: false })
    const answered = client.query('select 1').then(
      () => true,
      () => false,
    )
    if (!(await Promise.race([answered, delay(PING_MS, false, { ref: false })]))) return
  }
}

function listenersByTopic<T>() {
  const byTopic = new Map<string, Set<(value: T) => void>>()
  return {
    call(topic: string, value: T): void {
      for (const listener of byTopic.get(topic) ?? []) listener(value)
    },
    add: (topic: string, listener: (value: T) => void): (() => void) => {
      const set = byTopic.get(topic) ?? new Set()
      byTopic.set(topic, set.add(listener))
      return () => {
        set.delete(listener)
        if (set.size === 0 && byTopic.get(topic) === set) byTopic.delete(topic)
      }
    },
  }
}
