import type { FileView, MessageView } from '../../api/types.ts'

/**
 * A message on screen. One that is not in the log yet has `seq` 0; one without `pending` has been
 * accepted by the server. `queued`: the network is away and it will
 * go by itself. `failed`: it will not, unless somebody asks.
 */
export interface TranscriptMessage extends Omit<MessageView, 'files'> {
  files?: ShownFile[]
  asking?: Asking
  pending?: 'queued' | 'sending' | 'failed'
  /** Why it failed, in words. */
  failure?: string
  /** What became of it at the provider of its channel, in words; `again`: it can be sent again. */
  provider?: { state: string; text: string; again: boolean }
}

/** A file of a message; `size` in bytes, and `url` only once it can be opened. */
export type ShownFile = Pick<FileView, 'id' | 'name' | 'contentType'> & Partial<Pick<FileView, 'size' | 'url'>>

/** Which question a message asks; see `Asking` of the protocol. */
export interface Asking {
  name: string
  /** What one says to answer it again. */
  change?: string
  step?: number
  of?: number
}

/** A button that answers a message. */
export interface Choice {
  title: string
  value: string
}

/** Who reads the transcript: decides whose messages are "you" and on which side they stand. */
export type Reader = { side: 'newcomer' } | { side: 'team'; agentId?: string }

/** The reader wrote it, themselves. */
export function isOwn(message: TranscriptMessage, me: Reader): boolean {
  if (me.side === 'newcomer') return message.author === 'newcomer'
  return message.author === 'agent' && (message.agentId === undefined || message.agentId === me.agentId)
}

/** It comes from the reader's side: for an agent, the assistant and colleagues speak for the team too. */
export function isOnMySide(message: TranscriptMessage, me: Reader): boolean {
  return (message.author === 'newcomer') === (me.side === 'newcomer')
}

/**
 * Of one's own messages, those that answered a question which can be answered again, with what one says to
 * do so: the last one between a question and the next.
 */
export function answersToChange(messages: readonly TranscriptMessage[], me: Reader): Map<TranscriptMessage, string> {
  const found = new Map<TranscriptMessage, string>()
  // What one said to change an answer is no answer.
  const said = new Set(messages.map(({ asking }) => asking?.change))
  let asked: Asking | undefined
  let answer: TranscriptMessage | undefined
  for (const message of messages) {
    if (isOwn(message, me) && !said.has(message.text)) answer = message
    if (message.asking === undefined) continue
    if (asked?.change !== undefined && answer !== undefined && message.asking.name !== asked.name)
      found.set(answer, asked.change)
    if (message.asking.name !== asked?.name) answer = undefined
    asked = message.asking
  }
  return found
}

/** How far the dialog is, while its question is the last thing that was asked. */
export function progressOf(messages: readonly TranscriptMessage[]): { step: number; of: number } | null {
  const { step, of } = messages.findLast(({ author }) => author === 'bot')?.asking ?? {}
  return step === undefined || of === undefined ? null : { step, of }
}

/** Stays the same when a message that was being sent comes back from the log, so that it isn't read out twice. */
export function keyOf(message: TranscriptMessage): string {
  return message.clientMessageId ?? message.id
}
