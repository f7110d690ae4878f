import type { Account, Outcome } from './account.ts'

export type Status =
  | 'accepted'
  | 'scheduled'
  | 'queued'
  | 'sending'
  | 'sent'
  | 'delivered'
  | 'undelivered'
  | 'failed'
  | 'canceled'
  | 'read'
  | 'received'

/** A message of Twilio's log, to a person or from one. Instants are milliseconds of the stand-in's clock. */
export interface Message {
  readonly sid: string
  readonly direction: 'inbound' | 'outbound-api' | 'outbound-reply'
  readonly to: string
  /** Null until a service has chosen a sender. */
  from: string | null
  readonly service: string | null
  body: string
  /** Addresses of what goes with it. */
  readonly media: readonly string[]
  readonly segments: number
  readonly template: string | null
  readonly createdAt: number
  updatedAt: number
  sentAt: number | null
  status: Status
  errorCode: number | null
  errorMessage: string | null
  readonly statusCallback: string | null
  /** What our server wrote into the query of `statusCallback`. */
  readonly callbackQuery: Readonly<Record<string, string>>
  readonly sendAt: number | null
  readonly validityMs: number
  /** When its sender's queue comes to it. */
  departsAt: number | null
  outcome: Outcome
}

/** What a message has not, unless it is said. */
export const newMessage = (
  known: Pick<Message, 'sid' | 'direction' | 'to' | 'from' | 'service' | 'body' | 'segments' | 'createdAt' | 'status'> &
    Partial<Message>,
): Message => ({
  media: [],
  template: null,
  updatedAt: known.createdAt,
  sentAt: null,
  errorCode: null,
  errorMessage: null,
  statusCallback: null,
  callbackQuery: {},
  sendAt: null,
  validityMs: 36_000_000,
  departsAt: null,
  outcome: 'delivered',
  ...known,
})

const BEFORE_SENDER: ReadonlySet<Status> = new Set(['accepted', 'scheduled'])

/** A message as the API shows it. */
export function messageJson(account: Account, message: Message, { redacted = false } = {}): Record<string, unknown> {
  const uri = `/2010-04-01/Accounts/${account.sid}/Messages/${message.sid}`
  return {
    sid: message.sid,
    account_sid: account.sid,
    api_version: '2010-04-01',
    body: redacted ? '' : message.body,
    date_created: dateText(message.createdAt),
    date_updated: dateText(message.updatedAt),
    date_sent: message.sentAt === null ? null : dateText(message.sentAt),
    direction: message.direction,
    error_code: message.errorCode,
    error_message: message.errorMessage,
    from: message.from,
    to: message.to,
    messaging_service_sid: message.service,
    num_media: String(message.media.length),
    num_segments: BEFORE_SENDER.has(message.status) ? '0' : String(message.segments),
    price: null,
    price_unit: null,
    status: message.status,
    subresource_uris: { media: `${uri}/Media.json` },
    uri: `${uri}.json`,
  }
}

/** `Tue, 24 Nov 2026 10:00:00 +0000`. */
const dateText = (at: number): string => new Date(at).toUTCString().replace('GMT', '+0000')
