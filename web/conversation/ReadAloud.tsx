import { useEffect, useState } from 'preact/hooks'
import { Button } from '../ui/Button.tsx'
import { useSpeech } from '../ui/speech.tsx'

/** Says a message with the browser's own voice, in its language; a second press stops it. Nothing where there is no voice. */
export function ReadAloud({ text, language }: { text: string; language: string }) {
  const { say } = useSpeech()
  const [speaking, setSpeaking] = useState(false)
  useEffect(() => () => (speaking ? globalThis.speechSynthesis.cancel() : undefined), [speaking])
  if (!('speechSynthesis' in globalThis)) return null

  function toggle(): void {
    const voice = globalThis.speechSynthesis
    voice.cancel()
    if (speaking) return setSpeaking(false)
    const words = new SpeechSynthesisUtterance(text)
    words.lang = language
    words.addEventListener('end', () => setSpeaking(false))
    words.addEventListener('error', () => setSpeaking(false))
    voice.speak(words)
    setSpeaking(true)
  }
  return (
    <Button
      kind="quiet"
      size="small"
      icon={speaking ? 'close' : 'sound'}
      label={say(speaking ? 'conversation:readAloud.stop' : 'conversation:readAloud.start')}
      class="read-aloud"
      onClick={toggle}
    />
  )
}
