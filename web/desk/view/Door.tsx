import type { Session } from '../model/state.ts'
import { Button } from '../../ui/Button.tsx'
import { useScene } from './context.ts'
import { LanguagePicker } from './LanguagePicker.tsx'

/** What is seen by who is not signed in: why, and how to get in. */
export function Door({ session }: { session: Exclude<Session, { status: 'signedIn' }> }) {
  const { desk, words } = useScene()
  return (
    <div class="door">
      <header class="door-top">
        <LanguagePicker />
      </header>
      <main class="door-card" id="main" tabIndex={-1}>
        <p class="brand">Parcours</p>
        <h1>{words.say('door.title')}</h1>
        <div aria-live="polite">
          {session.status === 'unknown' && <p>{words.say('loading')}</p>}
          {session.status === 'unreachable' && <p>{words.say('door.unreachable')}</p>}
          {session.status === 'signedOut' && session.why !== 'start' && (
            <p class="said">{words.say(`door.${session.why}`)}</p>
          )}
        </div>
        {session.status === 'unreachable' && (
          <Button kind="primary" onClick={() => desk.wake()}>
            {words.say('link.retry')}
          </Button>
        )}
        {session.status === 'signedOut' && (
          <>
            <p>{words.say('door.how')}</p>
            <p class="quiet">{words.say('door.why')}</p>
          </>
        )}
      </main>
    </div>
  )
}
