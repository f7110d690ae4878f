import { createHash } from 'node:crypto'
import { randomFrom } from '../../support/seeded.ts'
import { graphError, type GraphError, type GraphErrorAsked } from './errors.ts'

/** Parts of the Graph API that a fault can be laid on. `actions`: typing and seen. */
export type Surface = 'messages' | 'actions' | 'conversations' | 'profile' | 'personas' | 'people' | 'subscriptions'

/** An answer that tells nothing; the message went out or did not. */
type Answer = 'html200' | 'truncated' | 'cut' | 'noMessageId' | 500 | 502 | 503

/**
 * What goes wrong with one request.
 *
 * - `none`: nothing, so that a list can say "the third"
 * - `errorIn200`: an error in the body of a 200 (code 2: nothing was sent)
 * - `noMessageId`, `truncated`: sent; a good answer without `message_id`, half of its JSON
 * - `cut`: sent; the connection ends in the middle of the answer
 * - `html200`: not sent; a page of some proxy
 * - 403, 429: refused with a body of Meta's; 500, 502, 503: not sent
 * - `{ answer, accepted }`: any of these answers, sent or not
 * - `{ graph }`: refused with any error of Meta's
 * - `maybeSent`: 1/1357046, yet sent, delivered and echoed
 * - `hang`: no answer, never sent; `hangThenDeliver`: sent once the client hangs up or `release()` is called;
 *   `hangUntilRelease`: sent at `release()` only, long after the client gave up
 * - `resetBefore`, `resetAfter`: the connection is reset before the message is taken, or after
 * - `{ slow }`: sent, and answered after so many milliseconds or at `release()`
 * - `echoBeforeReply`, `echoLate` (at `flushEchoes()`), `noEcho`, `echoTwice`
 * - `delivery`, `deliveryWithoutMids`, `readBeforeDelivery`: sent, and the person's device tells at once
 * - `tokenRevoked`, `pageRestricted`, `usageFull`: from this request on, until `heal()`
 */
export type Fault =
  | 'none'
  | 'errorIn200'
  | 'maybeSent'
  | 'hang'
  | 'hangThenDeliver'
  | 'hangUntilRelease'
  | 'resetBefore'
  | 'resetAfter'
  | 'echoBeforeReply'
  | 'echoLate'
  | 'noEcho'
  | 'echoTwice'
  | 'delivery'
  | 'deliveryWithoutMids'
  | 'readBeforeDelivery'
  | 'tokenRevoked'
  | 'pageRestricted'
  | 'usageFull'
  | 403
  | 429
  | Answer
  | { graph: GraphErrorAsked }
  | { slow: number }
  | { answer: Answer; accepted: boolean }

/** On which requests a fault falls; sends of messages unless said. */
export interface Where {
  on?: Surface | 'any'
  /** Requests about this person only. */
  psid?: string
}

/** A fault, as the server carries it out. */
export interface Plan {
  /** How the record calls it. */
  name: string
  /** Whether the request does its work, and when. */
  work: 'now' | 'never' | 'onHangUp' | 'onRelease'
  reply: Reply
  /** Milliseconds before the answer. */
  delayMs: number
  echo: 'usual' | 'before' | 'late' | 'none' | 'twice'
  receipts: 'usual' | 'delivery' | 'deliveryWithoutMids' | 'readFirst'
  /** What it changes for all later requests. */
  state?: State
}

export type State = 'tokenRevoked' | 'pageRestricted' | 'usageFull'

export type Reply =
  | { kind: 'good' | 'noMessageId' | 'truncated' | 'cut' | 'reset' | 'silence' }
  | { kind: 'error'; error: GraphError }
  | { kind: 'html'; status: number }

/** What a random run draws: a share of requests for each name, from 0 to 1. */
export type Rates = Partial<Record<keyof typeof DRAWN, number>>

/** Faults by the names that a random run draws. An answer that tells nothing comes both ways. */
const DRAWN = {
  errorIn200: 'errorIn200',
  noMessageId: 'noMessageId',
  truncated: 'truncated',
  cut: 'cut',
  html200Sent: { answer: 'html200', accepted: true },
  html200Lost: 'html200',
  serverErrorSent: { answer: 500, accepted: true },
  serverErrorLost: 500,
  badGatewaySent: { answer: 502, accepted: true },
  badGatewayLost: 502,
  tooMany: 429,
  transient: { graph: { code: 1200 } },
  maybeSent: 'maybeSent',
  hang: 'hang',
  hangThenDeliver: 'hangThenDeliver',
  resetBefore: 'resetBefore',
  resetAfter: 'resetAfter',
  echoBeforeReply: 'echoBeforeReply',
  echoTwice: 'echoTwice',
  noEcho: 'noEcho',
  deliveryWithoutMids: 'deliveryWithoutMids',
  readBeforeDelivery: 'readBeforeDelivery',
} as const satisfies Record<string, Fault>

/** Three sends of ten go wrong in some way; nothing that makes a client wait. */
export const SOAK_RATES: Rates = {
  errorIn200: 0.02,
  noMessageId: 0.02,
  truncated: 0.02,
  cut: 0.01,
  html200Sent: 0.01,
  html200Lost: 0.01,
  serverErrorSent: 0.02,
  serverErrorLost: 0.02,
  badGatewaySent: 0.01,
  badGatewayLost: 0.01,
  tooMany: 0.01,
  transient: 0.02,
  maybeSent: 0.02,
  resetBefore: 0.02,
  resetAfter: 0.02,
  echoBeforeReply: 0.02,
  echoTwice: 0.02,
  deliveryWithoutMids: 0.01,
  readBeforeDelivery: 0.01,
}

