import { isWhatsApp, type Account, type Outcome, type Reach } from './account.ts'
import { refusal, type Refusal } from './errors.ts'
import { isE164, placeOf } from './geography.ts'
import { newMessage, type Message } from './messages.ts'
import type { Network } from './network.ts'
import type { OptOuts } from './optOut.ts'
import { renderTemplate } from './templates.ts'
import { segmented } from './segments.ts'
import { newSid } from './sids.ts'

/** What the rules of sending look at. */
export interface SendingWorld {
  account: Account
  network: Pick<Network, 'isFull'>
  optOuts: Pick<OptOuts, 'has'>
}

const MOST_LETTERS = 1600
const MOST_MEDIA = 10
const MINUTES_15 = 900_000
const DAYS_35 = 35 * 86_400_000

/** Reads the form of `POST Messages.json`: a message, which is in no queue yet, or Twilio's refusal. */
export function messageOf(world: SendingWorld, form: URLSearchParams): Message | Refusal {
  const { account } = world
  const to = form.get('To') ?? ''
  const from = form.get('From') || null
  const service = form.get('MessagingServiceSid') || null
  const content = contentOf(account, form)
  if ('code' in content) return content
  const refused =
    refusedTo(to) ??
    refusedSender(account, to, from, service) ??
    refusedContent(form, content.body) ??
    refusedOptions(account, form, service) ??
    refusedReach(world, to, from, service)
  if (refused !== undefined) return refused
  const sendAt = form.has('ScheduleType') ? Date.parse(form.get('SendAt') ?? '') : null
  const statusCallback = form.get('StatusCallback') || null
  const media = form.getAll('MediaUrl')
  return newMessage({
    sid: newSid(media.length > 0 ? 'MM' : 'SM'),
    direction: 'outbound-api',
    to,
    from: service === null ? from : null,
    service,
    body: content.body,
    media,
    template: content.template,
    segments: segmented(content.body).segments,
    createdAt: account.now(),
    status: sendAt !== null ? 'scheduled' : service !== null ? 'accepted' : 'queued',
    statusCallback,
    callbackQuery: statusCallback === null ? {} : Object.fromEntries(new URL(statusCallback).searchParams),
    sendAt,
    validityMs: Number(form.get('ValidityPeriod') ?? 36_000) * 1000,
    outcome: outcomeOf(account.people.get(to)),
  })
}

function contentOf(account: Account, form: URLSearchParams): { body: string; template: string | null } | Refusal {
  const template = form.get('ContentSid')
  const variables = form.get('ContentVariables')
  if (template === null) return variables === null ? { body: form.get('Body') ?? '', template } : refusal(21654)
  const text = account.templates[template]
  if (text === undefined) return refusal(21655)
  const body = renderTemplate(text, variables)
  return body === undefined ? refusal(21656) : { body, template }
}

function refusedTo(to: string): Refusal | undefined {
  if (to === '') return refusal(21604)
  return isE164(to.replace(/^whatsapp:/, '')) ? undefined : refusal(21211, to)
}

function refusedSender(account: Account, to: string, from: string | null, service: string | null): Refusal | undefined {
  if (service !== null) {
    const pool = account.services.get(service)?.senders
    if (pool === undefined) return refusal(21705, service)
    if (pool.length === 0) return refusal(21704)
    return pool.some((number) => isWhatsApp(number) === isWhatsApp(to)) ? undefined : refusal(21703)
  }
  if (from === null) return refusal(21603)
  if (isWhatsApp(from) !== isWhatsApp(to)) return refusal(21910)
  if (from === to) return refusal(21266, to)
  if (account.senders.has(from)) return undefined
  if (isWhatsApp(from)) return refusal(63007)
  return isE164(from) || /^\d{3,6}$/.test(from) ? refusal(21606, from) : refusal(21212, from)
}

function refusedContent(form: URLSearchParams, body: string): Refusal | undefined {
  const media = form.getAll('MediaUrl')
  if (body === '' && media.length === 0) return refusal(21602)
  if (body.length > MOST_LETTERS) return refusal(21617)
  if (media.length > MOST_MEDIA) return refusal(21623)
  const bad = media.find((url) => !isPublicUrl(url))
  return bad === undefined ? undefined : refusal(21620, bad)
}

function refusedOptions(account: Account, form: URLSearchParams, service: string | null): Refusal | undefined {
  const callback = form.get('StatusCallback')
  if (callback !== null && callback !== '' && !isPublicUrl(callback)) return refusal(21609, callback)
  const validity = form.get('ValidityPeriod')
  if (validity !== null && !(/^\d+$/.test(validity) && Number(validity) >= 1 && Number(validity) <= 36_000))
    return refusal(90007)
  const schedule = form.get('ScheduleType')
  if (schedule === null) return undefined
  if (schedule !== 'fixed') return refusal(35126)
  if (!form.has('SendAt')) return refusal(35111)
  if (service === null) return refusal(35118)
  const wait = Date.parse(form.get('SendAt') ?? '') - account.now()
  return wait >= MINUTES_15 && wait <= DAYS_35 ? undefined : refusal(35114)
}

const REFUSED_REACH = new Map<Reach | undefined, number>([
  ['invalid', 21211],
  ['notMobile', 21614],
  ['landline', 21635],
  ['noRoute', 21612],
  ['regionOff', 21408],
  ['unverified', 21608],
  ['optedOut', 21610],
])

function refusedReach(
  { account, network, optOuts }: SendingWorld,
  to: string,
  from: string | null,
  service: string | null,
): Refusal | undefined {
  const code = REFUSED_REACH.get(account.people.get(to))
  if (code !== undefined) return refusal(code, to, from ?? service ?? '')
  const { country } = placeOf(to)
  if (!isWhatsApp(to) && !account.regions.includes(country)) return refusal(21408, to)
  if (from !== null && account.senders.get(from)?.kind === 'shortCode' && country !== 'CA')
    return refusal(21612, to, from)
  const isOut = optOuts.has(to, service ?? from ?? '')
  if (isOut && (service === null || account.optedOutBy === 'answer')) return refusal(21610)
  // A service finds out later, by 30001.
  return service === null && from !== null && network.isFull(from) ? refusal(21611, from) : undefined
}

const outcomeOf = (reach: Reach | undefined): Outcome =>
  typeof reach === 'object' || reach === 'sent' || reach === 'read' ? reach : 'delivered'

/** Whether Twilio would call an address: HTTP, no underscore in its host, not this machine by its name. */
function isPublicUrl(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, hostname } = new URL(address)
  return /^https?:$/.test(protocol) && !hostname.includes('_') && hostname !== 'localhost'
}
