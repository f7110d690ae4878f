import { timingSafeEqual } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { z } from 'zod'
import { readEvents, receiveEvents, verify, type MessengerSettings } from '../../bots/channels/messenger/index.ts'
import { toDate } from '../../services/platform/clock.ts'
import { forbidden, notFound } from '../../services/platform/errors.ts'
import type { Platform } from '../../services/platform/platform.ts'
import { readBytes } from '../body.ts'
import { route, type Route } from '../route.ts'
import type { Taker } from './taker.ts'

const PATH = '/channels/messenger/webhook'
/** A batch has a thousand events at most. */
const MAX_BYTES = 2 * 1024 * 1024

/** Messenger's webhook: Meta's question whether it is ours, and its batches. */
export function messengerRoutes(platform: Platform, taker: Taker, settings: MessengerSettings): Route[] {
  return [
    route({
      method: 'GET',
      path: PATH,
      summary: 'Meta asks whether the webhook is ours',
      who: 'anyone',
      query: z.looseObject({
        'hub.mode': z.string().optional(),
        'hub.verify_token': z.string().optional(),
        'hub.challenge': z.string().max(200).optional(),
      }),
      answers: { 200: 'The challenge, byte for byte', 403: 'Another token' },
      async handle({ query, response }) {
        const challenge = query['hub.challenge']
        const isOurs = query['hub.mode'] === 'subscribe' && isSame(query['hub.verify_token'], settings.verifyToken)
        if (!isOurs || challenge === undefined) throw forbidden()
        sayPlainly(response, challenge)
        return 'answered'
      },
    }),
    route({
      method: 'POST',
      path: PATH,
      summary: 'A batch of events from Messenger',
      who: 'anyone',
      body: { raw: true },
      maxBytes: MAX_BYTES,
      answers: { 200: 'Kept', 403: 'The signature is not the app’s' },
      async handle({ request, response }) {
        const bytes = await readBytes(request, MAX_BYTES)
        const proven = verify(bytes, header(request.headers['x-hub-signature-256']), settings.appSecret)
        const events = readEvents(proven, { ...settings, now: toDate(platform.clock.now()) })
        if (events === undefined) throw notFound()
        const waiting = await receiveEvents(platform, settings, events)
        // Committed: only now it is answered, and only then taken.
        sayPlainly(response, 'EVENT_RECEIVED')
        taker.soon(waiting)
        return 'answered'
      },
    }),
  ]
}

/** The very bytes: restify's own way would put a string between quotes. */
function sayPlainly(response: ServerResponse, text: string): void {
  response.statusCode = 200
  response.setHeader('content-type', 'text/plain; charset=utf-8')
  response.end(text)
}

const header = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? undefined : value)

function isSame(said: string | undefined, own: string): boolean {
  const [a, b] = [Buffer.from(said ?? ''), Buffer.from(own)]
  return a.length === b.length && timingSafeEqual(a, b)
}
