import type { DeviceStore } from './world.ts'

const KEY = 'parcours.sharedDevice'

/** Keeps on the device that others use it too; nothing else, and nothing of anybody. */
export function deviceIn(storage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>): DeviceStore {
  return {
    isShared() {
      try {
        return storage().getItem(KEY) === 'yes'
      } catch {
        return false // storage is forbidden: the cookie still says how long it lasts
      }
    },
    share(shared) {
      try {
        if (shared) storage().setItem(KEY, 'yes')
        else storage().removeItem(KEY)
      } catch {
        // It holds for as long as the page is open.
      }
    },
  }
}
