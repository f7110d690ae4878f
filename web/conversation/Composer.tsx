import type { ComponentChildren, RefObject } from 'preact'
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Button } from '../ui/Button.tsx'
import type { Speech } from '../text.ts'
import { useSpeech } from '../ui/speech.tsx'
import { AttachButton, ChosenFiles, useFiles } from './Attachments.tsx'

/** What one message may hold, in code points: the server's own limit. */
const MAX_CHARACTERS = 4_000
/** With fewer characters left, how many is told. */
const TELL_BELOW = 300

export interface ComposerProps {
  onSend: (text: string) => void
  /** Called at each change while there is text; whoever sends it on decides how often. */
  onTyping: () => void
  /** With it, files can be joined; called instead of `onSend` when there are some, `text` may be empty. */
  onFiles?: (files: File[], text: string) => void
  disabled?: boolean
  placeholder: string
  /** The unsent text, when the owner keeps it (the desk has one per conversation); else kept here. */
  draft?: string
  onDraft?: (text: string) => void
  /** The writing box itself, to give it the focus. */
  inputRef?: RefObject<HTMLTextAreaElement | null>
  /** A line below, for example a warning about what not to send. */
  children?: ComponentChildren
}

/** Where one writes: Enter sends, Shift and Enter make a new line. The box grows with the text. */
export function Composer({
  onSend,
  onTyping,
  onFiles,
  disabled = false,
  placeholder,
  draft,
  onDraft,
  inputRef,
  children,
}: ComposerProps) {
  const { language, say } = useSpeech()
  const id = useId()
  const [own, setOwn] = useState('')
  const text = draft ?? own
  const files = useFiles(language, say)
  const ownRef = useRef<HTMLTextAreaElement>(null)
  const boxRef = inputRef ?? ownRef
  const left = MAX_CHARACTERS - Array.from(text).length
  const sendable = !disabled && left >= 0 && (text.trim() !== '' || files.chosen.length > 0)

  const write = (next: string): void => {
    setOwn(next)
    onDraft?.(next)
  }

  const send = (): void => {
    if (!sendable) return
    if (files.chosen.length > 0) onFiles?.(files.chosen, text.trim())
    else onSend(text.trim())
    write('')
    files.clear()
    boxRef.current?.focus()
  }

  useLayoutEffect(() => {
    const element = boxRef.current
    if (element === null) return
    element.style.height = 'auto'
    element.style.height = `${element.scrollHeight + element.offsetHeight - element.clientHeight}px`
  }, [text, boxRef])

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      {onFiles !== undefined && <ChosenFiles files={files} />}
      <div class="composer-row">
        {onFiles !== undefined && <AttachButton files={files} disabled={disabled} />}
        <label class="visually-hidden" for={id}>
          {say('conversation:yourMessage')}
        </label>
        <textarea
          id={id}
          ref={boxRef}
          class="input composer-input"
          rows={1}
          dir="auto"
          // No `maxLength`: it would cut a long paste without a word.
          aria-invalid={left < 0}
          placeholder={placeholder}
          disabled={disabled}
          enterkeyhint="send"
          autocapitalize="sentences"
          value={text}
          aria-describedby={`${id}-left`}
          onInput={(event) => {
            write(event.currentTarget.value)
            if (event.currentTarget.value !== '') onTyping()
          }}
          onKeyDown={(event) => {
            // A word being composed (Chinese, Arabic predictions…) ends with Enter too: that isn't sending.
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
            event.preventDefault()
            send()
          }}
          onPaste={(event) => {
            const pasted = [...(event.clipboardData?.files ?? [])]
            if (onFiles === undefined || pasted.length === 0) return
            event.preventDefault()
            files.add(pasted)
          }}
        />
        <Button type="submit" kind="primary" icon="send" class="composer-send" aria-disabled={!sendable}>
          {say('conversation:send')}
        </Button>
      </div>
      <p id={`${id}-left`} class="composer-left" aria-live="polite">
        {howMuchIsLeft(left, say)}
      </p>
      {children}
    </form>
  )
}

function howMuchIsLeft(left: number, say: Speech['say']): string {
  if (left < 0) return say('conversation:charactersOver', { count: -left, limit: MAX_CHARACTERS })
  return left < TELL_BELOW ? say('conversation:charactersLeft', { count: left }) : ''
}
