import { useEffect, useMemo } from 'preact/hooks'
import type { Speech } from '../../text.ts'
import { SpeechProvider } from '../../ui/speech.tsx'
import { calling } from '../model/selectors.ts'
import type { Desk } from '../work/desk.ts'
import { Scene, useDeskState, wordsOf } from './context.ts'
import { DeskPage } from './DeskPage.tsx'
import { Door } from './Door.tsx'

/** The whole page: the door for who is not signed in, the desk for who is. */
export function App(props: {
  desk: Desk
  speech: Speech
  languages: readonly string[]
  changeLanguage: (language: string) => void
}) {
  const { desk, speech, languages, changeLanguage } = props
  const words = useMemo(() => wordsOf(speech), [speech])
  const state = useDeskState(desk)
  const scene = useMemo(
    () => ({ desk, state, words, languages, changeLanguage }),
    [desk, state, words, languages, changeLanguage],
  )
  const { dangers, count } = calling(state)

  useEffect(() => {
    const title = words.say('title')
    const mark = dangers > 0 ? words.say('titleDanger') : ''
    document.title = count === 0 ? title : `(${count}) ${mark}${title}`
  }, [words, dangers, count])

  return (
    <SpeechProvider speech={speech}>
      <Scene.Provider value={scene}>
        {state.session.status === 'signedIn' ? <DeskPage /> : <Door session={state.session} />}
      </Scene.Provider>
    </SpeechProvider>
  )
}
