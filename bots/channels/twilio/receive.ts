import { z } from 'zod'
import {
  findOrCreateConversation,
  normaliseText,
  receiveMessage,
  type MessageBody,
  type RemoteFile,
} from '../../../services/conversations/index.ts'
import { confirmPart, optIn, optOut, type Confirmed } from '../../../services/delivery/index.ts'
import { REFERENCE } from '../../../services/locales/index.ts'
import { toDate } from '../../../services/platform/clock.ts'
import { forbidden, invalid } from '../../../services/platform/errors.ts'
import type { ConversationId } from '../../../services/platform/ids.ts'
import type { Platform } from '../../../services/platform/platform.ts'
import type { Verified } from '../verified.ts'
import { refusedBy } from './call.ts'
import { accountOf, asAddress, type TwilioChannel } from './provider.ts'
import type { TwilioSettings } from './settings.ts'
import type { Fields } from './signature.ts'
import { optWord } from './words.ts'

const WHATSAPP = /^whatsapp:/
const number = z.string().regex(/^(?:whatsapp:)?\+?\d{3,15}$/)
const inbound = z.object({
  AccountSid: z.string(),
  MessageSid: z.string().regex(/^(?:SM|MM)[0-9a-f]{32}$/),
  From: number,
  To: number,
  MessagingServiceSid: z.string().optional(),
  Body: z.string().default(''),
  OptOutType: z.enum(['STOP', 'START', 'HELP']).optional().catch(undefined),
})

const MOST_FILES = 10

/** Proven to be Twilio's, and to be for us: the account and the number are ours. Throws `forbidden`. */
function requireOurs(
  said: { AccountSid: string; To?: string; MessagingServiceSid?: string | undefined },
  own: TwilioSettings,
): void {
  if (said.AccountSid !== own.accountSid) throw forbidden()
  if (said.To === undefined) return
  const numbers = [own.smsFrom, own.whatsappFrom === undefined ? undefined : asAddress('whatsapp', own.whatsappFrom)]
  const isOurService = own.messagingServiceSid !== undefined && said.MessagingServiceSid === own.messagingServiceSid
  if (!numbers.includes(said.To) && !isOurService) throw forbidden()
}

/** Keeps a message that came by SMS or WhatsApp. Returns its conversation. Throws `forbidden`, `invalid`. */
export async function receiveSms(
  platform: Platform,
  settings: TwilioSettings,
  fields: Verified<Fields>,
): Promise<ConversationId> {
  const { database, keys, clock } = platform
  const read = inbound.safeParse(Object.fromEntries(fields))
  if (!read.success) throw invalid('body')
  const said = read.data
  requireOurs(said, settings)
  const channel: TwilioChannel = WHATSAPP.test(said.From) ? 'whatsapp' : 'sms'
  const from = said.From.replace(WHATSAPP, '')
  const { id } = await findOrCreateConversation(database, keys, {
    channel,
    contact: from,
    userId: channel,
    language: REFERENCE,
    address: from,
  })
  const body = bodyOf(channel, said, fields)
  // At once, and before the message waits for its turn: what is about to leave does not.
  if (body.optOut?.word === 'stop') await optOut(database, id, 'word')
  if (body.optOut?.word === 'start') await optIn(database, id)
  await receiveMessage(database, keys, id, { externalId: said.MessageSid, body, at: toDate(clock.now()) })
  return id
}

function bodyOf(channel: TwilioChannel, said: z.infer<typeof inbound>, fields: Fields): MessageBody {
  const remote = Array.from({ length: MOST_FILES }, (_, i) => remoteOf(fields, i)).filter((one) => one !== undefined)
  const byCarrier = said.OptOutType?.toLowerCase() as 'stop' | 'start' | 'help' | undefined
  const word = channel === 'sms' ? (byCarrier ?? optWord(said.Body)) : undefined
  // Words of Twilio's own default list have been answered by it, also where it does not say so.
  const isDefault = /^\s*(?:stop|stopall|unsubscribe|cancel|end|quit|revoke|optout|start|unstop|help|info)\s*$/i.test(
    said.Body,
  )
  return {
    text: normaliseText(said.Body),
    ...(word === undefined ? {} : { optOut: { word, byCarrier: byCarrier !== undefined || isDefault } }),
    ...(remote.length === 0 ? {} : { remote }),
  }
}

function remoteOf(fields: Fields, i: number): RemoteFile | undefined {
  const url = fields.get(`MediaUrl${i}`)
  if (url === null) return undefined
  const type = fields.get(`MediaContentType${i}`) ?? ''
  const kind = (['image', 'audio', 'video'] as const).find((one) => type.startsWith(`${one}/`)) ?? 'file'
  return { kind, ...(url.startsWith('https://') ? { url: url.slice(0, 2_000) } : {}) }
}

const status = z.object({
  AccountSid: z.string().optional(),
  MessageSid: z.string(),
  MessageStatus: z.string(),
  ErrorCode: z
    .string()
    .regex(/^\d{1,6}$/)
    .optional()
    .catch(undefined),
})

const STATES: Readonly<Record<string, Confirmed>> = {
  queued: 'sent',
  accepted: 'sent',
  scheduled: 'sent',
  sending: 'sent',
  sent: 'sent',
  delivered: 'delivered',
  undelivered: 'failed',
  failed: 'failed',
  canceled: 'failed',
  read: 'read',
}

/**
 * Takes what Twilio tells of a message of ours: in any order, twice, and sometimes before it has answered the call.
 * Any status proves that it took the message.
 */
export async function receiveStatus(
  platform: Platform,
  settings: TwilioSettings,
  fields: Verified<Fields>,
  mark: string | null,
): Promise<void> {
  const { database, clock, log } = platform
  const read = status.safeParse(Object.fromEntries(fields))
  if (!read.success) throw invalid('body')
  const { AccountSid: account, MessageSid: providerId, MessageStatus: name, ErrorCode: code } = read.data
  if (account !== undefined) requireOurs({ AccountSid: account }, settings)
  const state = STATES[name.toLowerCase()]
  if (state === undefined) return
  for (const channel of ['sms', 'whatsapp'] as const) {
    const conversation = await confirmPart(database, {
      account: accountOf(channel, settings),
      mark,
      providerId,
      state,
      ...(code === undefined ? {} : { code }),
      at: toDate(clock.now()),
    })
    if (conversation === undefined) continue
    const refusal = code === undefined ? undefined : refusedBy(Number(code))
    if (refusal?.kind === 'optedOut') await optOut(database, conversation as ConversationId, 'carrier')
    if (state === 'failed') log.warn('sms.not_delivered', { conversation, kind: 'status' })
  }
}
