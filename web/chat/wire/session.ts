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
  /** The device is shared, or no more: asks for a cookie that lasts accordingly. */
  deviceChanged(): void
  stop(): void
}

/** Tokens live 30 minutes; half of that leaves time for a bad network. */
const REFRESH_EVERY = 15 * 60_000
const REFRESH_AGAIN = 30_000

/**
 * @param onConversation told each time the cookie opens a conversation, also when it is the same one
 */
export function openSession(world: World, language: string, onConversation: (conversationId: string) => void): Session {
  let current: Access | null = null
  let minting: Promise<Access | null> | null = null
  let wait: number | null = null
  let wanted = language
  let cancelRefresh = (): void => {}

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
    onConversation(access.conversationId)
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

  const mintToken = (): Promise<Outcome> =>
    ask(world, {
      method: 'POST',
      path: '/api/chat/tokens',
      json: {
        language: wanted,
        ...(world.device.isShared() ? { shared: true } : {}),
        ...(world.held === null ? {} : { embedded: true }),
      },
    })

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
    deviceChanged() {
      if (current !== null) void mintToken()
    },
    stop() {
      cancelRefresh()
      current = null
    },
  }
}
