import type { Unsent, UnsentStore } from './world.ts'

const KEY = 'parcours.unsent'

/**
 * Keeps what was typed without network through a reload, in the tab's own storage and nowhere else: it
 * is gone when the tab closes, so the next person on a shared device finds nothing, and each message is
 * erased as soon as the server has it. Storage that is full or forbidden is done without.
 */
export function unsentIn(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>): UnsentStore {
  return {
    load() {
      try {
        const kept: unknown = JSON.parse(storage.getItem(KEY) ?? '[]')
        return Array.isArray(kept) ? kept.filter(isUnsent) : []
      } catch {
        return []
      }
    },
    save(unsent) {
      try {
        if (unsent.length === 0) storage.removeItem(KEY)
        else storage.setItem(KEY, JSON.stringify(unsent))
      } catch {
        // The queue in memory still sends them; only a reload before that would lose them.
      }
    },
  }
}

function isUnsent(kept: unknown): kept is Unsent {
  if (typeof kept !== 'object' || kept === null) return false
  const { clientActivityID, text, at } = kept as Record<string, unknown>
  return typeof clientActivityID === 'string' && typeof text === 'string' && typeof at === 'string'
}
