import { backoff } from '../../backoff.ts'
import { ask } from './http.ts'
import type { Access, Session } from './session.ts'
import type { Socket, World } from './world.ts'

/** `connecting`: never been online yet. `reconnecting`: lost just now. `offline`: several tries failed, or no network. */
export type Connection = 'connecting' | 'online' | 'reconnecting' | 'offline'

export interface StreamListener {
  activities(activities: unknown[]): void
  connection(state: Connection): void
}

/** Whatever the conversation has that this page hasn't, as it comes. */
export interface Stream {
  start(): void
  stop(): void
  /** Doubts the present link: opens another from the last watermark. */
  restart(): void
  /** The conversation is another one: nothing of it has been seen. */
  forget(): void
}

/** A socket that isn't open by then, in ms, is blocked on the way. */
const OPENING_PATIENCE = 10_000
/** Keeps proxies from closing an idle socket; the server ignores it. */
const KEEP_ALIVE = 20_000
/** Sockets that never open before the page asks by HTTP instead, how often it asks, and how long until a socket is tried again. */
const BLOCKED_AFTER = 2
const POLL_EVERY = 3_000
const POLLS_BEFORE_SOCKET = 40
/** Failed tries after which the person is told that there is no connection. */
const OFFLINE_AFTER = 3

/**
 * Follows a conversation: by web socket, or by asking when no socket opens; from the last watermark
 * after each cut, so that nothing is missed (a double is possible, and told by its id).
 */
export function openStream(world: World, session: Session, listener: StreamListener): Stream {
  let running = false
  let round = 0
  let socket: Socket | null = null
  let watermark: string | null = null
  /** The access whose own stream address has been used; later ones are asked for, with the watermark. */
  let heardOf: Access | null = null
  let everOnline = false
  let failures = 0
  let blocked = 0
  let cancel = (): void => {}

  const is = (mine: number): boolean => running && mine === round

  function begin(): void {
    round += 1
    cancel()
    const old = socket
    socket = null
    old?.close()
    if (running) void open(round)
  }

  async function open(mine: number): Promise<void> {
    const access = await session.access()
    if (!is(mine)) return
    if (access === null) return again(session.retryAfter())
    if (access.streamUrl !== undefined && access !== heardOf && watermark === null && blocked < BLOCKED_AFTER) {
      heardOf = access
      return listen(mine, access.streamUrl)
    }
    const path = `/v3/directline/conversations/${access.conversationId}`
    const answer = await ask(world, {
      method: 'GET',
      path: `${path}?watermark=${watermark ?? ''}`,
      token: access.token,
    })
    if (!is(mine)) return
    if (answer.kind !== 'ok') {
      if (answer.kind === 'stale') session.drop(access)
      return again(answer.kind === 'later' ? answer.retryAfter : null)
    }
    if (blocked >= BLOCKED_AFTER) return poll(mine, access, 0)
    listen(mine, String(answer.body['streamUrl']))
  }

  function listen(mine: number, streamUrl: string): void {
    let isOpen = false
    const current = (): boolean => socket === opened
    const opened = world.connect(onOrigin(world.origin, streamUrl), {
      opened() {
        if (!current()) return opened.close()
        isOpen = true
        blocked = 0
        cancel()
        cancel = world.later(keepAlive, KEEP_ALIVE)
        online()
      },
      message(content) {
        if (current()) receive(content)
      },
      closed() {
        if (!current()) return
        socket = null
        cancel()
        if (!isOpen) blocked += 1
        if (is(mine)) again(null)
      },
    })
    const keepAlive = (): void => {
      opened.send('')
      cancel = world.later(keepAlive, KEEP_ALIVE)
    }
    socket = opened
    cancel = world.later(() => opened.close(), OPENING_PATIENCE)
  }

  async function poll(mine: number, access: Access, count: number): Promise<void> {
    const path = `/v3/directline/conversations/${access.conversationId}/activities?watermark=${watermark ?? ''}`
    const answer = await ask(world, { method: 'GET', path, token: access.token })
    if (!is(mine)) return
    if (answer.kind !== 'ok') {
      if (answer.kind === 'stale') session.drop(access)
      return again(answer.kind === 'later' ? answer.retryAfter : null)
    }
    online()
    const came = take(answer.body)
    if (count >= POLLS_BEFORE_SOCKET) {
      blocked = BLOCKED_AFTER - 1
      return begin()
    }
    const current = (await session.access()) ?? access
    if (is(mine)) cancel = world.later(() => void poll(mine, current, count + 1), came > 0 ? 0 : POLL_EVERY)
  }

  function receive(content: unknown): void {
    if (typeof content !== 'string' || content === '') return
    try {
      take(JSON.parse(content) as Record<string, unknown>)
    } catch {
      // Not JSON: not ours.
    }
  }

  /** Hands on what came, then moves the watermark. Returns how many activities there were. */
  function take(frame: Record<string, unknown>): number {
    const activities: unknown = frame['activities']
    if (Array.isArray(activities) && activities.length > 0) listener.activities(activities)
    if (typeof frame['watermark'] === 'string' && frame['watermark'] !== '') watermark = frame['watermark']
    return Array.isArray(activities) ? activities.length : 0
  }

  function online(): void {
    everOnline = true
    failures = 0
    listener.connection('online')
  }

  function again(retryAfter: number | null): void {
    failures += 1
    const away = failures >= OFFLINE_AFTER || !world.networkUp()
    listener.connection(away ? 'offline' : everOnline ? 'reconnecting' : 'connecting')
    cancel = world.later(begin, Math.max(retryAfter ?? 0, backoff(failures, world.chance())))
  }

  return {
    start() {
      if (running) return
      running = true
      listener.connection('connecting')
      begin()
    },
    stop() {
      running = false
      begin()
    },
    restart() {
      if (running) begin()
    },
    forget() {
      watermark = null
    },
  }
}

/** The stream on the origin that served the page: the server names its public one, which a proxy may hide. */
function onOrigin(origin: string, streamUrl: string): string {
  const url = new URL(streamUrl, origin.replace(/^http/, 'ws'))
  return origin.replace(/^http/, 'ws') + url.pathname + url.search
}
