import { deliveryOf, echoOf, fromPerson, PAGE_INBOX, readOf, type Happening } from './events.ts'
import { newMid, stamp, type Thread, type ThreadMessage } from './thread.ts'

/** An advertisement or a link by which a person came. */
export interface Referral {
  ref: string
  source?: string
  adId?: string
}

/** What a person can do. Each act changes what Meta knows of the thread, and makes the event that tells of it. */
export interface Acts {
  says(text: string, options?: { replyTo?: string; referral?: Referral }): Happening
  /** Taps a quick reply. */
  taps(payload: string, title: string): Happening
  /** Taps a button, the menu or "Get started". Captured events have no `mid`. */
  postback(payload: string, title?: string, options?: { referral?: Referral; mid?: string }): Happening
  sendsAttachment(type: string, url?: string, options?: { text?: string }): Happening
  /** A thumb, as since 30 August 2026; `old`: as an image. */
  sendsSticker(options?: { old?: boolean }): Happening
  sendsLocation(lat: number, long: number): Happening
  /** A page that the person shared. */
  sendsLink(url: string, title: string, text?: string): Happening
  reacts(mid: string, reaction?: string, emoji?: string): Happening
  unreacts(mid: string): Happening
  edits(mid: string, text: string): Happening
  unsends(mid: string): Happening
  /** Reads all that the Page sent. */
  reads(): Happening
  /** The device gets all that the Page sent since the last time. */
  receives(options?: { withoutMids?: boolean }): Happening
  /** Comes by a link or an advertisement into a thread that exists. */
  opensReferral(referral: Referral): Happening
  optsIn(ref: string): Happening
  /** Ticks the box on a web page, where the person has no PSID yet. */
  optsInAs(userRef: string, ref: string): Happening
  linksAccount(code: string): Happening
  unlinksAccount(): Happening
  /** A human answers from the Page's inbox, or another app does. */
  isAnsweredElsewhere(text: string, appId?: number): Happening
  /** The thread goes to another app: from now on we are on standby. */
  isHandedTo(appId: number): Happening
  /** The other app takes it without being given it. */
  isTakenBy(appId: number): Happening
  isHandedBack(): Happening
  /** Any other kind of event, as Meta may invent one. */
  does(kind: string, payload: unknown): Happening
}

/**
 * @param appId ours
 * @param now milliseconds
 */
