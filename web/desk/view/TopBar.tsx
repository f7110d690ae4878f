import { manages } from '../model/selectors.ts'
import { Button } from '../../ui/Button.tsx'
import { useScene } from './context.ts'
import { LanguagePicker } from './LanguagePicker.tsx'

/** The places of a supervisor; others have one. */
const PLACES = [
  { at: 'people', word: 'bar.conversations' },
  { at: 'team', word: 'bar.team' },
  { at: 'questions', word: 'bar.questions' },
] as const

/** Name of the page, its places, its language, and who is signed in. */
export function TopBar() {
  const { desk, state, words } = useScene()
  const { session, place } = state
  const name = session.status === 'signedIn' ? session.me.agent.name : ''
  const seesTeam = manages(state).length > 0
  return (
    <header class="bar">
      <p class="brand">
        Parcours <span class="brand-place">{words.say('bar.desk')}</span>
      </p>
      {seesTeam && (
        <nav class="places" aria-label={words.say('bar.places')}>
          {PLACES.map(({ at, word }) => (
            <button
              key={at}
              type="button"
              class="place"
              aria-current={at === (place.at === 'conversation' ? 'people' : place.at) ? 'page' : undefined}
              onClick={() => desk.go({ at })}
            >
              {words.say(word)}
            </button>
          ))}
        </nav>
      )}
      <div class="bar-end">
        <LanguagePicker />
        <span class="me">{name}</span>
        <Button size="small" onClick={() => void desk.signOut()}>
          {words.say('bar.signOut')}
        </Button>
      </div>
    </header>
  )
}
