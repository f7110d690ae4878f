import type { PostedCallback } from './callbacks.ts'
import type { FaultName } from './faults.ts'
import type { Posted } from './inbound.ts'
import type { MediaRequest } from './media.ts'
import type { Message } from './messages.ts'
import type { Alert } from './twiml.ts'

/** A request of our server to Twilio. */
export interface RecordedRequest {
  at: number
  method: string
  /** With its query. */
  path: string
  form: URLSearchParams
  /** Status of the answer; undefined: none was given, or not the whole. */
  status: number | undefined
  /** Twilio's code of a refusal. */
  code: number | undefined
  fault: FaultName | undefined
  /** The message that was accepted. */
  sid: string | undefined
}

/** All that passed, each in order. */
export interface TwilioRecord {
  readonly requests: RecordedRequest[]
  /** Messages that were accepted from our server, also those whose answer it never got. */
  readonly messages: Message[]
  readonly inbound: Posted[]
  readonly callbacks: PostedCallback[]
  readonly media: readonly MediaRequest[]
  readonly alerts: Alert[]
}

/** What was accepted more than once, by what makes two messages the same: by its number and text unless said. */
export function repeated(
  { messages }: Pick<TwilioRecord, 'messages'>,
  keyOf: (message: Message) => string = ({ to, body }) => `${to} ${body}`,
): { key: string; sids: string[] }[] {
  const groups = Map.groupBy(messages, keyOf)
  return [...groups]
    .filter(([, group]) => group.length > 1)
    .map(([key, group]) => ({ key, sids: group.map(({ sid }) => sid) }))
}
