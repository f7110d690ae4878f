import { cardOf } from '../model/selectors.ts'
import type { DangerAlert } from '../model/state.ts'
import { Button } from '../../ui/Button.tsx'
import { useScene } from './context.ts'

/** What must be seen whatever is on screen: danger, the lost link, one sentence about the last act. */
export function Banners() {
  const { desk, state, words } = useScene()
  const { alerts, link, notice } = state
  return (
    <div class="banners">
      {/* In the page before it has anything to say: a region that appears with its text is often not read. */}
      <div aria-live="assertive">
        {alerts.map((alert) => (
          <Danger key={`${alert.conversationId} ${alert.kind}`} alert={alert} />
        ))}
      </div>
      <div aria-live="polite">
        {link === 'lost' && (
          <div class="banner banner-lost">
            <p>{words.say('link.lost')}</p>
            <Button size="small" onClick={() => desk.retryLink()}>
              {words.say('link.retry')}
            </Button>
          </div>
        )}
        {notice !== null && (
          <div class={notice.tone === 'trouble' ? 'banner banner-trouble' : 'banner'}>
            <p>{words.say(notice.key, notice.params)}</p>
            <Button size="small" onClick={() => desk.store.tell({ type: 'notice', notice: null })}>
              {words.say('notice.dismiss')}
            </Button>
          </div>
        )}
      </div>
    </div>
  )
}

function Danger({ alert }: { alert: DangerAlert }) {
  const { desk, state, words } = useScene()
  const { conversationId, kind } = alert
  const name = cardOf(state, conversationId)?.preferredName ?? words.say('danger.somebody')
  const shown = state.open?.id === conversationId
  return (
    <div class="banner banner-danger">
      <p>
        <strong>{words.say('danger.word')}</strong> {words.say(`danger.${kind}`, { name })}
      </p>
      {shown ? (
        <Button size="small" onClick={() => desk.store.tell({ type: 'alertSeen', conversationId })}>
          {words.say('danger.seen')}
        </Button>
      ) : (
        <Button size="small" onClick={() => desk.go({ at: 'conversation', id: conversationId })}>
          {words.say('danger.open')}
        </Button>
      )}
    </div>
  )
}
