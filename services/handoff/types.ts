/** Why a person was asked for. */
export type Reason = 'asked' | 'danger' | 'deadline' | 'misunderstood' | 'failure'

/** 0 danger, 1 urgent, 2 normal. */
export type Priority = 0 | 1 | 2

/**
 * The reason in the table when an agent goes to somebody they accompany whom nobody asked a person
 * for. It was never in the queue; if it returns there, the person is waiting: then it reads `asked`.
 */
export const ACCOMPANIED = 'accompanied'

/** What was known and asked when the person was handed over; sealed under the conversation's key. */
export interface HandoffSummary {
  lastWords: string
  known: Record<string, unknown>
  openStep: string | null
  situation: string | null
}

/** Where a hand-off's summary is sealed. */
export const summaryPlace = (id: string): string => `handoffs.summary:${id}`
/** Where an internal note is sealed. */
export const notePlace = (id: string): string => `notes.body:${id}`
