import { useSpeech } from '../ui/speech.tsx'

/** Who is writing now; `name` when it is an agent one knows. */
export interface TypingNow {
  author: 'newcomer' | 'bot' | 'agent'
  name?: string
}

/** "Camille écrit…": three dots for the eye, and the words. Not in the log, so that it isn't read out again and again. */
export function Typing({ now }: { now: TypingNow | null }) {
  const { say } = useSpeech()
  if (now === null) return null
  return (
    <p class="typing">
      <span class="typing-dots" aria-hidden="true">
        <span />
        <span />
        <span />
      </span>
      {now.name === undefined
        ? say(`conversation:typing.${now.author}`)
        : say('conversation:typing.named', { name: now.name })}
    </p>
  )
}
