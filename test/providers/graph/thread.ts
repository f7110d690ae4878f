import { randomBytes } from 'node:crypto'
import type { OutboundMessage } from './limits.ts'

/** A message of a thread, whoever wrote it. */
export interface ThreadMessage {
  /** Meta's id of it. */
  mid: string
  from: 'page' | 'person'
  /** Milliseconds of the stand-in's clock. */
  at: number
  text?: string
  /** As it was posted to the Send API, for what the Page sent. */
  message?: OutboundMessage
  metadata?: string
  /** The app that sent it for the Page. */
  appId?: number
  tag?: string
  isDeleted?: boolean
  /** How often the person changed it. */
  edits?: number
}

/** What a person and a Page have together: Meta's side of it. */
export interface Thread {
  readonly page: string
  readonly psid: string
  /** Oldest first. */
  readonly messages: ThreadMessage[]
  readonly firstName: string
  readonly lastName: string
  /** What `GET /{PSID}` answers: the name, or one of the two errors that mean that there is none to have. */
  readonly profile: 'open' | 'none' | 'withheld'
  /** When the person last did what opens the window; `undefined`: never. */
  openedAt: number | undefined
  isBlocked: boolean
  /** The account is gone: no such user. */
  isGone: boolean
  /** Another app has the thread. */
  ownedBy: number | undefined
  /** Since when the Page shows that it types; Messenger stops showing it after 20 s. */
  typingSince: number | undefined
  /** The timestamp of the Page's last message that was said to be delivered. */
  deliveredTo: number
  /** When the Page last marked the thread as seen. */
  seenAt: number | undefined
  /** The last timestamp that was given, so that order is told by timestamps within a thread. */
  lastStamp: number
}

/** Who a person is; what is not said is made up. */
export interface About {
  page?: string
  firstName?: string
  lastName?: string
  profile?: Thread['profile']
}

export function newThread(page: string, psid: string, about: About): Thread {
  return {
    page,
    psid,
    messages: [],
    firstName: about.firstName ?? 'Amina',
    lastName: about.lastName ?? `N${psid}`,
    profile: about.profile ?? 'open',
    openedAt: undefined,
    isBlocked: false,
    isGone: false,
    ownedBy: undefined,
    typingSince: undefined,
    deliveredTo: 0,
    seenAt: undefined,
    lastStamp: 0,
  }
}

/** Message ids are opaque and long; they are drawn, so that two stand-ins over one database never give the same. */
export const newMid = (): string => `m_${randomBytes(48).toString('base64url')}`

/**
 * The next timestamp of a thread: `now`, or just after the last one when the clock has not moved. A clock that was set
 * back by more than a second is believed.
 */
export function stamp(thread: Thread, now: number): number {
  const isAhead = thread.lastStamp >= now && thread.lastStamp - now < 1_000
  thread.lastStamp = isAhead ? thread.lastStamp + 1 : now
  return thread.lastStamp
}
