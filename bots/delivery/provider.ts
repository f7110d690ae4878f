import type { Found, Head, Outcome, Unclear } from '../../services/delivery/index.ts'

/** What the delivery needs of a channel that must be called. It knows the wire; when and how often is the delivery's. */
export interface Provider {
  /** As in `conversations.channel`. */
  readonly channel: string
  /** Who sends: rates and pauses are an account's. */
  readonly account: string
  /** Calls a second that the account allows. */
  readonly perSecond: number
  /** In how many parts a message leaves; 0: there is nothing in it to send. */
  partsOf(head: Head): number
  /** Why it may not be sent now, as a code; undefined: it may. Decided as late as this, because windows close. */
  refusal(head: Head, now: Date): string | undefined
  /** Sends one part. Never throws: what cannot be told is `unclear`. `mark` is given back by the provider. */
  send(head: Head, part: { mark: string; number: number; now: Date }): Promise<Outcome>
  /** Whether the provider has a part of which nobody knows whether it was sent. */
  find(part: Unclear): Promise<Found>
}
