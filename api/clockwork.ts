import type { Turns } from '../bots/inbound.ts'
import { forgetDesks } from '../services/agents/index.ts'
import type { Dispatcher } from '../bots/delivery/dispatcher.ts'
import { conversationsWithReceived, DELIVERIES } from '../services/conversations/index.ts'
import { DUE_TASK, dueTask, settleOverdue, type DueKinds } from '../services/due/index.ts'
import { DANGER_UNREAD, dangerUnread, requeueAbsent } from '../services/handoff/index.ts'
import { toDate } from '../services/platform/clock.ts'
import { startJobs, type Jobs } from '../services/platform/jobs.ts'
import { forgetOldCounts } from '../services/platform/rateLimits.ts'
import type { Platform } from '../services/platform/platform.ts'
import { forgetExpired } from '../services/sign-in/index.ts'
import { forgetEndedSessions } from '../services/visitors/index.ts'

/** A `received` row this old has lost the process that was to take it. */
const RECEIVED_SECONDS = 5
/** How many conversations a sweep takes at once: one that is slow to fail does not keep the others waiting. */
const SWEPT_AT_ONCE = 4
const EVERY_HOUR = 3600

/** What happens without anybody asking: alarms, and sweeps that any number of nodes may run. */
export function startClockwork(platform: Platform, turns: Turns, dispatcher: Dispatcher): Jobs {
  const dues: DueKinds = { [DANGER_UNREAD]: dangerUnread(platform) }
  const stopListening = platform.bell.on(DELIVERIES, () => dispatcher.wake())
  const jobs = startJobs(platform, { [DUE_TASK]: dueTask(platform, dues) }, [
    { name: 'received', everySeconds: RECEIVED_SECONDS, run: () => takeLeftReceived(platform, turns) },
    { name: 'overdue', everySeconds: 15, run: () => settleOverdue(platform, dues) },
    { name: 'absent', everySeconds: 10, run: () => requeueAbsent(platform) },
    { name: 'desks', everySeconds: EVERY_HOUR, run: () => forgetDesks(platform) },
    { name: 'sessions', everySeconds: EVERY_HOUR, run: () => forgetExpired(platform) },
    { name: 'counts', everySeconds: EVERY_HOUR, run: () => forgetOldCounts(platform) },
    { name: 'visitors', everySeconds: EVERY_HOUR, run: () => forgetEndedSessions(platform) },
    { name: 'deliveries', everySeconds: 1, run: async () => dispatcher.wake() },
    { name: 'unclear', everySeconds: 5, run: () => dispatcher.settle() },
  ])
  return {
    async stop() {
      stopListening()
      await jobs.stop()
    },
  }
}

/** Takes what a crash, or a lost wake-up, left `received`. */
async function takeLeftReceived({ clock, database, log }: Platform, turns: Turns): Promise<void> {
  const before = toDate(clock.now().subtract({ seconds: RECEIVED_SECONDS }))
  const left = await conversationsWithReceived(database, before)
  const sweep = async (): Promise<void> => {
    for (let id = left.shift(); id !== undefined; id = left.shift())
      await turns.takeReceived(id).catch((error: unknown) => {
        log.error('received.not_taken', { conversation: id, error })
      })
  }
  await Promise.all(Array.from({ length: SWEPT_AT_ONCE }, sweep))
}
