import { z } from 'zod'
import { normaliseText, type MessageBody, type RemoteFile } from '../../../services/conversations/index.ts'
import type { Verified } from '../verified.ts'

/** What one event of a webhook means to us. `psid` is the person on this Page. */
export type MessengerEvent =
  /** They said something: words, a button, a file. `standby`: another app has the conversation. */
  | { kind: 'said'; psid: string; externalId: string; body: MessageBody; standby: boolean }
  | { kind: 'edited'; psid: string; externalId: string; text: string }
  | { kind: 'unsent'; psid: string; externalId: string }
  /** What we sent comes back with our mark: it arrived. */
  | { kind: 'echo'; psid: string; mark: string; mid: string }
  /** Somebody else wrote for the Page: a person in its inbox, or another app. */
  | { kind: 'saidByOthers'; psid: string }
  | { kind: 'delivered'; psid: string; mids: readonly string[]; until: Date | undefined }
  | { kind: 'read'; psid: string; until: Date }
  /** Meta warns or blocks the Page. */
  | { kind: 'policy'; action: string }
  /** Known and without meaning here, or not known: kept by its name. */
  | { kind: 'other'; name: string }

/** Meta leaves out what there is not, or says null. */
const none = <T>(value: T | null | undefined): T | undefined => value ?? undefined

const idOf = z.looseObject({ id: z.string().min(1) })
const number = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
const attachment = z.looseObject({
  type: z.string().catch('unknown'),
  payload: z
    .looseObject({
      url: z.string().nullish().catch(undefined).transform(none),
      sticker_id: z.union([z.number(), z.string()]).nullish().catch(undefined).transform(none),
      coordinates: z.looseObject({ lat: z.number(), long: z.number() }).nullish().catch(undefined).transform(none),
    })
    .nullish()
    .catch(undefined)
    .transform(none),
})
const message = z.looseObject({
  mid: z.string().min(1),
  text: z.string().nullish().transform(none),
  is_echo: z.boolean().nullish().transform(none),
  is_deleted: z.boolean().nullish().transform(none),
  app_id: z.union([z.number(), z.string()]).nullish().transform(none),
  metadata: z.string().nullish().transform(none),
  quick_reply: z.looseObject({ payload: z.string() }).nullish().transform(none),
  attachments: z.array(attachment).nullish().transform(none),
})
const event = z.looseObject({
  sender: idOf.nullish().catch(undefined).transform(none),
  recipient: idOf.nullish().catch(undefined).transform(none),
  timestamp: number.nullish().catch(undefined).transform(none),
  message: message.nullish().transform(none),
  postback: z
    .looseObject({
      payload: z.string().nullish().transform(none),
      title: z.string().nullish().transform(none),
      mid: z.string().nullish().transform(none),
    })
    .nullish()
    .transform(none),
  message_edit: z.looseObject({ mid: z.string(), text: z.string() }).nullish().transform(none),
  delivery: z
    .looseObject({ mids: z.array(z.string()).nullish().transform(none), watermark: number.nullish().transform(none) })
    .nullish()
    .transform(none),
  read: z.looseObject({ watermark: number }).nullish().transform(none),
  policy_enforcement: z.looseObject({ action: z.string() }).nullish().transform(none),
})
type Event = z.infer<typeof event>

const batch = z.looseObject({
  object: z.string(),
  entry: z
    .array(
      z.looseObject({
        id: z.string().nullish().catch(undefined).transform(none),
        time: number.nullish().catch(undefined).transform(none),
        messaging: z.array(z.unknown()).nullish().catch(undefined).transform(none),
        standby: z.array(z.unknown()).nullish().catch(undefined).transform(none),
      }),
    )
    .catch([]),
})

/** What `quick_reply.payload` and `postback.payload` say that came from a button of ours. */
export const SAY = 'say:'
export const GET_STARTED = 'GET_STARTED'

/**
 * Reads a batch; undefined when it is not about a Page at all. One event that cannot be read costs no other; those
 * of another Page are left out. At most a thousand come at once.
 */
export function readEvents(
  bytes: Verified<Buffer>,
  { pageId, appId, now }: { pageId: string; appId: string; now: Date },
): MessengerEvent[] | undefined {
  const read = batch.safeParse(parsed(bytes))
  if (!read.success || read.data.object !== 'page') return undefined
  return read.data.entry.flatMap((entry) => {
    const fallback = entry.time ?? now.getTime()
    const all = [
      ...(entry.messaging ?? []).map((one) => ({ one, standby: false })),
      ...(entry.standby ?? []).map((one) => ({ one, standby: true })),
    ]
    return all.flatMap(({ one, standby }): MessengerEvent[] => {
      const found = event.safeParse(one)
      if (!found.success) return [{ kind: 'other', name: 'unreadable' }]
      if (entry.id !== undefined && entry.id !== pageId) return []
      return [meaningOf(found.data, { pageId, appId, standby, fallback })]
    })
  })
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown
  } catch {
    return undefined
  }
}

