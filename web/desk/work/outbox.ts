import type { PendingMessage } from '../model/state.ts'
import type { Store } from '../model/store.ts'
import { backoff } from '../../backoff.ts'
import type { Refusals } from './refusals.ts'
import type { World } from './world.ts'

/** What the agent wrote, until it is in the log: in order within a conversation, and once. */
export interface Outbox {
  write(conversationId: string, text: string): void
  /** Tries a refused message again, with the same id. */
  retry(clientMessageId: string): void
  drop(clientMessageId: string): void
  /** The network is back: nobody waits for the end of a delay. */
  wake(): void
  /** Forgets all lanes; the state is emptied by who signs out. */
  stop(): void
}

interface Lane {
  failures: number
  cancel: () => void
  busy: boolean
}

/** @param delivered called after each message that reached the log */
export function outbox(
  store: Store,
  world: World,
  refused: Refusals,
  delivered: (conversationId: string) => void,
): Outbox {
  // One lane a conversation: a conversation that the server refuses does not hold up the others.
  const lanes = new Map<string, Lane>()

  function laneOf(conversationId: string): Lane {
    const lane = lanes.get(conversationId) ?? { failures: 0, cancel: () => {}, busy: false }
    lanes.set(conversationId, lane)
    return lane
  }

  function next(conversationId: string): PendingMessage | undefined {
    return store.state().pending.find((p) => p.conversationId === conversationId && p.state !== 'refused')
  }

  async function run(conversationId: string): Promise<void> {
    const lane = laneOf(conversationId)
    lane.cancel()
    if (lane.busy) return
    lane.busy = true
    try {
      let message = next(conversationId)
      while (message !== undefined && lanes.get(conversationId) === lane) {
        if (!(await deliver(message, lane))) return
        message = next(conversationId)
      }
    } finally {
      lane.busy = false
    }
  }

  /** @returns whether the lane goes on to the next message */
  async function deliver(pending: PendingMessage, lane: Lane): Promise<boolean> {
    const { conversationId, clientMessageId, text } = pending
    store.tell({ type: 'sending', clientMessageId, state: 'sending' })
    try {
      const message = await world.api.write(conversationId, { text, clientMessageId })
      lane.failures = 0
      if (lanes.get(conversationId) !== lane) return false
      store.tell({ type: 'sent', conversationId, clientMessageId, message })
      delivered(conversationId)
      return true
    } catch (error) {
      const rest = refused.about(conversationId, error)
      if (rest === null) return false
      if (!rest.mayPass) {
        store.tell({ type: 'sending', clientMessageId, state: 'refused' })
        refused.tell(conversationId, error)
        // Its order is lost anyway; those after it must not wait for a person's decision.
        return true
      }
      lane.failures += 1
      store.tell({ type: 'sending', clientMessageId, state: 'waiting' })
      const wait = Math.max(backoff(lane.failures, world.chance()), rest.retryAfterSeconds * 1000)
      lane.cancel = world.later(() => void run(conversationId), wait)
      return false
    }
  }

  return {
    write(conversationId, text) {
      const message: PendingMessage = {
        conversationId,
        clientMessageId: world.newId(),
        text,
        at: world.now(),
        state: 'sending',
      }
      store.tell({ type: 'wrote', message })
      void run(conversationId)
    },
    retry(clientMessageId) {
      store.tell({ type: 'sending', clientMessageId, state: 'sending' })
      const again = store.state().pending.find((p) => p.clientMessageId === clientMessageId)
      if (again !== undefined) void run(again.conversationId)
    },
    drop(clientMessageId) {
      store.tell({ type: 'dropped', clientMessageId })
    },
    wake() {
      for (const conversationId of lanes.keys()) void run(conversationId)
    },
    stop() {
      for (const lane of lanes.values()) lane.cancel()
      lanes.clear()
    },
  }
}
