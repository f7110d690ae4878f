import { Refusal } from './errors.ts'
import { refuse } from './shapes.ts'
import type { SendRequest } from './limits.ts'
import type { Thread } from './thread.ts'

const HOUR_MS = 3_600_000
/** How long after the person's last act a Page may answer. */
const WINDOW_MS = 24 * HOUR_MS
/** The same for what a human agent types. */
const HUMAN_AGENT_MS = 7 * 24 * HOUR_MS

/** What Meta has allowed this app to do, after its review. */
export interface Permissions {
  humanAgent: boolean
  utility: boolean
}

/**
 * Whether the Page may reach this person at this moment, or Meta's refusal.
 * @param now milliseconds of the stand-in's own clock
 */
export function checkReach(
  thread: Thread | undefined,
  request: SendRequest,
  permissions: Permissions,
  now: number,
): asserts thread is Thread {
  if (thread === undefined || thread.isGone) throw new Refusal({ code: 100, subcode: 2018001 })
  if (thread.isBlocked) throw new Refusal({ code: 551, subcode: 1545041 })
  if (thread.ownedBy !== undefined) throw new Refusal({ code: 10, subcode: 2018300 })
  if (request.tag === 'HUMAN_AGENT' && !permissions.humanAgent)
    throw new Refusal({
      code: 10,
      status: 403,
      message:
        "(#10) To use 'Human Agent', your use of this endpoint must be reviewed and approved by Facebook. To submit this 'Human Agent' feature for review please read our documentation on reviewable features: https://developers.facebook.com/docs/apps/review.",
    })
  if (request.messagingType === 'UTILITY') {
    if (!permissions.utility) refuse('Application does not have permission for this action', 10)
    return
  }
  const open = request.tag === 'HUMAN_AGENT' ? HUMAN_AGENT_MS : WINDOW_MS
  if (thread.openedAt === undefined || now - thread.openedAt >= open) throw new Refusal({ code: 10, subcode: 2018278 })
}