/** Milliseconds; some events come in seconds. */
const moment = (time: number): Date => new Date(time < 1e12 ? time * 1000 : time)

function meaningOf(
  one: Event,
  { pageId, appId, standby, fallback }: { pageId: string; appId: string; standby: boolean; fallback: number },
): MessengerEvent {
  const at = moment(one.timestamp ?? fallback)
  if (one.policy_enforcement !== undefined) return { kind: 'policy', action: one.policy_enforcement.action }
  const isOwn = one.sender?.id === pageId
  const psid = isOwn ? one.recipient?.id : one.sender?.id
  if (psid === undefined) return { kind: 'other', name: nameOf(one) }
  const said = one.message
  if (said !== undefined) {
    if (said.is_echo === true || isOwn) return echoOf(said, { psid, appId })
    if (said.is_deleted === true) return { kind: 'unsent', psid, externalId: said.mid }
    return { kind: 'said', psid, externalId: said.mid, body: bodyOf(said), standby }
  }
  if (one.postback !== undefined) {
    const { payload, title, mid } = one.postback
    const text = payload?.startsWith(SAY) === true ? payload.slice(SAY.length) : (title ?? '')
    const externalId = mid ?? `postback:${psid}:${at.getTime()}:${payload ?? ''}`
    const body: MessageBody = payload === GET_STARTED ? { text: '', opens: true } : { text: normaliseText(text) }
    return { kind: 'said', psid, externalId, body, standby }
  }
  if (one.message_edit !== undefined)
    return { kind: 'edited', psid, externalId: one.message_edit.mid, text: normaliseText(one.message_edit.text) }
  if (one.delivery !== undefined) {
    const until = one.delivery.watermark === undefined ? undefined : moment(one.delivery.watermark)
    return { kind: 'delivered', psid, mids: one.delivery.mids ?? [], until }
  }
  if (one.read !== undefined) return { kind: 'read', psid, until: moment(one.read.watermark) }
  return { kind: 'other', name: nameOf(one) }
}

function echoOf(said: z.infer<typeof message>, { psid, appId }: { psid: string; appId: string }): MessengerEvent {
  const isOurs = said.app_id !== undefined && String(said.app_id) === appId
  if (isOurs) return { kind: 'echo', psid, mark: said.metadata ?? '', mid: said.mid }
  return { kind: 'saidByOthers', psid }
}

/** The thumbs of Messenger's own button, small, middle and large: people mean yes by it. */
const THUMBS = new Set(['369239263222822', '369239343222814', '369239383222810'])

function bodyOf(said: z.infer<typeof message>): MessageBody {
  const pressed = said.quick_reply?.payload
  const text = pressed?.startsWith(SAY) === true ? pressed.slice(SAY.length) : (said.text ?? '')
  const attachments = said.attachments ?? []
  const thumb = attachments.some(({ payload }) => THUMBS.has(String(payload?.sticker_id ?? '')))
  const remote = attachments.map(remoteOf)
  return {
    text: normaliseText(text === '' && thumb ? '👍' : text),
    ...(remote.length === 0 || thumb ? {} : { remote }),
  }
}

const KINDS: Readonly<Record<string, RemoteFile['kind']>> = {
  image: 'image',
  audio: 'audio',
  video: 'video',
  reel: 'video',
  ig_reel: 'video',
  file: 'file',
  sticker: 'sticker',
  location: 'location',
}

function remoteOf({ type, payload }: z.infer<typeof attachment>): RemoteFile {
  const kind = payload?.sticker_id !== undefined ? 'sticker' : (KINDS[type] ?? 'other')
  const url = payload?.url
  const place = payload?.coordinates
  return {
    kind,
    ...(url !== undefined && url.startsWith('https://') ? { url: url.slice(0, 2_000) } : {}),
    ...(place === undefined ? {} : { latitude: place.lat, longitude: place.long }),
  }
}

const nameOf = (one: Event): string =>
  Object.keys(one)
    .find((key) => !['sender', 'recipient', 'timestamp'].includes(key))
    ?.slice(0, 40) ?? 'empty'
