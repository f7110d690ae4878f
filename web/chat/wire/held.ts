import type { Held, HeldStore } from './world.ts'

const KEY = 'parcours.held'

/** Holds a token in the tab's own storage. Where that is forbidden, a reload begins a new conversation. */
export function heldIn(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>): HeldStore {
  return {
    load() {
      try {
        const kept: unknown = JSON.parse(storage.getItem(KEY) ?? 'null')
        return isHeld(kept) ? kept : null
      } catch {
        return null
      }
    },
    save(held) {
      try {
        if (held === null) storage.removeItem(KEY)
        else storage.setItem(KEY, JSON.stringify(held))
      } catch {
        // The page in memory still has it.
      }
    },
  }
}

function isHeld(kept: unknown): kept is Held {
  if (typeof kept !== 'object' || kept === null) return false
  const { token, userId } = kept as Record<string, unknown>
  return typeof token === 'string' && typeof userId === 'string'
}
