import type { Asking, TranscriptMessage } from '../../conversation/message.ts'

/** Something that came from the server and that this page understands. */
export type Arrival =
  | { kind: 'message'; message: TranscriptMessage }
  | { kind: 'typing'; author: 'bot' | 'agent'; name?: string }
  | { kind: 'mode'; mode: Mode; holder?: string }
  /** An agent has read up to this position. */
  | { kind: 'read'; seq: number }

export type Mode = 'bot' | 'waiting' | 'human'

type Json = Record<string, unknown>

/** Reads a Direct Line activity; null for what this page does not show (an older page beside a newer server). */
export function readActivity(raw: unknown): Arrival | null {
  const activity = object(raw)
  if (activity === null) return null
  if (activity['type'] === 'typing') return readTyping(activity)
  if (activity['type'] === 'event') return readEvent(activity)
  return activity['type'] === 'message' ? readMessage(activity) : null
}

function readMessage(activity: Json): Arrival | null {
  const channel = object(activity['channelData']) ?? {}
  const ours = object(channel['parcours']) ?? {}
  const id = text(activity['id'])
  const seq = channel['webchat:sequence-id']
  // A press of a button that only the bot reads.
  if (id === null || typeof seq !== 'number' || channel['postBack'] === true) return null
  const shown = text(object(channel['messageBack'])?.['displayText'])
  const clientMessageId = text(channel['clientActivityID'])
  const agentName = text(ours['agentName'])
  // What a button says is what a client posts, so an action's value is its title; what it means stands beside.
  const meanings = Array.isArray(ours['choices']) ? ours['choices'] : []
  const choices = list(object(activity['suggestedActions'])?.['actions']).flatMap((action, place) => {
    const title = text(action['title'])
    return title === null ? [] : [{ title, value: text(meanings[place]) ?? text(action['value']) ?? title }]
  })
  const asking = readAsking(object(ours['asking']))
  const files = list(activity['attachments']).map((file, index) => {
    const url = text(file['contentUrl'])
    return {
      id: `${id}-${index}`,
      name: text(file['name']) ?? '',
      contentType: text(file['contentType']) ?? '',
      ...(url === null ? {} : { url }),
    }
  })
  return {
    kind: 'message',
    message: {
      id,
      seq,
      author: authorOf(ours['author'], object(activity['from'])),
      text: shown ?? text(activity['text']) ?? '',
      status: ours['status'] === 'failed' ? 'failed' : 'done',
      at: text(activity['timestamp']) ?? '',
      ...(agentName === null ? {} : { agentName }),
      ...(choices.length === 0 ? {} : { choices }),
      ...(asking === null ? {} : { asking }),
      ...(files.length === 0 ? {} : { files }),
      ...(ours['urgent'] === true ? { urgent: true } : {}),
      ...(clientMessageId === null ? {} : { clientMessageId }),
    },
  }
}

function readAsking(asking: Json | null): Asking | null {
  const name = text(asking?.['name'])
  if (name === null) return null
  const change = text(asking?.['change'])
  const { step, of } = asking ?? {}
  return {
    name,
    ...(change === null ? {} : { change }),
    ...(typeof step === 'number' && typeof of === 'number' ? { step, of } : {}),
  }
}

function readTyping(activity: Json): Arrival | null {
  const from = object(activity['from'])
  const ours = object(object(activity['channelData'])?.['parcours']) ?? {}
  const author = authorOf(ours['author'], from)
  if (author !== 'bot' && author !== 'agent') return null
  const name = author === 'agent' ? (text(ours['agentName']) ?? text(from?.['name'])) : null
  return { kind: 'typing', author, ...(name === null ? {} : { name }) }
}

function readEvent(activity: Json): Arrival | null {
  const value = object(activity['value'])
  if (activity['name'] === 'parcours/read' && typeof value?.['seq'] === 'number')
    return { kind: 'read', seq: value['seq'] }
  const mode = value?.['mode']
  if (activity['name'] !== 'parcours/mode' || (mode !== 'bot' && mode !== 'waiting' && mode !== 'human')) return null
  const holder = text(value?.['holder'])
  return { kind: 'mode', mode, ...(holder === null ? {} : { holder }) }
}

/** Ours says who wrote; without it, the protocol's role tells the person from the rest. */
function authorOf(author: unknown, from: Json | null): TranscriptMessage['author'] {
  if (author === 'newcomer' || author === 'bot' || author === 'agent' || author === 'system') return author
  return from?.['role'] === 'user' ? 'newcomer' : 'bot'
}

const object = (value: unknown): Json | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null
const list = (value: unknown): Json[] => (Array.isArray(value) ? value.map(object).filter((item) => item !== null) : [])
/** A string that is not empty. */
const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)
