import type { DeviceStore } from './world.ts'

const KEY = 'parcours.sharedDevice'

/** Keeps on the device that others use it too; nothing else, and nothing of anybody. */
export function deviceIn(storage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>): DeviceStore {
  /** What storage, full or forbidden, did not take: it holds for as long as the page is open. */
  let unkept: boolean | null = null
  return {
    isShared() {
      try {
        return unkept ?? storage().getItem(KEY) === 'yes'
      } catch {
        return false
      }
    },
    share(shared) {
      try {
        if (shared) storage().setItem(KEY, 'yes')
        else storage().removeItem(KEY)
        unkept = null
      } catch {
        unkept = shared
      }
    },
  }
}
