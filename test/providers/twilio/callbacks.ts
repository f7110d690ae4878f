import { isWhatsApp, type Account } from './account.ts'
import type { Message, Status } from './messages.ts'
import type { Fields, SignatureManner } from './signature.ts'
import { newSid } from './sids.ts'
import { post, type Attempt } from './webhooks.ts'

/** How status callbacks come to us. */
export interface CallbackManner {
  /** When asked for (`flushCallbacks`), by themselves, or those of a message before the answer to its request. */
  when: 'flush' | 'automatic' | 'beforeAnswer'
  /** Of those that are posted together. */
  order: 'asHappened' | 'reversed'
  /** How often each is posted: 0 is never, 2 is doubled. */
  times: number
  only: readonly Status[] | 'all'
  signature: SignatureManner
  /** Failures as Twilio has posted them at times: code, SID, status and `To`, nothing else. 21610 always is. */
  bare: boolean
}

/** A callback that was posted, and how that went. */
export interface PostedCallback {
  sid: string
  status: Status
  url: string
  fields: Fields
  attempts: Attempt[]
}

interface Pending {
  message: Message
  status: Status
  errorCode: number | null
  errorMessage: string | null
  from: string | null
  at: number
}

export interface Callbacks {
  /** To be told of each new status of a message. */
  changed(message: Message): void
  /** Posts what waits, of one message or of all, and resolves when all was answered. */
  flush(sid?: string): Promise<PostedCallback[]>
  manner: CallbackManner
  /** Overrides the manner for one message. */
  drawn: Map<string, Partial<CallbackManner>>
}

/** The status that a message is created with is in its answer, and no callback is posted for it. */
const NO_CALLBACK: ReadonlySet<Status> = new Set(['accepted', 'scheduled', 'received'])

export function callbacks(account: Account, record: (posted: PostedCallback) => void): Callbacks {
  let pending: Pending[] = []

  async function postOne(one: Pending): Promise<PostedCallback[]> {
    const { message } = one
    const manner = { ...self.manner, ...self.drawn.get(message.sid) }
    if (message.statusCallback === null) return []
    if (manner.only !== 'all' && !manner.only.includes(one.status)) return []
    const fields = fieldsOf(account, one, manner.bare)
    const all: PostedCallback[] = []
    for (let round = 0; round < manner.times; round += 1) {
      const webhook = { url: message.statusCallback, fields, signature: manner.signature }
      const { attempts } = await post(account, webhook)
      const posted = { sid: message.sid, status: one.status, url: message.statusCallback, fields, attempts }
      record(posted)
      all.push(posted)
    }
    return all
  }

  const self: Callbacks = {
    manner: { when: 'flush', order: 'asHappened', times: 1, only: 'all', signature: 'good', bare: false },
    drawn: new Map(),
    changed(message) {
      const { status, errorCode, errorMessage, from, updatedAt } = message
      if (!NO_CALLBACK.has(status)) pending.push({ message, status, errorCode, errorMessage, from, at: updatedAt })
    },
    async flush(sid) {
      const due = pending.filter(({ message }) => sid === undefined || message.sid === sid)
      pending = pending.filter((one) => !due.includes(one))
      const chains = new Map<string, Pending[]>()
      for (const one of due) chains.set(one.message.sid, [...(chains.get(one.message.sid) ?? []), one])
      // Twilio keeps no order between messages.
      const posted = await Promise.all(
        [...chains.values()].map(async (chain) => {
          const { order } = { ...self.manner, ...self.drawn.get(chain[0]?.message.sid ?? '') }
          const all: PostedCallback[] = []
          for (const one of order === 'reversed' ? chain.toReversed() : chain) all.push(...(await postOne(one)))
          return all
        }),
      )
      return posted.flat()
    },
  }
  return self
}

/** The fields in the order of real callbacks. */
function fieldsOf(
  account: Account,
  { message, status, errorCode, errorMessage, from, at }: Pending,
  bare: boolean,
): Fields {
  const error: Fields = errorCode === null ? [] : [['ErrorCode', String(errorCode)]]
  if (errorCode !== null && (bare || errorCode === 21610))
    return [...error, ['MessageSid', message.sid], ['MessageStatus', status], ['To', message.to]]
  const isReceipt = status === 'delivered' || status === 'undelivered'
  const onWhatsApp = isWhatsApp(message.to)
  return [
    ...(isReceipt && !onWhatsApp ? ([['RawDlrDoneDate', doneDate(at)]] as const) : []),
    ...(onWhatsApp && (isReceipt || status === 'read') ? ([['EventType', status.toUpperCase()]] as const) : []),
    ...error,
    ...(errorMessage === null ? [] : ([['ErrorMessage', errorMessage]] as const)),
    ['SmsSid', message.sid],
    ['SmsStatus', status],
    ['MessageStatus', status],
    ...(onWhatsApp ? ([['ChannelToAddress', message.to.replace('whatsapp:', '')]] as const) : []),
    ['To', message.to],
    ...(onWhatsApp ? ([['ChannelPrefix', 'whatsapp']] as const) : []),
    ...(message.service === null ? [] : ([['MessagingServiceSid', message.service]] as const)),
    ['MessageSid', message.sid],
    ['AccountSid', account.sid],
    ...(from === null ? [] : ([['From', from]] as const)),
    ['ApiVersion', '2010-04-01'],
    ...(onWhatsApp ? ([['ChannelInstallSid', newSid('XE')]] as const) : []),
  ]
}

/** `2611241000`: year to minute, of Greenwich. */
const doneDate = (at: number): string => new Date(at).toISOString().replace(/[-T:]/g, '').slice(2, 12)
