import type { Store } from '../model/store.ts'
import { ApiError } from '../wire/api.ts'

/** What a refusal means for the screen. */
export interface Refusals {
  /**
   * Acts on a failed call about a conversation: a session that ended leaves the screen, and so does a
   * conversation that is no longer this agent's to read. Anything else is returned.
   */
  about(conversationId: string | null, error: unknown): ApiError | null
  /** The same, and tells the agent in words what else failed. */
  tell(conversationId: string | null, error: unknown): void
}

/** @param ended the session is over: sockets and timers stop too. */
export function refusals(store: Store, ended: () => void): Refusals {
  function about(conversationId: string | null, error: unknown): ApiError | null {
    // What is not a refusal is a fault of this page: never hidden.
    if (!(error instanceof ApiError)) throw error
    if (error.status === 401) {
      ended()
      return null
    }
    // 403 is about one command ("the account is not yours to close"); 404 is about the right to read.
    if (error.status === 404 && conversationId !== null) {
      store.tell({ type: 'gone', conversationId })
      return null
    }
    return error
  }

  return {
    about,
    tell(conversationId, error) {
      const rest = about(conversationId, error)
      if (rest === null) return
      store.tell({
        type: 'notice',
        notice: { key: sentence(rest), params: { said: rest.message }, tone: 'trouble' },
      })
    },
  }
}

const known: ReadonlySet<string> = new Set([
  'alreadyTaken',
  'notYours',
  'dangerUnread',
  'ownAccount',
  'inactive',
  'forbidden',
  'unreachable',
  'tooMany',
  'unavailable',
])

/** The key of the sentence for a refusal; the server's own words where this page has none. */
function sentence(error: ApiError): string {
  if (known.has(error.code)) return `refusal.${error.code}`
  return error.message === '' ? 'refusal.other' : 'refusal.said'
}
