import { z } from 'zod'
import type { Task } from '../platform/jobs.ts'
import type { Platform } from '../platform/platform.ts'
import { settleDue, type DueKinds } from './settle.ts'

const payload = z.object({ kind: z.string(), reference: z.string() })

/** What the alarm clock does: the job names a due time, and the row says whether there is anything to do. */
export const dueTask =
  (platform: Platform, kinds: DueKinds): Task =>
  async (given) => {
    const { kind, reference } = payload.parse(given)
    await settleDue(platform, kinds, kind, reference)
  }
