import { Button } from '../ui/Button.tsx'
import { Icon, type IconName } from '../ui/Icon.tsx'
import { useSpeech } from '../ui/speech.tsx'
import type { TranscriptMessage } from './message.ts'

const ICONS: Record<NonNullable<TranscriptMessage['pending']> | 'sent' | 'read', IconName> = {
  queued: 'clock',
  sending: 'clock',
  failed: 'warning',
  sent: 'check',
  read: 'check',
}

export interface DeliveryProps {
  message: TranscriptMessage
  read: boolean
  onRetry?: ((message: TranscriptMessage) => void) | undefined
  onDiscard?: ((message: TranscriptMessage) => void) | undefined
}

/** What has become of one's own message, in words, and what can be done when it did not leave. */
export function Delivery({ message, read, onRetry, onDiscard }: DeliveryProps) {
  const { say } = useSpeech()
  const state = message.pending ?? (read ? 'read' : 'sent')
  return (
    <div class={`delivery delivery-${state}`}>
      <Icon name={ICONS[state]} />
      <span>{message.failure ?? say(`conversation:delivery.${state}`)}</span>
      {state === 'failed' && onRetry !== undefined && (
        <Button kind="secondary" size="small" icon="retry" onClick={() => onRetry(message)}>
          {say('conversation:retry')}
        </Button>
      )}
      {state === 'failed' && onDiscard !== undefined && (
        <Button kind="quiet" size="small" onClick={() => onDiscard(message)}>
          {say('conversation:discard')}
        </Button>
      )}
    </div>
  )
}
