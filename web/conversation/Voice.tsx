import { useEffect, useState } from 'preact/hooks'
import { Button } from '../ui/Button.tsx'
import { Icon } from '../ui/Icon.tsx'
import { LiveRegion } from '../ui/LiveRegion.tsx'
import { useSpeech } from '../ui/speech.tsx'
import { startRecording, type Recording } from './recorder.ts'

export interface VoiceProps {
  /** What was said, to be sent with the message. */
  onRecorded: (file: File) => void
  /** It is over; `why` in words when the microphone did not open. */
  onEnd: (why: string | null) => void
}

/** Takes the place of the composer while a voice message is recorded: how long, finish, cancel. */
export function Voice({ onRecorded, onEnd }: VoiceProps) {
  const { say } = useSpeech()
  const [recording, setRecording] = useState<Recording | null>(null)
  const [seconds, setSeconds] = useState(0)

  useEffect(() => {
    let left = false
    let cancel = (): void => {}
    const record = async (): Promise<void> => {
      const started = await startRecording(say('conversation:voice.fileName'))
      cancel = started.cancel
      if (left) return started.cancel()
      setRecording(started)
      const file = await started.file
      if (left) return
      if (file !== null) onRecorded(file)
      onEnd(null)
    }
    record().catch((error: unknown) => {
      const refused = error instanceof DOMException && error.name === 'NotAllowedError'
      if (!left) onEnd(say(`conversation:voice.${refused ? 'refused' : 'failed'}`))
    })
    return () => {
      left = true
      cancel()
    }
    // oxlint-disable-next-line react/exhaustive-deps -- once for each time that it is shown
  }, [])

  useEffect(() => {
    if (recording === null) return
    const timer = setInterval(() => setSeconds((before) => before + 1), 1_000)
    return () => clearInterval(timer)
  }, [recording])

  return (
    <div class="composer-row voice">
      <div class="voice-state">
        <Icon name="microphone" />
        <LiveRegion
          class="voice-words"
          text={say(`conversation:voice.${recording === null ? 'starting' : 'recording'}`)}
        />
        {recording !== null && <span class="voice-time">{clock(seconds)}</span>}
      </div>
      <Button kind="quiet" onClick={() => (recording === null ? onEnd(null) : recording.cancel())}>
        {say('conversation:voice.cancel')}
      </Button>
      <Button kind="primary" icon="stop" disabled={recording === null} onClick={() => recording?.finish()}>
        {say('conversation:voice.finish')}
      </Button>
    </div>
  )
}

const clock = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
