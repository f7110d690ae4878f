import { useEffect, useRef, useState } from 'preact/hooks'
import type { InvitationView } from '../../../api/types.ts'
import { Button } from '../../ui/Button.tsx'
import { useScene } from './context.ts'
import { dayAndHour } from './times.ts'

/** A link just made. It is shown this once: who leaves the page must make another. */
export function SignInLink({ invitation }: { invitation: InvitationView }) {
  const { words } = useScene()
  const [copied, mark] = useState<'no' | 'yes' | 'failed'>('no')
  const box = useRef<HTMLInputElement>(null)

  useEffect(() => {
    box.current?.focus()
    box.current?.select()
  }, [])

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(invitation.link)
      mark('yes')
    } catch {
      // No clipboard without TLS or permission: selected, the keyboard copies it.
      box.current?.select()
      mark('failed')
    }
  }

  return (
    <section class="link-once" aria-labelledby="link-title">
      <h3 id="link-title">{words.say('invited.title', { name: invitation.agent.name })}</h3>
      <p>{words.say('invited.once', { until: dayAndHour(words.language, invitation.expiresAt) })}</p>
      <div class="link-line">
        <input
          ref={box}
          class="input"
          readOnly
          value={invitation.link}
          aria-label={words.say('invited.link')}
          onFocus={(event) => event.currentTarget.select()}
        />
        <Button kind="primary" onClick={() => void copy()}>
          {words.say('invited.copy')}
        </Button>
      </div>
      <p aria-live="polite" class="quiet">
        {copied === 'yes' && words.say('invited.copied')}
        {copied === 'failed' && words.say('invited.copyFailed')}
      </p>
    </section>
  )
}
