import { useSpeech } from '../../ui/speech.tsx'

/** How far a long dialog is, in words and as a line; nothing between dialogs. */
export function Progress({ at }: { at: { step: number; of: number } | null }) {
  const { say } = useSpeech()
  if (at === null) return null
  const words = say('chat:progress', { step: at.step, of: at.of })
  return (
    <div class="progress">
      <span>{words}</span>
      <progress max={at.of} value={at.step - 1} aria-label={words} />
    </div>
  )
}
