import { randomFrom } from '../../support/seeded.ts'
import { accountOf, type Outcome, type TwilioOptions } from './account.ts'
import { callbacks, type CallbackManner, type PostedCallback } from './callbacks.ts'
import { refusal, undelivered } from './errors.ts'
import { faults } from './faults.ts'
import { inbound } from './inbound.ts'
import { startMedia } from './media.ts'
import type { Message } from './messages.ts'
import { network } from './network.ts'
import { optOuts } from './optOut.ts'
import type { TwilioRecord } from './record.ts'
import { call } from './request.ts'
import { startRest } from './rest.ts'
import { messageOf } from './sending.ts'
import { signatureHeaders, urlWithDigest, type Fields } from './signature.ts'
import type { TwilioStandIn } from './standIn.ts'
import { post } from './webhooks.ts'

export { LONG_CODE, POOLED, SERVICE_SID, SHORT_CODE, TOLL_FREE, WHATSAPP } from './account.ts'
export type { Reach, TwilioOptions } from './account.ts'
export type { Fault } from './faults.ts'
export type { MediaItem } from './media.ts'
export { repeated } from './record.ts'
export type { TwilioStandIn } from './standIn.ts'

const AUTOMATIC_EVERY_MS = 15

/**
 * Twilio as far as our server can see it, on a port of loopback and by a clock of the test's own: what Twilio would refuse
 * is refused with its own words. Nothing moves by itself unless callbacks are `automatic`.
 */
export async function startTwilio(options: TwilioOptions = {}): Promise<TwilioStandIn> {
  const account = accountOf(options)
  const log: Message[] = []
  const failing = faults()
  const outcomes: Outcome[] = []
  const out = optOuts(account)
  const posting = callbacks(account, (posted) => record.callbacks.push(posted))
  const carrier = network(account, out, posting.changed)
  let url = ''
  const media = await startMedia(account, () => url)
  const record: TwilioRecord = {
    requests: [],
    messages: [],
    inbound: [],
    callbacks: [],
    media: media.requests,
    alerts: [],
  }
  let drawManner = (): Partial<CallbackManner> | undefined => undefined

  const rest = await startRest({
    account,
    faults: failing,
    media,
    log,
    record: (request) => void record.requests.push(request),
    send(form) {
      const message = messageOf({ account, network: carrier, optOuts: out }, form)
      if ('code' in message) return message
      const planned = outcomes.shift()
      if (planned !== undefined) message.outcome = planned
      const drawn = drawManner()
      if (drawn !== undefined) posting.drawn.set(message.sid, drawn)
      log.push(message)
      record.messages.push(message)
      carrier.take(message)
      return message
    },
    cancel(message) {
      if (message.status !== 'scheduled') return refusal(30409)
      message.status = 'canceled'
      message.updatedAt = account.now()
      posting.changed(message)
      return undefined
    },
    async beforeAnswer(message) {
      if (posting.manner.when !== 'beforeAnswer') return
      carrier.carry()
      await posting.flush(message.sid)
    },
  })
  url = rest.url

  const writing = inbound({
    account,
    network: carrier,
    optOuts: out,
    media,
    add: (message) => void log.push(message),
    alert: (alert) => void record.alerts.push(alert),
    record: (posted) => void record.inbound.push(posted),
  })

  async function flush(): Promise<PostedCallback[]> {
    carrier.carry()
    return posting.flush()
  }
  const automatic = setInterval(() => {
    if (posting.manner.when === 'automatic') void flush()
  }, AUTOMATIC_EVERY_MS)
  automatic.unref()

  const inboundUrl = (given: string | undefined): string => {
    const to = given ?? account.inboundUrl
    if (to === undefined) throw new Error('nobody said where inbound messages go: inboundUrl')
    return to
  }

  return {
    url,
    account,
    record,
    connect: (to) => void Object.assign(account, to),
    phone: (number) => ({
      number,
      get received() {
        return carrier.phones.get(number) ?? []
      },
      texts: () => (carrier.phones.get(number) ?? []).map(({ body }) => body),
      writes: (body, how) => writing.write(number, body, how),
    }),
    post: (fields, { signature = 'good', url: to } = {}) =>
      post(account, {
        url: inboundUrl(to),
        fields: Array.isArray(fields) ? (fields as Fields) : Object.entries(fields),
        signature,
      }),
    async postJson(json, { signature = 'good', url: to } = {}) {
      const body = JSON.stringify(json)
      const signed = urlWithDigest(inboundUrl(to), body)
      const headers = {
        'content-type': 'application/json',
        ...signatureHeaders(signature, account.tokens[0], signed, []),
      }
      const { loopbackUrl } = account
      const end = await call({
        method: 'POST',
        url: signed,
        loopbackUrl,
        headers,
        body,
        connectMs: 5_000,
        readMs: 15_000,
      })
      return typeof end === 'string' ? undefined : end.status
    },
    ends: (next) => void outcomes.push(...(Array.isArray(next) ? (next as readonly Outcome[]) : [next as Outcome])),
    fail: (next, side = 'send') => failing.add(next, side),
    soak({ seed, faults: rates = {}, callbacks: manners = {} }) {
      failing.draw(seed, rates, 'send')
      const random = randomFrom(seed + 1)
      const under = (rate = 0): boolean => random() < rate
      drawManner = () => ({
        times: under(manners.never) ? 0 : under(manners.doubled) ? 2 : 1,
        order: under(manners.reversed) ? 'reversed' : 'asHappened',
      })
    },
    calm() {
      failing.clear()
      drawManner = () => undefined
    },
    callbacks: (manner) => void Object.assign(posting.manner, manner),
    carry: carrier.carry,
    flushCallbacks: flush,
    async report(sid, status, errorCode) {
      const message = log.find((one) => one.sid === sid)
      if (message === undefined) throw new Error(`no message ${sid}`)
      message.status = status
      message.updatedAt = account.now()
      message.errorCode = errorCode ?? null
      message.errorMessage = errorCode === undefined ? null : undelivered(errorCode)
      posting.changed(message)
      return posting.flush(sid)
    },
    setOptOut: out.set,
    isOptedOut: out.has,
    rotateToken: (token) => void (account.tokens = [token, account.tokens[0]]),
    unplug: rest.unplug,
    plugIn: rest.plugIn,
    async close() {
      clearInterval(automatic)
      media.close()
      await rest.close()
    },
  }
}
