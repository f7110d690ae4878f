import type { Store } from '../model/store.ts'
import { ApiError } from '../wire/api.ts'
import { backoff } from '../../backoff.ts'
import type { World } from './world.ts'

/** Who is signed in, from the first look to the end of the session. */
export interface SignIn {
  /** Finds out who is here, first with the token of a sign-in link if there is one. */
  start(token: string | null): Promise<void>
  signOut(): Promise<void>
  /** The server no longer knows us. */
  ended(): void
  /** Is the session still good? Asked while the socket does not open. */
  verify(): Promise<void>
  /** Tries again now to reach the server. */
  retryNow(): void
}

/** The longest delay that a browser's timer keeps, in milliseconds. */
const longestTimer = 2 ** 31 - 1

/**
 * @param entered somebody is signed in: the desk may load
 * @param left nobody is any more: everything running stops
 */
export function signIn(store: Store, world: World, entered: () => void, left: () => void): SignIn {
  let failures = 0
  let cancelRetry = (): void => {}
  let cancelEnd = (): void => {}
  let retry: (() => void) | null = null

  function out(why: 'start' | 'badLink' | 'ended' | 'left'): void {
    cancelEnd()
    cancelRetry()
    retry = null
    left()
    store.tell({ type: 'signedOut', why })
  }

  async function look(): Promise<void> {
    try {
      const me = await world.api.me()
      failures = 0
      retry = null
      store.tell({ type: 'signedIn', me })
      endAt(me.sessionEndsAt)
      entered()
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error.mayPass) later(look)
      else out('start')
    }
  }

  async function enter(token: string): Promise<void> {
    try {
      await world.api.signIn(token)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error.mayPass) later(() => enter(token))
      else out('badLink')
      return
    }
    await look()
  }

  function later(work: () => Promise<void>): void {
    failures += 1
    store.tell({ type: 'unreachable' })
    retry = () => {
      cancelRetry()
      retry = null
      void work()
    }
    cancelRetry = world.later(retry, backoff(failures, world.chance()))
  }

  function endAt(iso: string): void {
    cancelEnd()
    const left = Date.parse(iso) - Date.parse(world.now())
    if (Number.isFinite(left) && left <= longestTimer) {
      cancelEnd = world.later(() => out('ended'), Math.max(0, left))
    }
  }

  return {
    start: (token) => (token === null ? look() : enter(token)),
    async signOut() {
      try {
        await world.api.signOut()
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        if (error.status !== 401) {
          // Not signed out where it counts: the agent must know before walking away.
          store.tell({ type: 'notice', notice: { key: 'refusal.signOut', tone: 'trouble' } })
          return
        }
      }
      out('left')
    },
    ended: () => out('ended'),
    async verify() {
      if (store.state().session.status !== 'signedIn') return
      try {
        await world.api.me()
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        if (error.status === 401) out('ended')
      }
    },
    retryNow: () => retry?.(),
  }
}
