/** The door of delivery: what is to be sent to providers, what was claimed, and how it went. Calls are `bots/delivery`'s. */
export { claimParts, dueHeads } from './claim.ts'
export { confirmPart, confirmUntil, type Confirmed } from './confirm.ts'
export { optIn, optOut } from './optOut.ts'
export { pauseAccount, pausedAccounts } from './pauses.ts'
export { failHeads, recordOutcomes, settledBy, skipMessages } from './record.ts'
export type { Claimed, Head, Outcome, Outgoing } from './types.ts'
export { settleUnclear, takeLostForUnclear, unclearParts, type Found, type Unclear } from './unclear.ts'
