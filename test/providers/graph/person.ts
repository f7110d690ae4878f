import { actsOn, type Acts } from './acts.ts'
import type { Happening } from './events.ts'
import { stamp, type Thread, type ThreadMessage } from './thread.ts'
import type { Posted } from './webhook.ts'
import type { World } from './world.ts'

/** A message of the Page, as it stands on the person's screen. */
export interface Seen {
  mid: string
  text: string
  /** Milliseconds of the stand-in's clock. */
  at: number
  metadata: string | undefined
  /** The app that sent it; `undefined` never, ours or another's. */
  appId: number | undefined
  quickReplies: { title: string; payload: string }[]
  buttons: { type: string; title: string; payload?: string; url?: string }[]
}

/** Somebody with Messenger. Every act is posted to our webhook; `event` makes the same without posting, for a batch. */
export type Person = { readonly [act in keyof Acts]: (...args: Parameters<Acts[act]>) => Promise<Posted> } & {
  readonly psid: string
  readonly page: string
  readonly event: Acts
  /** What the Page sent, oldest first, whichever app did. */
  readonly sees: Seen[]
  /** Quick replies on the screen: they are gone with the next message of anybody. */
  readonly choices: Seen['quickReplies']
  /** Three dots. They vanish by themselves after 20 s. */
  readonly seesTyping: boolean
  /** The Page's mark under the person's last message. */
  readonly isSeen: boolean
  /** The Page can't reach this person, who is not told to it. */
  blocks(): void
  unblocks(): void
  /** The account is deleted. */
  leaves(): void
  /** Comments on a post of the Page: it opens the window, and no event that we get tells of it. */
  comments(): void
}

const TYPING_MS = 20_000

export function newPerson(thread: Thread, world: World, send: (one: Happening) => Promise<Posted>): Person {
  const event = actsOn(thread, world.appId, world.now)
  const posting = Object.fromEntries(
    Object.entries(event).map(([name, act]: [string, (...args: never[]) => Happening]) => [
      name,
      (...args: never[]) => send(act(...args)),
    ]),
  ) as Pick<Person, keyof Acts>
  const own: Omit<Person, keyof Acts> = {
    psid: thread.psid,
    page: thread.page,
    event,
    get sees() {
      return thread.messages.filter(({ from }) => from === 'page').map(seen)
    },
    get choices() {
      const last = thread.messages.at(-1)
      return last === undefined ? [] : seen(last).quickReplies
    },
    get seesTyping() {
      return thread.typingSince !== undefined && world.now() - thread.typingSince < TYPING_MS
    },
    get isSeen() {
      const last = thread.messages.findLast(({ from }) => from === 'person')
      return last !== undefined && thread.seenAt !== undefined && thread.seenAt >= last.at
    },
    blocks: () => void (thread.isBlocked = true),
    unblocks: () => void (thread.isBlocked = false),
    leaves: () => void (thread.isGone = true),
    comments: () => void (thread.openedAt = stamp(thread, world.now())),
  }
  return Object.defineProperties(posting, Object.getOwnPropertyDescriptors(own)) as Person
}

function seen({ mid, at, text, metadata, appId, message }: ThreadMessage): Seen {
  const buttons = message?.attachment?.payload['buttons']
  return {
    mid,
    at,
    text: text ?? '',
    metadata,
    appId,
    quickReplies: (message?.quick_replies ?? []).map(({ title = '', payload = '' }) => ({ title, payload })),
    buttons: Array.isArray(buttons) ? (buttons as Seen['buttons']) : [],
  }
}
