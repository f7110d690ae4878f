import { manages } from '../model/selectors.ts'
import { Button } from '../../ui/Button.tsx'
import { useScene } from './context.ts'
import { LanguagePicker } from './LanguagePicker.tsx'

/** Name of the page, its two places, its language, and who is signed in. */
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
          <button
            type="button"
            class="place"
            aria-current={place.at !== 'team' ? 'page' : undefined}
            onClick={() => desk.go({ at: 'people' })}
          >
            {words.say('bar.conversations')}
          </button>
          <button
            type="button"
            class="place"
            aria-current={place.at === 'team' ? 'page' : undefined}
            onClick={() => desk.go({ at: 'team' })}
          >
            {words.say('bar.team')}
          </button>
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
