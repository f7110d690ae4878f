import type { IncomingMessage } from 'node:http'
import { receiveSms, receiveStatus, verify, type TwilioSettings } from '../../bots/channels/twilio/index.ts'
import type { Verified } from '../../bots/channels/verified.ts'
import type { Platform } from '../../services/platform/platform.ts'
import { readBytes } from '../body.ts'
import { route, type Route } from '../route.ts'
import type { Taker } from './taker.ts'

const MAX_BYTES = 64 * 1024
const STATUS_PATH = '/channels/sms/status'

const NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

/** Twilio's webhooks: messages of SMS and WhatsApp, and how ours went. */
export function twilioRoutes(platform: Platform, taker: Taker, settings: TwilioSettings): Route[] {
  /** The form as it came, proven by its bytes: a parser that nests or trims names would change what was signed. */
  async function provenForm(request: IncomingMessage): Promise<Verified<URLSearchParams>> {
    const bytes = await readBytes(request, MAX_BYTES)
    const { 'x-twilio-signature': header } = request.headers
    return verify(new URLSearchParams(bytes.toString('utf8')), Array.isArray(header) ? undefined : header, {
      url: `${platform.settings.publicUrl}${request.url ?? ''}`,
      tokens: settings.authTokens,
    })
  }
  return [
    route({
      method: 'POST',
      path: '/channels/sms/webhook',
      summary: 'A message by SMS or WhatsApp',
      who: 'anyone',
      body: { raw: true },
      maxBytes: MAX_BYTES,
      answers: { 200: 'Kept; what is answered goes by the API', 403: 'Not signed by the account, or not for it' },
      async handle({ request, response }) {
        const id = await receiveSms(platform, settings, await provenForm(request))
        response.statusCode = 200
        response.setHeader('content-type', 'text/xml')
        response.end(NOTHING_TO_SAY)
        taker.soon([id])
        return 'answered'
      },
    }),
    route({
      method: 'POST',
      path: STATUS_PATH,
      summary: 'How a message of ours went',
      who: 'anyone',
      body: { raw: true },
      maxBytes: MAX_BYTES,
      answers: { 204: 'Noted', 403: 'Not signed by the account' },
      async handle({ request }) {
        const fields = await provenForm(request)
        const { searchParams } = new URL(request.url ?? '/', 'http://local')
        await receiveStatus(platform, settings, fields, searchParams.get('mark'))
        return { status: 204 }
      },
    }),
  ]
}
