import { createContext } from 'preact'
import { useContext, useEffect, useState } from 'preact/hooks'
import type { Params, Speech } from '../../text.ts'
import type { DeskState } from '../model/state.ts'
import type { Desk } from '../work/desk.ts'
import type { Lookup } from './answer.ts'

/** The words of the page in the chosen language. */
export interface Words {
  language: string
  /** The sentence under a key of `desk.json`. */
  say(key: string, params?: Params): string
  /** The sentence under a full key (`onboarding:arrival.label`), or null if there is none. */
  find: Lookup
}

/** The desk's own view of a speech: its file without naming it each time. */
export function wordsOf(speech: Speech): Words {
  return {
    language: speech.language,
    say: (key, params) => speech.say(`desk:${key}`, params),
    find: (key) => speech.lookup(key),
  }
}

/** What every part of the page is given. */
export interface DeskScene {
  desk: Desk
  state: DeskState
  words: Words
  languages: readonly string[]
  changeLanguage: (language: string) => void
}

/** Provided by `App`. */
export const Scene = createContext<DeskScene | null>(null)

/** The scene of the part that asks. Throws outside `App`. */
export function useScene(): DeskScene {
  const scene = useContext(Scene)
  if (scene === null) throw new Error('no scene: render inside App')
  return scene
}

/** The desk's state, and a new rendering after each change. */
export function useDeskState(desk: Desk): DeskState {
  const [state, show] = useState(desk.store.state())
  useEffect(() => {
    show(desk.store.state())
    return desk.store.listen(() => show(desk.store.state()))
  }, [desk])
  return state
}

/** The present, in milliseconds, renewed every 15 seconds: waiting times go on without news. */
export function useNow(): number {
  const [now, renew] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => renew(Date.now()), 15_000)
    return () => clearInterval(timer)
  }, [])
  return now
}
