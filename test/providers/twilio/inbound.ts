import { isWhatsApp, serviceOf, type Account } from './account.ts'
import { placeOf } from './geography.ts'
import type { Media, MediaItem } from './media.ts'
import { newMessage, type Message } from './messages.ts'
import type { Network } from './network.ts'
import type { OptOuts } from './optOut.ts'
import { segmented } from './segments.ts'
import type { Fields, SignatureManner } from './signature.ts'
import { newSid } from './sids.ts'
import { repliesOf, type Alert } from './twiml.ts'
import { post, type Attempt, type Delivered } from './webhooks.ts'

export interface WriteOptions {
  /** Which of our numbers; the first of the person's channel unless said. */
  to?: string
  media?: readonly MediaItem[]
  /** The body comes as base64, as long messages rarely do. */
  base64?: boolean
  /** A button of WhatsApp that was pressed. */
  button?: { text: string; payload: string }
  /** Fields to replace or to add. */
  fields?: Readonly<Record<string, string>>
  signature?: SignatureManner
}

/** A message of a person, and how its webhook went. */
export interface Posted {
  sid: string
  fields: Fields
  attempts: Attempt[]
  /** Our server's status; undefined when no attempt was answered well, and the message was lost. */
  status: number | undefined
  /** Posts the same message once more, as Twilio does at times. */
  again(): Promise<Posted>
}

export interface Inbound {
  write(person: string, body: string, options?: WriteOptions): Promise<Posted>
}

interface InboundWorld {
  account: Account
  network: Network
  optOuts: OptOuts
  media: Media
  /** The log. */
  add(message: Message): void
  alert(alert: Alert): void
  record(posted: Posted): void
}

export function inbound(world: InboundWorld): Inbound {
  const { account, network, optOuts } = world

  async function deliver(message: Message, fields: Fields, signature: SignatureManner): Promise<Posted> {
    const service = serviceOf(account, message.to)
    const url = service?.inboundUrl ?? account.senders.get(message.to)?.inboundUrl ?? account.inboundUrl
    if (url === undefined) throw new Error('nobody said where inbound messages go: inboundUrl')
    // Equal for all attempts at one webhook.
    const headers = { 'i-twilio-idempotency-token': newSid('').slice(0, 32) }
    const { fallbackUrl } = account
    const delivered = await post(account, { url, fallbackUrl, fields, signature, headers })
    for (const body of readAnswer(delivered)) reply(message, body)
    const posted: Posted = {
      sid: message.sid,
      fields,
      attempts: delivered.attempts,
      status: delivered.answer?.status,
      again: () => deliver(message, fields, signature),
    }
    world.record(posted)
    return posted
  }

  function readAnswer({ answer }: Delivered): string[] {
    if (answer === undefined) {
      world.alert({ code: 11200, text: 'HTTP retrieval failure' })
      return []
    }
    const { replies, alert } = repliesOf(answer)
    if (alert !== undefined) world.alert(alert)
    return replies
  }

  /** What our server says in its answer goes out like a message that it sends. */
  function reply(message: Message, body: string): void {
    const out = newMessage({
      sid: newSid('SM'),
      direction: 'outbound-reply',
      to: message.from ?? '',
      from: message.to,
      service: message.service,
      body,
      segments: segmented(body).segments,
      createdAt: account.now(),
      status: 'queued',
    })
    world.add(out)
    network.take(out)
  }

  return {
    write(person, body, options = {}) {
      const to = options.to ?? firstNumber(account, isWhatsApp(person))
      const items = options.media ?? []
      const sid = newSid(items.length > 0 ? 'MM' : 'SM')
      const media = world.media.keep(sid, items)
      const { type, reply } = optOuts.hear(person, to, body)
      const now = account.now()
      if (isWhatsApp(person)) network.openWindow(person, to)
      const message = newMessage({
        sid,
        direction: 'inbound',
        to,
        from: person,
        service: serviceOf(account, to)?.sid ?? null,
        body,
        media: media.map(({ url }) => url),
        segments: segmented(body).segments,
        createdAt: now,
        sentAt: now,
        status: 'received',
      })
      world.add(message)
      if (reply !== undefined) network.receive(person, { body: reply, from: to, sid: null, at: now, media: [] })
      const wire = options.base64 === true ? Buffer.from(body).toString('base64') : body
      const real = (isWhatsApp(person) ? whatsAppFields : smsFields)(account, message, wire, media, type, options)
      return deliver(message, changed(real, options.fields ?? {}), options.signature ?? 'good')
    },
  }
}

