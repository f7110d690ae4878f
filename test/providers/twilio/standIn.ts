import type { Account, Outcome } from './account.ts'
import type { CallbackManner, PostedCallback } from './callbacks.ts'
import type { Fault, FaultName, FaultSide } from './faults.ts'
import type { Posted, WriteOptions } from './inbound.ts'
import type { Status } from './messages.ts'
import type { Received } from './network.ts'
import type { TwilioRecord } from './record.ts'
import type { Fields, SignatureManner } from './signature.ts'
import type { Delivered } from './webhooks.ts'

/** A person's phone. */
export interface Phone {
  readonly number: string
  /** What it got, in order, also what Twilio itself answered. */
  readonly received: readonly Received[]
  texts(): string[]
  /** Writes to a number of ours: Twilio posts it, and this resolves when it has an answer or gave up. */
  writes(body: string, options?: WriteOptions): Promise<Posted>
}

/** What may go wrong at random. Rates are from 0 to 1. */
export interface Soak {
  seed: number
  faults?: Partial<Record<FaultName, number>>
  callbacks?: Partial<Record<'never' | 'doubled' | 'reversed', number>>
}

/** A Twilio of the test's own. It has one account. */
export interface TwilioStandIn {
  /** What `TWILIO_API_URL` is set to. */
  readonly url: string
  readonly account: Account
  readonly record: TwilioRecord
  /** Where our server is, once it has started. */
  connect(to: Partial<Pick<Account, 'inboundUrl' | 'fallbackUrl' | 'loopbackUrl'>>): void
  /** `+1…`, or `whatsapp:+1…`. */
  phone(number: string): Phone
  /** Posts any fields to the inbound address, or to `url`. */
  post(
    fields: Record<string, string> | Fields,
    options?: { signature?: SignatureManner; url?: string },
  ): Promise<Delivered>
  /** Posts JSON as Twilio signs it: the digest in the URL. */
  postJson(json: unknown, options?: { signature?: SignatureManner; url?: string }): Promise<number | undefined>
  /** How the next messages that are accepted end. */
  ends(next: Outcome | readonly Outcome[]): void
  /** What goes wrong with the next requests, one each. */
  fail(next: Fault | readonly Fault[], side?: FaultSide): void
  soak(plan: Soak): void
  /** Nothing goes wrong any more. */
  calm(): void
  /** How status callbacks come from now on. */
  callbacks(manner: Partial<CallbackManner>): void
  /** Sends and delivers what the clock says is due; nothing is posted. */
  carry(): void
  /** The same, then posts the callbacks that wait, and resolves when all were answered. */
  flushCallbacks(): Promise<PostedCallback[]>
  /** A status that comes now, whatever came before. */
  report(sid: string, status: Status, errorCode?: number): Promise<PostedCallback[]>
  /** Says that somebody is opted out of a number or a service, or is not. */
  setOptOut(person: string, sender: string, isOut: boolean): void
  isOptedOut(person: string, sender: string): boolean
  /** A new primary token; the old one is still accepted, and signs no more. */
  rotateToken(token: string): void
  /** Nobody answers at `url` until `plugIn`. */
  unplug(): Promise<void>
  plugIn(): Promise<void>
  close(): Promise<void>
}