/** Faults that wait for their request, and the random ones. */
export interface Faults {
  add(next: Fault | readonly Fault[], where?: Where): void
  /** The first that waits for such a request, else one drawn, else `none`. `key`: what the draw depends on. */
  take(surface: Surface, psid: string | undefined, key: string): Plan
  /** Draws for each send; the same seed draws the same for the nth attempt at the same message, in any order. */
  random(seed: number, rates: Rates): void
  /** Nothing waits, nothing is drawn. */
  clear(): void
  waiting(): number
}

export function newFaults(): Faults {
  let queue: { fault: Fault; where: Where }[] = []
  let draws: { seed: number; rates: Rates } | undefined
  let attempts = new Map<string, number>()
  return {
    add(next, where = {}) {
      for (const fault of Array.isArray(next) ? (next as readonly Fault[]) : [next as Fault])
        queue.push({ fault, where })
    },
    take(surface, psid, key) {
      const found = queue.find(
        ({ where }) =>
          (where.on === 'any' || (where.on ?? 'messages') === surface) &&
          (where.psid === undefined || where.psid === psid),
      )
      if (found !== undefined) {
        queue = queue.filter((one) => one !== found)
        return planOf(found.fault)
      }
      if (draws === undefined || surface !== 'messages') return planOf('none')
      const attempt = (attempts.get(key) ?? 0) + 1
      attempts.set(key, attempt)
      return planOf(drawn(draws.rates, numberOf(`${draws.seed} ${attempt} ${key}`)))
    },
    random(seed, rates) {
      draws = { seed, rates }
      attempts = new Map()
    },
    clear() {
      queue = []
      draws = undefined
    },
    waiting: () => queue.length,
  }
}

function drawn(rates: Rates, seed: number): Fault {
  let left = randomFrom(seed)()
  for (const [name, rate] of Object.entries(rates)) {
    left -= rate
    if (left < 0) return DRAWN[name as keyof typeof DRAWN]
  }
  return 'none'
}

const numberOf = (text: string): number => createHash('sha256').update(text).digest().readInt32LE(0)

const GOOD = { work: 'now', reply: { kind: 'good' }, delayMs: 0, echo: 'usual', receipts: 'usual' } as const

/** What a fault means for the server. */
function planOf(fault: Fault): Plan {
  const plan = (changes: Partial<Plan>): Plan => ({ ...GOOD, name: nameOf(fault), ...changes })
  const refused = (asked: GraphErrorAsked): Plan =>
    plan({ work: 'never', reply: { kind: 'error', error: graphError(asked) } })
  if (typeof fault === 'object') {
    if ('graph' in fault) return refused(fault.graph)
    if ('slow' in fault) return plan({ delayMs: fault.slow })
    return plan({ work: fault.accepted ? 'now' : 'never', reply: replyOf(fault.answer) })
  }
  switch (fault) {
    case 'errorIn200':
      return refused({ code: 2, status: 200 })
    case 'noMessageId':
    case 'truncated':
    case 'cut':
      return plan({ reply: replyOf(fault) })
    case 'html200':
    case 500:
    case 502:
    case 503:
      return plan({ work: 'never', reply: replyOf(fault) })
    case 403:
      return refused({ code: 200, status: 403 })
    case 429:
      return refused({ code: 4, status: 429 })
    case 'maybeSent':
      return plan({ reply: { kind: 'error', error: graphError({ code: 1, subcode: 1357046 }) }, receipts: 'delivery' })
    case 'hang':
      return plan({ work: 'never', reply: { kind: 'silence' } })
    case 'hangThenDeliver':
      return plan({ work: 'onHangUp', reply: { kind: 'silence' }, receipts: 'delivery' })
    case 'hangUntilRelease':
      return plan({ work: 'onRelease', reply: { kind: 'silence' }, receipts: 'delivery' })
    case 'resetBefore':
      return plan({ work: 'never', reply: { kind: 'reset' } })
    case 'resetAfter':
      return plan({ reply: { kind: 'reset' } })
    case 'echoBeforeReply':
      return plan({ echo: 'before' })
    case 'echoLate':
      return plan({ echo: 'late' })
    case 'noEcho':
      return plan({ echo: 'none' })
    case 'echoTwice':
      return plan({ echo: 'twice' })
    case 'delivery':
    case 'deliveryWithoutMids':
      return plan({ receipts: fault })
    case 'readBeforeDelivery':
      return plan({ receipts: 'readFirst' })
    case 'tokenRevoked':
    case 'pageRestricted':
    case 'usageFull':
      return plan({ state: fault })
    case 'none':
      return plan({})
  }
}

function replyOf(answer: Answer): Reply {
  if (answer === 'html200') return { kind: 'html', status: 200 }
  // A 500 has a body of Meta's which says nothing; the others come from before its servers.
  if (answer === 500) return { kind: 'error', error: graphError({ code: 1, subcode: 99, status: 500 }) }
  if (typeof answer === 'number') return { kind: 'html', status: answer }
  return { kind: answer }
}

function nameOf(fault: Fault): string {
  if (typeof fault !== 'object') return String(fault)
  if ('graph' in fault)
    return `graph ${fault.graph.code}${fault.graph.subcode === undefined ? '' : `/${fault.graph.subcode}`}`
  if ('slow' in fault) return `slow ${fault.slow}`
  return `${fault.answer} ${fault.accepted ? 'sent' : 'not sent'}`
}