function firstNumber(account: Account, onWhatsApp: boolean): string {
  const found = [...account.senders.keys()].find((number) => isWhatsApp(number) === onWhatsApp)
  if (found === undefined) throw new Error('no number of ours to write to')
  return found
}

const changed = (fields: Fields, changes: Readonly<Record<string, string>>): Fields => [
  ...fields.map(([key, value]) => [key, changes[key] ?? value] as const),
  ...Object.entries(changes).filter(([name]) => !fields.some(([key]) => key === name)),
]

type MediaFields = readonly { url: string; type: string }[]

/** In the order of a captured webhook; `ReferralNumMedia` stands for all that Twilio adds without a word. */
function smsFields(
  account: Account,
  message: Message,
  body: string,
  media: MediaFields,
  optOutType: string | undefined,
): Fields {
  const from = placeOf(message.from ?? '')
  const to = placeOf(message.to)
  return [
    ['ToCountry', to.country],
    ...media.map(({ type }, i) => [`MediaContentType${i}`, type] as const),
    ['ToState', to.state],
    ['SmsMessageSid', message.sid],
    ['NumMedia', String(media.length)],
    ['ToCity', ''],
    ['FromZip', ''],
    ['SmsSid', message.sid],
    ...(optOutType === undefined ? [] : ([['OptOutType', optOutType]] as const)),
    ['FromState', from.state],
    ['SmsStatus', 'received'],
    ['FromCity', from.city],
    ['Body', body],
    ['FromCountry', from.country],
    ['To', message.to],
    ...(message.service === null ? [] : ([['MessagingServiceSid', message.service]] as const)),
    ['ToZip', ''],
    ['NumSegments', String(message.segments)],
    ['ReferralNumMedia', '0'],
    ['MessageSid', message.sid],
    ['AccountSid', account.sid],
    ['From', message.from ?? ''],
    ...media.map(({ url }, i) => [`MediaUrl${i}`, url] as const),
    ['ApiVersion', '2010-04-01'],
  ]
}

function whatsAppFields(
  account: Account,
  message: Message,
  body: string,
  media: MediaFields,
  _optOutType: string | undefined,
  { button }: WriteOptions,
): Fields {
  const person = message.from ?? ''
  return [
    ...media.map(({ type }, i) => [`MediaContentType${i}`, type] as const),
    ['SmsMessageSid', message.sid],
    ['NumMedia', String(media.length)],
    ['ProfileName', 'Ana'],
    ['MessageType', button !== undefined ? 'button' : (media[0]?.type.split('/')[0] ?? 'text')],
    ['SmsSid', message.sid],
    ['WaId', person.replace(/^\D+/, '')],
    ['SmsStatus', 'received'],
    ['Body', button?.text ?? body],
    ...(button === undefined
      ? []
      : ([
          ['ButtonText', button.text],
          ['ButtonPayload', button.payload],
        ] as const)),
    ['To', message.to],
    ...(message.service === null ? [] : ([['MessagingServiceSid', message.service]] as const)),
    ['NumSegments', String(message.segments)],
    ['ReferralNumMedia', '0'],
    ['MessageSid', message.sid],
    ['AccountSid', account.sid],
    ['From', person],
    ...media.map(({ url }, i) => [`MediaUrl${i}`, url] as const),
    ['ApiVersion', '2010-04-01'],
  ]
}
