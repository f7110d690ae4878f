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

/** What became of a message at the provider of its channel. */
export function ProviderState({
  message,
  onSendAgain,
}: {
  message: TranscriptMessage
  onSendAgain: ((message: TranscriptMessage) => void) | undefined
}) {
  const { say } = useSpeech()
  const { provider } = message
  if (provider === undefined) return null
  return (
    <div class={`delivery delivery-${provider.again ? 'failed' : 'sent'}`}>
      <Icon name={provider.again ? 'warning' : provider.state === 'pending' ? 'clock' : 'check'} />
      <span>{provider.text}</span>
      {provider.again && onSendAgain !== undefined && (
        <Button kind="secondary" size="small" icon="retry" onClick={() => onSendAgain(message)}>
          {say('conversation:sendAgain')}
        </Button>
      )}
    </div>
  )
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
