import { useMemo } from 'preact/hooks'
import { useSpeech } from '../ui/speech.tsx'
import { linkify } from './linkify.ts'

/** The words of a message: text as text, its addresses and phone numbers as links, in its own direction. */
export function MessageText({ text, language }: { text: string; language: string }) {
  const { say } = useSpeech()
  const parts = useMemo(() => linkify(text), [text])
  return (
    <p class="message-text" dir="auto" lang={language}>
      {parts.map((part) => {
        if (!('href' in part)) return part.text
        if (part.kind !== 'web') {
          return (
            <a key={part.at} class={part.kind === 'phone' ? 'phone' : undefined} href={part.href} dir="ltr">
              {part.text}
            </a>
          )
        }
        return (
          <a key={part.at} href={part.href} target="_blank" rel="noopener noreferrer" dir="ltr">
            {part.text}
            <span class="visually-hidden"> {say('conversation:newTab')}</span>
          </a>
        )
      })}
    </p>
  )
}
