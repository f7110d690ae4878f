import { isWhatsApp, type Account, type Outcome, type Sender } from './account.ts'
import { undelivered } from './errors.ts'
import { placeOf } from './geography.ts'
import type { Message, Status } from './messages.ts'
import type { OptOuts } from './optOut.ts'
import { smartEncoded } from './segments.ts'

/** What a phone got. */
export interface Received {
  body: string
  from: string
  /** Of the message; null for what Twilio answers by itself. */
  sid: string | null
  at: number
  media: readonly string[]
}

/** The queues of our senders, and the phones at their end. */
export interface Network {
  /** Takes a message that was accepted. */
  take(message: Message): void
  /** Whether a sender has as much to send as its queue holds. */
  isFull(number: string): boolean
  /** Does all that the clock says should have happened: choose senders, send, deliver. */
  carry(): void
  /** The messages of each phone, in the order in which it got them. */
  readonly phones: ReadonlyMap<string, readonly Received[]>
  receive(phone: string, received: Received): void
  /** A person wrote to a WhatsApp sender: for 24 hours it may answer freely. */
  openWindow(person: string, sender: string): void
}

/** Segments a second; WhatsApp's are messages. */
const RATES: Record<Sender['kind'], number> = { longCode: 1, tollFree: 3, shortCode: 100, whatsapp: 80 }
const WINDOW_MS = 24 * 3_600_000

/** @param changed called with each new status of a message, in order */
export function network(account: Account, optOuts: OptOuts, changed: (message: Message) => void): Network {
  const phones = new Map<string, Received[]>()
  const windows = new Map<string, number>()
  const freeAt = new Map<string, number>()
  const sticky = new Map<string, string>()
  let waiting: Message[] = []

  const become = (message: Message, status: Status, at: number, errorCode?: number): void => {
    message.status = status
    message.updatedAt = at
    if (status === 'sent') message.sentAt = at
    if (errorCode !== undefined) {
      message.errorCode = errorCode
      message.errorMessage = undelivered(errorCode)
    }
    changed(message)
  }

  const queue = (message: Message, number: string, at: number): void => {
    const departsAt = Math.max(at, freeAt.get(number) ?? 0)
    const sender = account.senders.get(number)
    const rate = sender?.rate ?? RATES[sender?.kind ?? 'longCode']
    message.departsAt = departsAt
    freeAt.set(number, departsAt + (message.segments * 1000) / rate)
  }

  /** The sender that wrote to this person before, or the one that is free first. */
  function chosenSender(message: Message): string | undefined {
    if (message.from !== null) return message.from
    const pool = account.services.get(message.service ?? '')?.senders ?? []
    const able = pool.filter((number) => isWhatsApp(number) === isWhatsApp(message.to) && !self.isFull(number))
    const before = sticky.get(`${message.service} ${message.to}`)
    if (before !== undefined && able.includes(before)) return before
    return able.sort((a, b) => (freeAt.get(a) ?? 0) - (freeAt.get(b) ?? 0))[0]
  }

  function leaveService(message: Message, at: number): void {
    const number = chosenSender(message)
    if (number === undefined) return become(message, 'failed', at, 30001)
    sticky.set(`${message.service} ${message.to}`, number)
    message.from = number
    queue(message, number, at)
    become(message, 'queued', at)
  }

  function depart(message: Message, at: number): void {
    const from = message.from ?? ''
    const failure = failureOf(message, from, at)
    if (failure !== undefined) return become(message, 'failed', at, failure)
    become(message, 'sending', at)
    become(message, 'sent', at)
    const outcome = carrierRefusal(message, from) ?? message.outcome
    if (typeof outcome === 'object')
      return become(message, 'undelivered', at, 'undelivered' in outcome ? outcome.undelivered : outcome.failed)
    const isSmart = account.services.get(message.service ?? '')?.smartEncoding === true
    const body = isSmart ? smartEncoded(message.body) : message.body
    self.receive(message.to, { body, from, sid: message.sid, at, media: message.media })
    if (outcome !== 'sent') become(message, 'delivered', at)
    if (outcome === 'read') become(message, 'read', at)
  }

  function failureOf(message: Message, from: string, at: number): number | undefined {
    if (at > (message.sendAt ?? message.createdAt) + message.validityMs) return 30036
    if (optOuts.has(message.to, from)) return 21610
    const opened = windows.get(`${message.to} ${from}`) ?? -Infinity
    if (isWhatsApp(from) && message.template === null && at - opened > WINDOW_MS) return 63016
    if (typeof message.outcome === 'object' && 'failed' in message.outcome) return message.outcome.failed
    return undefined
  }

  function carrierRefusal(message: Message, from: string): Outcome | undefined {
    const sender = account.senders.get(from)
    if (sender?.approved !== false) return undefined
    if (sender.kind === 'tollFree') return { undelivered: 30032 }
    if (sender.kind === 'longCode' && placeOf(message.to).country === 'US') return { undelivered: 30034 }
    return undefined
  }

  const self: Network = {
    phones,
    take(message) {
      waiting.push(message)
      if (message.status === 'queued' && message.from !== null) queue(message, message.from, message.createdAt)
    },
    isFull: (number) => (freeAt.get(number) ?? 0) - account.now() > account.queueMs,
    carry() {
      const now = account.now()
      for (const message of waiting) {
        if (message.status === 'accepted') leaveService(message, message.createdAt)
        if (message.status === 'scheduled' && message.sendAt !== null && message.sendAt <= now)
          leaveService(message, message.sendAt)
      }
      const due = waiting
        .filter(({ status, departsAt }) => status === 'queued' && departsAt !== null && departsAt <= now)
        .sort((a, b) => (a.departsAt ?? 0) - (b.departsAt ?? 0))
      for (const message of due) depart(message, message.departsAt ?? now)
      waiting = waiting.filter(({ status }) => status === 'accepted' || status === 'scheduled' || status === 'queued')
    },
    receive(phone, received) {
      const all = phones.get(phone)
      if (all === undefined) phones.set(phone, [received])
      else all.push(received)
    },
    openWindow: (person, sender) => void windows.set(`${person} ${sender}`, account.now()),
  }
  return self
}