export function actsOn(thread: Thread, appId: number, now: () => number): Acts {
  /** What opens the window: a message, a postback, a reaction, a way into the thread. Reading does not. */
  function opening(field: string, kind: (at: number) => Record<string, unknown>): Happening {
    const at = stamp(thread, now())
    thread.openedAt = at
    return fromPerson(thread, field, at, kind(at))
  }

  function message(content: Record<string, unknown>): Happening {
    return opening('messages', (at) => {
      const mid = newMid()
      const text = typeof content['text'] === 'string' ? { text: content['text'] } : {}
      thread.messages.push({ mid, from: 'person', at, ...text })
      return { message: { mid, ...content } }
    })
  }

  const quietly = (field: string, kind: Record<string, unknown>): Happening =>
    fromPerson(thread, field, stamp(thread, now()), kind)

  const handover = (kind: Record<string, unknown>): Happening => ({
    ...quietly('messaging_handovers', kind),
    isStandby: false,
  })

  return {
    says: (text, { replyTo, referral } = {}) =>
      message({
        text,
        ...(replyTo === undefined ? {} : { reply_to: { mid: replyTo } }),
        ...(referral === undefined ? {} : { referral: referralOf(referral, 'ADS') }),
      }),
    taps: (payload, title) => message({ text: title, quick_reply: { payload } }),
    postback: (payload, title = payload, { referral, mid } = {}) =>
      opening('messaging_postbacks', () => ({
        postback: {
          title,
          // An app on standby is not told the payload.
          ...(thread.ownedBy === undefined ? { payload } : {}),
          ...(mid === undefined ? {} : { mid }),
          ...(referral === undefined ? {} : { referral: referralOf(referral, 'SHORTLINK') }),
        },
      })),
    sendsAttachment: (type, url = `https://scontent.example/${type}/1`, { text } = {}) =>
      message({ ...(text === undefined ? {} : { text }), attachments: [{ type, payload: { url } }] }),
    sendsSticker: ({ old = false } = {}) =>
      message({
        attachments: [
          {
            type: old ? 'image' : 'sticker',
            payload: { url: 'https://scontent.example/thumb.png', sticker_id: 369239263222822 },
          },
        ],
      }),
    sendsLocation: (lat, long) =>
      message({ attachments: [{ type: 'location', payload: { coordinates: { lat, long } } }] }),
    sendsLink: (url, title, text = url) =>
      message({ text, attachments: [{ type: 'fallback', payload: { url, title } }] }),
    reacts: (mid, reaction = 'love', emoji = '❤') =>
      opening('message_reactions', () => ({ reaction: { reaction, emoji, action: 'react', mid } })),
    unreacts: (mid) => quietly('message_reactions', { reaction: { action: 'unreact', mid } }),
    edits(mid, text) {
      const edited = thread.messages.find((one) => one.mid === mid)
      if (edited !== undefined) {
        edited.text = text
        edited.edits = (edited.edits ?? 0) + 1
      }
      return quietly('message_edits', { message_edit: { mid, text, num_edit: edited?.edits ?? 1 } })
    },
    unsends(mid) {
      const unsent = thread.messages.find((one) => one.mid === mid)
      if (unsent !== undefined) unsent.isDeleted = true
      return quietly('messages', { message: { mid, is_deleted: true } })
    },
    reads: () => readOf(thread, stamp(thread, now()), lastOfPage(thread)?.at ?? 0),
    receives({ withoutMids = false } = {}) {
      const mids = thread.messages
        .filter(({ from, at }) => from === 'page' && at > thread.deliveredTo)
        .map(({ mid }) => mid)
      thread.deliveredTo = lastOfPage(thread)?.at ?? 0
      return deliveryOf(thread, stamp(thread, now()), withoutMids ? undefined : mids, thread.deliveredTo)
    },
    opensReferral: (referral) =>
      opening('messaging_referrals', () => ({ referral: referralOf(referral, 'SHORTLINK') })),
    optsIn: (ref) => quietly('messaging_optins', { optin: { ref } }),
    optsInAs(userRef, ref) {
      const happening = quietly('messaging_optins', { optin: { ref, user_ref: userRef } })
      return { ...happening, event: { ...happening.event, sender: { user_ref: userRef } } }
    },
    linksAccount: (code) =>
      quietly('messaging_account_linking', { account_linking: { status: 'linked', authorization_code: code } }),
    unlinksAccount: () => quietly('messaging_account_linking', { account_linking: { status: 'unlinked' } }),
    isAnsweredElsewhere(text, by = PAGE_INBOX) {
      const sent: ThreadMessage = { mid: newMid(), from: 'page', at: stamp(thread, now()), text, appId: by }
      thread.messages.push(sent)
      return echoOf(thread, sent)
    },
    isHandedTo(to) {
      thread.ownedBy = to
      return handover({ pass_thread_control: { previous_owner_app_id: appId, new_owner_app_id: to, metadata: '' } })
    },
    isTakenBy(by) {
      thread.ownedBy = by
      return handover({ take_thread_control: { previous_owner_app_id: appId, new_owner_app_id: by, metadata: '' } })
    },
    isHandedBack() {
      const from = thread.ownedBy ?? PAGE_INBOX
      thread.ownedBy = undefined
      return handover({ pass_thread_control: { previous_owner_app_id: from, new_owner_app_id: appId, metadata: '' } })
    },
    does: (kind, payload) => quietly('messages', { [kind]: payload }),
  }
}

function referralOf({ ref, source, adId }: Referral, usual: string): Record<string, string> {
  return {
    ref,
    ...(adId === undefined ? {} : { ad_id: adId }),
    source: source ?? (adId === undefined ? usual : 'ADS'),
    type: 'OPEN_THREAD',
  }
}

const lastOfPage = (thread: Thread): ThreadMessage | undefined =>
  thread.messages.findLast(({ from }) => from === 'page')
