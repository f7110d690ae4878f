/** The door of the hand-off: asking for a person, the queue, and the agent's side of a conversation. */
export { releaseToBot } from './release.ts'
export { alertDanger, queuePosition, requestPerson, type PersonRequest } from './request.ts'
export type { HandoffSummary, Priority, Reason } from './types.ts'
