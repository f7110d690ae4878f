import type { OutboundMessage } from './limits.ts'
import type { Posted } from './webhook.ts'

/** A request that came to the stand-in, refused or not. */
export interface RecordedRequest {
  /** Milliseconds of the stand-in's clock. */
  at: number
  method: string
  /** Without version and query: `/me/messages`. */
  path: string
  version: string
  body: unknown
  /** Where the token stood. */
  token: 'query' | 'bearer' | 'body' | 'absent'
  hasProof: boolean
  /** The fault that it met, by name. */
  fault?: string
  /** HTTP status; 0: no answer was given. */
  status: number
  /** `code` or `code/subcode` of a refusal. */
  error?: string
}

/** A message that Meta took: a person got it. */
export interface AcceptedMessage {
  mid: string
  page: string
  psid: string
  at: number
  metadata: string | undefined
  /** Its text, or its template's. */
  text: string
  message: OutboundMessage
  messagingType: string
  tag: string | undefined
  personaId: string | undefined
  /** Sent with HUMAN_AGENT: somebody must have typed it. */
  isHumanAgent: boolean
  /** The fault that it met, by name: an answer may have been lost. */
  fault: string | undefined
}

/** All that happened, for tests to count. */
export interface GraphRecord {
  readonly requests: RecordedRequest[]
  readonly messages: AcceptedMessage[]
  /** Each POST to the webhook, and how it was answered. */
  readonly posts: Posted[]
  /** What Meta would tell the developer. */
  readonly alerts: string[]
  /** Requests to this path, such as `/me/messages`. */
  requestsTo(path: string): RecordedRequest[]
  byMetadata(metadata: string): AcceptedMessage[]
  /** The metadata of messages that people got more than once, with the number of times. */
  duplicates(): Map<string, number>
  humanAgent(): AcceptedMessage[]
  clear(): void
}

export function newRecord(): GraphRecord {
  const requests: RecordedRequest[] = []
  const messages: AcceptedMessage[] = []
  const posts: Posted[] = []
  const alerts: string[] = []
  return {
    requests,
    messages,
    posts,
    alerts,
    requestsTo: (path) => requests.filter((one) => one.path === path),
    byMetadata: (metadata) => messages.filter((one) => one.metadata === metadata),
    duplicates() {
      const counts = new Map<string, number>()
      for (const { metadata } of messages)
        if (metadata !== undefined) counts.set(metadata, (counts.get(metadata) ?? 0) + 1)
      return new Map([...counts].filter(([, count]) => count > 1))
    },
    humanAgent: () => messages.filter(({ isHumanAgent }) => isHumanAgent),
    clear() {
      for (const list of [requests, messages, posts, alerts]) list.length = 0
    },
  }
}
