import type { Thread, ThreadMessage } from './thread.ts'

/** An event of `entry[].messaging[]`, as it goes over the wire. */
export interface GraphEvent {
  sender?: { id?: string; user_ref?: string }
  recipient?: { id: string }
  /** Milliseconds; seconds in some captured events. */
  timestamp?: number
  [kind: string]: unknown
}

/** Something that happened, and to which subscription it belongs. */
export interface Happening {
  page: string
  /** The field of `subscribed_fields` that asks for it. */
  field: string
  /** Another app has the thread: it goes to `standby[]`. */
  isStandby: boolean
  event: GraphEvent
}

/** What a Page may subscribe to. */
export const FIELDS = [
  'messages',
  'messaging_postbacks',
  'messaging_optins',
  'messaging_referrals',
  'message_deliveries',
  'message_reads',
  'message_echoes',
  'message_reactions',
  'message_edits',
  'messaging_handovers',
  'standby',
  'messaging_account_linking',
  'messaging_policy_enforcement',
] as const

/** The app of the Page's own inbox, where a human answers. */
export const PAGE_INBOX = 263902037430900

/** The person did something on this thread. */
export function fromPerson(thread: Thread, field: string, timestamp: number, kind: Record<string, unknown>): Happening {
  return {
    page: thread.page,
    field,
    isStandby: thread.ownedBy !== undefined,
    event: { sender: { id: thread.psid }, recipient: { id: thread.page }, timestamp, ...kind },
  }
}

/** What Meta tells the Page of a message that the Page sent, by whichever app. */
export function echoOf(thread: Thread, sent: ThreadMessage): Happening {
  const attachment = sent.message?.attachment
  const message = {
    mid: sent.mid,
    is_echo: true,
    ...(sent.text === undefined || attachment !== undefined ? {} : { text: sent.text }),
    ...(attachment === undefined ? {} : { attachments: [attachment] }),
    ...(sent.appId === undefined ? {} : { app_id: sent.appId }),
    ...(sent.metadata === undefined ? {} : { metadata: sent.metadata }),
  }
  return {
    page: thread.page,
    field: 'message_echoes',
    isStandby: false,
    event: { sender: { id: thread.page }, recipient: { id: thread.psid }, timestamp: sent.at, message },
  }
}

/** The person's device got all that the Page sent up to `watermark`. */
export function deliveryOf(
  thread: Thread,
  timestamp: number,
  mids: string[] | undefined,
  watermark: number,
): Happening {
  const delivery = { ...(mids === undefined ? {} : { mids }), watermark }
  return { ...fromPerson(thread, 'message_deliveries', timestamp, { delivery }), isStandby: false }
}

export function readOf(thread: Thread, timestamp: number, watermark: number): Happening {
  return { ...fromPerson(thread, 'message_reads', timestamp, { read: { watermark } }), isStandby: false }
}

/**
 * The body of a POST. One entry an event, as Meta documents; `together`: all events of a Page in one entry.
 * @param time milliseconds
 */
export function envelope(happenings: readonly Happening[], time: number, together = false): Record<string, unknown> {
  const groups: Happening[][] = []
  for (const one of happenings) {
    const group = groups.find(([first]) => together && first?.page === one.page && first.isStandby === one.isStandby)
    if (group === undefined) groups.push([one])
    else group.push(one)
  }
  return {
    object: 'page',
    entry: groups.map((group) => ({
      id: group[0]?.page,
      time,
      [group[0]?.isStandby === true ? 'standby' : 'messaging']: group.map(({ event }) => event),
    })),
  }
}
