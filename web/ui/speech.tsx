import { createContext, type ComponentChildren } from 'preact'
import { useContext } from 'preact/hooks'
import { speech, type Speech } from '../text.ts'

const SpeechContext = createContext<Speech>(speech('fr', {}))

/** Gives every component below the words and the direction of the page's language. */
export function SpeechProvider({ speech, children }: { speech: Speech; children: ComponentChildren }) {
  return <SpeechContext.Provider value={speech}>{children}</SpeechContext.Provider>
}

/** The page's language: `const { say } = useSpeech()`, then `say('chat:title')`. */
export function useSpeech(): Speech {
  return useContext(SpeechContext)
}
