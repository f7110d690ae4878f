import { backoff } from '../../backoff.ts'
import { ask, type Outcome } from './http.ts'
import type { World } from './world.ts'

/** A token and what it opens. */
export interface Access {
  token: string
  userId: string
  conversationId: string
  /** Where to listen, when the server has just said it: saves asking. */
  streamUrl?: string
}

/** Whether others use this device too, by what the server has confirmed. */
export interface DeviceUse {
  /** While a change is `asked`, it is the one that was asked for. */
  shared: boolean
  /** `failed`: the server has not heard of the change, and is asked again. `done`: it has. */
  change: 'asked' | 'failed' | 'done' | null
}

/** Who hears from a session. */
export interface SessionListener {
  /** Each time the cookie opens a conversation, also when it is the same one. */
  conversation(conversationId: string): void
  device(use: DeviceUse): void
}

/** The right to a conversation: minted from the page's cookie, refreshed while the page is open. */
export interface Session {
  /** The access now; asks for one if there is none. Null: the server cannot give one now. */
  access(): Promise<Access | null>
  /** Throws away what is stale, so that the next `access()` asks anew. Harmless if another call already did. */
  drop(stale: Access): void
  /** How long the server asked to wait, in milliseconds, or null. */
  retryAfter(): number | null
  /** The language of conversations that start from now on. */
  speak(language: string): void
  /** Danger had been told in the conversation when its token was given. Null: the server has not said. */
  danger(): boolean | null
  /** The device is shared, or no more: asks for a cookie that lasts accordingly, until the server has heard. */
  deviceChanged(): void
  /** The network is back: what waits to be asked again does not wait. */
  wake(): void
  stop(): void
}

/** Tokens live 30 minutes; half of that leaves time for a bad network. */
const REFRESH_EVERY = 15 * 60_000
const REFRESH_AGAIN = 30_000

export function openSession(world: World, language: string, listener: SessionListener): Session {
  let current: Access | null = null
  let minting: Promise<Access | null> | null = null
  let wait: number | null = null
  let wanted = language
  let cancelRefresh = (): void => {}
  let stopped = false
  let danger: boolean | null = null
  /** Token requests go one after the other: the cookie that comes last is the one that was asked for last. */
  let asking: Promise<unknown> = Promise.resolve()
  /** Within another site's page there is no cookie, and so nothing to confirm. */
  let confirmed = world.held !== null && world.device.isShared()
  let use: DeviceUse = { shared: confirmed, change: null }
  let telling = false
  let failures = 0
  let cancelTelling = (): void => {}

  async function mint(): Promise<Access | null> {
    const minted = (await takeUp()) ?? (await mintToken())
    if (minted.kind !== 'ok') return failed(minted)
    const started = await ask(world, {
      method: 'POST',
      path: '/v3/directline/conversations',
      token: String(minted.body['token']),
      json: { locale: wanted },
    })
    if (started.kind !== 'ok') return failed(started)
    const access: Access = {
      token: String(started.body['token'] ?? minted.body['token']),
      userId: String(minted.body['userId']),
      conversationId: String(started.body['conversationId']),
      streamUrl: String(started.body['streamUrl']),
    }
    keep(access)
    listener.conversation(access.conversationId)
    return access
  }

  /** A reload within another site's page: the token that the tab holds, made fresh. Null: none, or it is over. */
  async function takeUp(): Promise<Outcome | null> {
    const held = world.held?.load() ?? null
    if (held === null) return null
    const fresh = await ask(world, { method: 'POST', path: '/v3/directline/tokens/refresh', token: held.token })
    if (fresh.kind === 'ok') return { kind: 'ok', body: { ...fresh.body, userId: held.userId } }
    if (fresh.kind === 'later') return fresh
    world.held?.save(null)
    return null
  }

  function mintToken(): Promise<Outcome> {
    const answer = asking.then(askForToken)
    asking = answer
    return answer
  }

  async function askForToken(): Promise<Outcome> {
    if (stopped) return { kind: 'later', retryAfter: null }
    const shared = world.device.isShared()
    const outcome = await ask(world, {
      method: 'POST',
      path: '/api/chat/tokens',
      json: {
        language: wanted,
        ...(shared ? { shared: true } : {}),
        ...(world.held === null ? {} : { embedded: true }),
      },
    })
    if (outcome.kind !== 'ok') return outcome
    const told = outcome.body['danger']
    danger = typeof told === 'boolean' ? told : null
    confirm(shared)
    return outcome
  }

  function confirm(shared: boolean): void {
    confirmed = shared
    if (shared !== world.device.isShared()) return // changed meanwhile: it is asked again
    failures = 0
    cancelTelling()
    show({ shared, change: use.change === null ? null : 'done' })
  }

  function show(next: DeviceUse): void {
    use = next
    listener.device(use)
  }

  async function tellDevice(): Promise<void> {
    cancelTelling()
    if (telling) return
    telling = true
    const outcome = await mintToken()
    telling = false
    if (stopped) return
    if (outcome.kind === 'ok') {
      if (confirmed !== world.device.isShared()) void tellDevice()
      return
    }
    failures += 1
    show({ shared: confirmed, change: 'failed' })
    const wait = (outcome.kind === 'later' ? outcome.retryAfter : null) ?? 0
    cancelTelling = world.later(() => void tellDevice(), Math.max(wait, backoff(failures, world.chance())))
  }

  function failed(outcome: Outcome): null {
    wait = outcome.kind === 'later' ? outcome.retryAfter : null
    return null
  }

  function keep(access: Access): void {
    wait = null
    current = access
    world.held?.save({ token: access.token, userId: access.userId })
    cancelRefresh()
    cancelRefresh = world.later(() => void refresh(access), REFRESH_EVERY)
  }

  async function refresh(access: Access): Promise<void> {
    if (current !== access) return
    const answer = await ask(world, { method: 'POST', path: '/v3/directline/tokens/refresh', token: access.token })
    if (current !== access) return
    const { userId, conversationId } = access
    if (answer.kind === 'ok') keep({ userId, conversationId, token: String(answer.body['token']) })
    else if (answer.kind === 'later') cancelRefresh = world.later(() => void refresh(access), REFRESH_AGAIN)
    else current = null // whoever needs it next mints a new one
  }

  return {
    async access() {
      if (current !== null) return current
      minting ??= mint().finally(() => {
        minting = null
      })
      return minting
    },
    drop(stale) {
      if (current?.token === stale.token) current = null
    },
    retryAfter: () => wait,
    speak(language) {
      wanted = language
    },
    danger: () => danger,
    deviceChanged() {
      const shared = world.device.isShared()
      if (world.held !== null) return show({ shared, change: 'done' })
      show({ shared, change: 'asked' })
      void tellDevice()
    },
    wake() {
      if (use.change === 'failed') void tellDevice()
    },
    stop() {
      stopped = true
      cancelTelling()
      cancelRefresh()
      current = null
    },
  }
}
