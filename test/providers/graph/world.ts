import { newThread, type About, type Thread } from './thread.ts'
import type { State } from './faults.ts'
import type { Fields } from './shapes.ts'
import type { Permissions } from './window.ts'

/** A Page that the app serves. Several tokens may be valid at once, as during a rotation. */
export interface GraphPage {
  id: string
  name: string
  tokens: string[]
}

/** A name and a picture under which a Page may write. */
export interface Persona {
  id: string
  page: string
  name: string
  profile_picture_url: string
}

/** All that Meta knows. */
export interface World {
  readonly appId: number
  readonly appSecret: string
  /** Milliseconds; Meta's own clock, not ours. */
  readonly now: () => number
  readonly permissions: Permissions
  /** Calls without `appsecret_proof` are refused: a setting of the app. */
  readonly requiresProof: boolean
  readonly pages: readonly GraphPage[]
  /** By Page: what its messenger profile holds. */
  readonly profiles: Map<string, Fields>
  readonly personas: Map<string, Persona>
  /** By Page: the fields that the app asked for. */
  readonly subscriptions: Map<string, Set<string>>
  /** What went wrong and stays so. */
  readonly states: Set<State>
  thread(page: string, psid: string): Thread | undefined
  /** The thread, made if there is none. */
  meet(page: string, psid: string, about: About): Thread
  /** The threads of a Page. */
  threads(page: string): Thread[]
}

export function newWorld(
  basics: Pick<World, 'appId' | 'appSecret' | 'now' | 'permissions' | 'requiresProof' | 'pages'>,
): World {
  const threads = new Map<string, Thread>()
  const key = (page: string, psid: string): string => `${page} ${psid}`
  return {
    ...basics,
    profiles: new Map(),
    personas: new Map(),
    subscriptions: new Map(),
    states: new Set(),
    thread: (page, psid) => threads.get(key(page, psid)),
    meet(page, psid, about) {
      const thread = threads.get(key(page, psid)) ?? newThread(page, psid, about)
      threads.set(key(page, psid), thread)
      return thread
    },
    threads: (page) => [...threads.values()].filter((thread) => thread.page === page),
  }
}
