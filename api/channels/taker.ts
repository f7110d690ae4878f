import type { Turns } from '../../bots/inbound.ts'
import type { ConversationId } from '../../services/platform/ids.ts'
import type { Platform } from '../../services/platform/platform.ts'

/** Turns that webhooks have begun at once on this node: they share its connections with the web. */
const AT_ONCE = 4

/** Takes what webhooks left `received`, after they were answered. */
export interface Taker {
  soon(ids: readonly ConversationId[]): void
  /** Resolves when nothing is left to take. */
  idle(): Promise<void>
}

/** What fails, or is lost with this node, the sweep takes up (`api/clockwork.ts`). */
export function createTaker({ log }: Platform, turns: Turns): Taker {
  const waiting = new Set<ConversationId>()
  const lanes = new Set<Promise<void>>()
  async function lane(): Promise<void> {
    for (const id of waiting) {
      waiting.delete(id)
      await turns
        .takeReceived(id)
        .catch((error: unknown) => log.warn('received.not_taken', { conversation: id, error }))
    }
  }
  return {
    soon(ids) {
      for (const id of ids) waiting.add(id)
      while (lanes.size < AT_ONCE && lanes.size < waiting.size) {
        const running: Promise<void> = lane().finally(() => lanes.delete(running))
        lanes.add(running)
      }
    },
    async idle() {
      while (lanes.size > 0) await Promise.all(lanes)
    },
  }
}
