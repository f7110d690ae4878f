import type { MessageView } from '../../../api/types.ts'

/** Two pieces of a log as one, by position; where both have a position the second wins. */
export function merge(first: MessageView[], second: MessageView[]): MessageView[] {
  if (second.length === 0) return first
  const bySeq = new Map([...first, ...second].map((message) => [message.seq, message]))
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq)
}

/** Position of the last of these messages, or `otherwise` where there is none. */
export function lastOf(messages: MessageView[], otherwise: number): number {
  return messages.at(-1)?.seq ?? otherwise
}

/** Position of the last message of a person, or 0: up to there the agent has read. */
export function lastOfNewcomer(messages: MessageView[]): number {
  return messages.findLast((message) => message.author === 'newcomer')?.seq ?? 0
}
