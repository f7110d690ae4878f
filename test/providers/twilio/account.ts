import { newSid } from './sids.ts'

/** A number of ours, or a WhatsApp sender (`whatsapp:+1…`). */
export interface Sender {
  number: string
  kind: 'longCode' | 'tollFree' | 'shortCode' | 'whatsapp'
  /** Toll-free: verified; long code: registered with US carriers. True unless said. */
  approved?: boolean
  /** Where its messages are posted, instead of the account's `inboundUrl`. */
  inboundUrl?: string
  /** Segments a second: 1, 3 and 100 for long code, toll-free and short code unless said. */
  rate?: number
}

/** Words that a service answers besides Twilio's own, and how. Its webhooks have `OptOutType`. */
export interface AdvancedOptOut {
  stop?: readonly string[]
  start?: readonly string[]
  help?: readonly string[]
  replies?: Partial<Record<'STOP' | 'START' | 'HELP', string>>
}

/** A messaging service: a pool of senders, which queues for them. */
export interface Service {
  sid: string
  senders: readonly string[]
  advancedOptOut?: AdvancedOptOut
  smartEncoding?: boolean
  inboundUrl?: string
}

/** How a message that was accepted ends. `sent` may be the last ever; `read` is WhatsApp's. */
export type Outcome = 'delivered' | 'sent' | 'read' | { undelivered: number } | { failed: number }

/** What Twilio knows of a number that is written to: why it refuses, or how messages to it end. */
export type Reach =
  | 'mobile'
  | 'invalid'
  | 'notMobile'
  | 'landline'
  | 'noRoute'
  | 'regionOff'
  | 'unverified'
  | 'optedOut'
  | Outcome

export interface TwilioOptions {
  /** Milliseconds since 1970 on the stand-in's clock. */
  now?: () => number
  accountSid?: string
  /** The primary token, which signs, and a secondary one, which is only accepted. */
  tokens?: readonly [primary: string, secondary?: string]
  apiKey?: { sid: string; secret: string }
  senders?: readonly Sender[]
  services?: readonly Service[]
  /** Approved templates: their text with `{{1}}`, by ContentSid. */
  templates?: Readonly<Record<string, string>>
  /** Countries that may be written to. */
  regions?: readonly string[]
  /** Numbers of which Twilio knows something; everybody else has a mobile phone. */
  people?: Readonly<Record<string, Reach>>
  /** Public address that inbound messages are posted to, with Twilio's overrides after `#`. */
  inboundUrl?: string
  fallbackUrl?: string
  /** Where our server really listens, when the public address is another: requests come as a proxy forwards them. */
  loopbackUrl?: string
  /** How late a message comes into the list. */
  listLagMs?: number
  /** The list and single messages have no body. */
  redactBodies?: boolean
  /** How an opted-out person is refused when a service sends: at once, or by a callback. */
  optedOutBy?: 'answer' | 'callback'
  /** Requests under way at once; more are answered 429. */
  maxConcurrent?: number
  /** Ten hours of segments, unless said. */
  queueSeconds?: number
  /** Whether media needs the account's credentials. */
  mediaNeedsAuth?: boolean
}

/** The options, complete. Where our server is may be told later. */
export interface Account {
  readonly now: () => number
  readonly sid: string
  readonly apiKey: { sid: string; secret: string }
  readonly senders: ReadonlyMap<string, Sender>
  readonly services: ReadonlyMap<string, Service>
  readonly templates: Readonly<Record<string, string>>
  readonly regions: readonly string[]
  readonly people: Map<string, Reach>
  readonly optedOutBy: 'answer' | 'callback'
  readonly maxConcurrent: number
  readonly queueMs: number
  readonly mediaNeedsAuth: boolean
  tokens: readonly [primary: string, secondary?: string]
  inboundUrl: string | undefined
  fallbackUrl: string | undefined
  loopbackUrl: string | undefined
  listLagMs: number
  redactBodies: boolean
}

// The senders of an account that is told nothing.
export const LONG_CODE = '+15145550199'
export const TOLL_FREE = '+18445550199'
export const SHORT_CODE = '123456'
export const WHATSAPP = 'whatsapp:+15145550198'
/** A service whose only sender is the second long code. */
export const SERVICE_SID = 'MG00000000000000000000000000000199'
export const POOLED = '+15145550197'

const SENDERS: readonly Sender[] = [
  { number: LONG_CODE, kind: 'longCode' },
  { number: TOLL_FREE, kind: 'tollFree' },
  { number: SHORT_CODE, kind: 'shortCode' },
  { number: POOLED, kind: 'longCode' },
  { number: WHATSAPP, kind: 'whatsapp' },
]

/** Twilio's own numbers for tests, which behave as documented for its test credentials. */
const MAGIC: Readonly<Record<string, Reach>> = {
  '+15005550001': 'invalid',
  '+15005550002': 'noRoute',
  '+15005550003': 'regionOff',
  '+15005550004': 'optedOut',
  '+15005550009': 'notMobile',
}

export function accountOf(options: TwilioOptions): Account {
  const services = options.services ?? [{ sid: SERVICE_SID, senders: [POOLED] }]
  return {
    now: options.now ?? Date.now,
    sid: options.accountSid ?? newSid('AC'),
    tokens: options.tokens ?? [newSid('').slice(0, 32)],
    apiKey: options.apiKey ?? { sid: newSid('SK'), secret: newSid('').slice(0, 32) },
    senders: new Map((options.senders ?? SENDERS).map((sender) => [sender.number, sender])),
    services: new Map(services.map((service) => [service.sid, service])),
    templates: options.templates ?? {},
    regions: options.regions ?? ['CA', 'US'],
    people: new Map(Object.entries({ ...MAGIC, ...options.people })),
    optedOutBy: options.optedOutBy ?? 'answer',
    maxConcurrent: options.maxConcurrent ?? Infinity,
    queueMs: (options.queueSeconds ?? 36_000) * 1000,
    mediaNeedsAuth: options.mediaNeedsAuth ?? true,
    inboundUrl: options.inboundUrl,
    fallbackUrl: options.fallbackUrl,
    loopbackUrl: options.loopbackUrl,
    listLagMs: options.listLagMs ?? 0,
    redactBodies: options.redactBodies ?? false,
  }
}

/** The service that a number of ours is in. */
export const serviceOf = (account: Account, number: string): Service | undefined =>
  [...account.services.values()].find(({ senders }) => senders.includes(number))

/** Whether an address is of WhatsApp. */
export const isWhatsApp = (address: string): boolean => address.startsWith('whatsapp:')
