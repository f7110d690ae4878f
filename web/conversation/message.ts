import type { FileView, MessageView } from '../../api/types.ts'

/**
 * A message on screen. One that is not in the log yet has `seq` 0; one without `pending` has been
 * accepted by the server. `queued`: the network is away and it will
 * go by itself. `failed`: it will not, unless somebody asks.
 */
export interface TranscriptMessage extends Omit<MessageView, 'files'> {
  files?: ShownFile[]
  pending?: 'queued' | 'sending' | 'failed'
  /** Why it failed, in words. */
  failure?: string
}

/** A file of a message; `size` in bytes, and `url` only once it can be opened. */
export type ShownFile = Pick<FileView, 'id' | 'name' | 'contentType'> & Partial<Pick<FileView, 'size' | 'url'>>

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

/** Stays the same when a message that was being sent comes back from the log, so that it isn't read out twice. */
export function keyOf(message: TranscriptMessage): string {
  return message.clientMessageId ?? message.id
}
