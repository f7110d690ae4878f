import type { TranscriptMessage } from '../../conversation/message.ts'
import type { Outgoing } from '../wire/outbox.ts'

/** The log with some messages more, by position; a message that comes twice is there once, as it was last. */
export function mergeLog(log: readonly TranscriptMessage[], came: readonly TranscriptMessage[]): TranscriptMessage[] {
  const byId = new Map([...log, ...came].map((message) => [message.id, message]))
  return [...byId.values()].sort((a, b) => a.seq - b.seq)
}

/** The log followed by one's own messages that it hasn't got yet. */
export function withOutgoing(
  log: readonly TranscriptMessage[],
  outgoing: readonly Outgoing[],
  failure: (status: number | undefined) => string,
): TranscriptMessage[] {
  const logged = new Set(log.map((message) => message.clientMessageId))
  const waiting = outgoing.filter((item) => !logged.has(item.clientActivityID))
  return [...log, ...waiting.map((item) => asMessage(item, failure))]
}

function asMessage(item: Outgoing, failure: (status: number | undefined) => string): TranscriptMessage {
  const id = item.clientActivityID
  return {
    id,
    clientMessageId: id,
    seq: 0,
    author: 'newcomer',
    text: item.text,
    status: 'done',
    at: item.at,
    ...(item.files === undefined
      ? {}
      : {
          files: item.files.map((file, index) => ({
            id: `${id}-${index}`,
            name: file.name,
            contentType: file.type,
            size: file.size,
          })),
        }),
    ...(item.state === 'accepted' ? {} : { pending: item.state }),
    ...(item.state === 'failed' ? { failure: failure(item.status) } : {}),
  }
}
