import { z } from 'zod'
import type { Found, Outgoing, Unclear } from '../../../services/delivery/index.ts'
import { speak } from '../../../services/locales/index.ts'
import type { Provider } from '../../delivery/provider.ts'
import { numbered } from '../numbered.ts'
import { splitAtSentences } from '../split.ts'
import { WINDOW_MS } from '../windows.ts'
import { callTwilio, sentBy } from './call.ts'
import { plainSigns } from './segments.ts'
import type { TwilioSettings } from './settings.ts'

export type TwilioChannel = 'sms' | 'whatsapp'

/** What Twilio takes in one message, in UTF-16 units. */
const MOST = 1_600
/** A long code sends one segment a second and queues the rest for ten hours: Twilio's queue is no place to wait in. */
const PER_SECOND: Readonly<Record<TwilioChannel, number>> = { sms: 50, whatsapp: 50 }

export const accountOf = (channel: TwilioChannel, { accountSid }: TwilioSettings): string => `${channel}:${accountSid}`

/** An address as Twilio writes it: a number, with the channel before it where that is WhatsApp. */
export const asAddress = (channel: TwilioChannel, number: string): string =>
  channel === 'whatsapp' ? `whatsapp:${number}` : number

/** Sending by SMS or WhatsApp. `statusUrl`: where Twilio tells how it went. */
export function twilioProvider(
  channel: TwilioChannel,
  settings: TwilioSettings,
  { statusUrl, perSecond = PER_SECOND[channel] }: { statusUrl: string; perSecond?: number },
): Provider {
  return {
    channel,
    account: accountOf(channel, settings),
    perSecond,
    partsOf: (head) => partsOf(channel, head).length,
    refusal(head, now) {
      if (!settings.prefixes.some((prefix) => head.address?.startsWith(prefix) === true)) return 'prefixNotAllowed'
      if (channel === 'sms') return undefined
      const since = head.wroteAt === undefined ? Infinity : now.getTime() - head.wroteAt.getTime()
      return since < WINDOW_MS ? undefined : 'windowClosed'
    },
    async send(head, { mark, number }) {
      const body = partsOf(channel, head)[number]
      if (body === undefined || head.address === undefined) return { kind: 'refused', code: 'noSuchPart' }
      const form = {
        To: asAddress(channel, head.address),
        ...senderOf(channel, settings),
        Body: body,
        StatusCallback: `${statusUrl}?mark=${encodeURIComponent(mark)}`,
      }
      return sentBy(await callTwilio(settings, 'Messages.json', { form }))
    },
    find: (part) => findMessage(channel, settings, part),
  }
}

function senderOf(
  channel: TwilioChannel,
  { smsFrom, messagingServiceSid, whatsappFrom }: TwilioSettings,
): Record<string, string> {
  if (channel === 'whatsapp') return { From: asAddress(channel, whatsappFrom ?? '') }
  return messagingServiceSid === undefined ? { From: smsFrom ?? '' } : { MessagingServiceSid: messagingServiceSid }
}

/** Choices as numbers, who of the team writes, and for SMS the signs of print as the telephone's alphabet has them. */
function partsOf(channel: TwilioChannel, { body, language, author, agentName }: Outgoing): string[] {
  const { text, choices = [] } = body
  const isAgent = author === 'agent' && agentName !== undefined && text !== ''
  const words = isAgent ? speak(language, 'channels:agentSays', { name: agentName, text }) : text
  const whole = [words, ...numbered(choices)].filter((line) => line !== '').join('\n')
  return splitAtSentences(channel === 'sms' ? plainSigns(whole) : whole, MOST)
}

const page = z.looseObject({
  messages: z.array(
    z.looseObject({
      sid: z.string(),
      body: z.string().nullish(),
      direction: z.string(),
      date_created: z.string().nullish(),
    }),
  ),
})

/** Clocks differ a little, and Twilio's dates have whole seconds. */
const EARLIER_MS = 5_000

/**
 * Looks among what was sent to the number for a part. Neither by date nor by sender: both are null while a message
 * waits in a service.
 */
async function findMessage(channel: TwilioChannel, settings: TwilioSettings, part: Unclear): Promise<Found> {
  const called = await callTwilio(settings, 'Messages.json', {
    query: { To: asAddress(channel, part.address ?? ''), PageSize: '100' },
  })
  const read = called.kind === 'answered' && called.status === 200 ? page.safeParse(called.body) : undefined
  if (read?.success !== true) return { kind: 'cannot' }
  const text = partsOf(channel, part)[part.part]
  const since = part.claimedAt.getTime() - EARLIER_MS
  const own = read.data.messages.filter(
    ({ body, direction, date_created: at }) =>
      direction.startsWith('outbound') && body === text && (typeof at !== 'string' || Date.parse(at) >= since),
  )
  return { kind: 'has', providerIds: own.map(({ sid }) => sid).reverse() }
}
