import type { Action } from './action.ts'
import { reduce } from './reduce.ts'
import { emptyDesk } from './state.ts'
import type { DeskState } from './state.ts'

/** Holds the one state of the desk and tells who listens. */
export interface Store {
  state(): DeskState
  tell(action: Action): void
  /** Calls `listener` after each change; the result ends it. */
  listen(listener: () => void): () => void
}

/** A store over {@link reduce}. */
export function store(first: DeskState = emptyDesk): Store {
  let state = first
  const listeners = new Set<() => void>()
  return {
    state: () => state,
    tell(action) {
      const next = reduce(state, action)
      if (next === state) return
      state = next
      for (const listener of listeners) listener()
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
