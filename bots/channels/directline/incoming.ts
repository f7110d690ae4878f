import { z } from 'zod'
import {
  MESSAGE_CHARACTERS,
  normaliseJson,
  normaliseText,
  type MessageBody,
} from '../../../services/conversations/index.ts'
import { safeFileName } from '../../../services/files/index.ts'
import { invalid } from '../../../services/platform/errors.ts'

/**
 * An activity as a client posts it: what we read of it. All else is dropped, above all who it says it
 * is from: `from`, `id`, `timestamp`, `conversation`, `recipient`, `replyToId` are ours to say.
 */
const activitySchema = z.looseObject({
  type: z.string(),
  text: z.string().nullish(),
  value: z.unknown().optional(),
  name: z.string().nullish(),
  attachments: z
    .array(z.looseObject({ name: z.unknown().optional() }))
    .max(20)
    .nullish(),
  channelData: z
    .looseObject({
      clientActivityID: z.unknown().optional(),
      postBack: z.unknown().optional(),
      messageBack: z.looseObject({ displayText: z.string().nullish() }).nullish().catch(undefined),
    })
    .nullish()
    .catch(undefined),
})

/** What a post means to us. */
export type Incoming =
  | Said
  /** Kept nowhere: it only passes by. */
  | { kind: 'typing'; clientActivityID: string | undefined }
  | { kind: 'join'; clientActivityID: string | undefined }
  /** Answered and forgotten: an event that means nothing here. */
  | { kind: 'ignored' }

interface Said {
  kind: 'message'
  body: MessageBody
  clientActivityID: string | undefined
  /** In the order in which the activity names its files, which may come in another. */
  fileNames: string[]
}

/** The event that Web Chat pages send at each reload, by convention; the greeting does not depend on it. */
export const JOIN = 'webchat/join'
const OUR_EVENTS = /^parcours\//i

/**
 * Reads a posted activity. Throws `invalid` for what is not one, for the types that only a server
 * sends, for attachments by address (we never fetch what a client points at), and for more words than
 * a message holds: cut silently, their end would be lost.
 * `withFiles`: its files come beside it, so that it may say nothing else.
 */
export function readActivity(given: unknown, withFiles = false): Incoming {
  const parsed = activitySchema.safeParse(given)
  if (!parsed.success) throw invalid(parsed.error.issues[0]?.path.map(String).join('.') || 'activity')
  const activity = parsed.data
  const clientActivityID = readClientActivityID(activity.channelData?.clientActivityID)
  // Files come with words, never with a sign that is kept nowhere: they would be lost with it.
  if (withFiles && activity.type !== 'message') throw invalid('type')
  if (activity.type === 'typing') return { kind: 'typing', clientActivityID }
  if (activity.type === 'event') {
    const name = normaliseText(activity.name ?? '', 100)
    if (name === JOIN) return { kind: 'join', clientActivityID }
    if (name === '' || OUR_EVENTS.test(name)) throw invalid('name')
    // No event of a page means anything here yet. Kept, they would be shown to nobody and only fill the log.
    return { kind: 'ignored' }
  }
  if (activity.type !== 'message') throw invalid('type')
  const attachments = activity.attachments ?? []
  if (!withFiles && attachments.length > 0) throw invalid('attachments')
  const text = wholeText(activity.text ?? (typeof activity.value === 'string' ? activity.value : ''), 'text')
  if (text.trim() === '' && (activity.value ?? null) === null && !withFiles) throw invalid('text')
  return {
    kind: 'message',
    body: { text, ...valueOf(activity.value), ...shown(activity.channelData), ...echoed(clientActivityID) },
    clientActivityID,
    fileNames: attachments.map(({ name }) => (typeof name === 'string' ? safeFileName(name) : '')),
  }
}

/** The client's own mark, by which a second copy is recognised. One that no client makes counts as none. */
function readClientActivityID(given: unknown): string | undefined {
  return typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : undefined
}

/** The text, normalised and uncut. Throws `invalid`, with the limit in characters, when a message does not hold it. */
function wholeText(given: string, field: string): string {
  const text = normaliseText(given, given.length * 3) // NFC makes no text longer than that
  if (text.length > MESSAGE_CHARACTERS && Array.from(text).length > MESSAGE_CHARACTERS)
    throw invalid(`${field} > ${MESSAGE_CHARACTERS}`)
  return text
}

const echoed = (clientActivityID: string | undefined) => (clientActivityID === undefined ? {} : { clientActivityID })

const valueOf = (value: unknown) => (value === undefined || value === null ? {} : { value: normaliseJson(value) })

function shown(channelData: z.infer<typeof activitySchema>['channelData']): { displayText?: string } {
  const displayText = channelData?.messageBack?.displayText
  if (typeof displayText === 'string') return { displayText: wholeText(displayText, 'displayText') }
  return channelData?.['postBack'] === true ? { displayText: '' } : {}
}
