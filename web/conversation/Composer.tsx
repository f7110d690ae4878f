import type { ComponentChildren, RefObject } from 'preact'
import type { ComponentType } from 'preact'
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Button } from '../ui/Button.tsx'
import type { Speech } from '../text.ts'
import { useSpeech } from '../ui/speech.tsx'
import type { VoiceProps } from './Voice.tsx'
import { canRecord } from './canRecord.ts'
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
  /** Voice messages can be recorded, where the browser can and files can be joined. */
  voice?: boolean
  disabled?: boolean
  placeholder: string
  /** The unsent text, when the owner keeps it (the desk has one per conversation); else kept here. */
  draft?: string
  onDraft?: (text: string) => void
  /** What the box holds at first, when nobody else keeps it. */
  startText?: string
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
  voice = false,
  disabled = false,
  placeholder,
  draft,
  onDraft,
  startText = '',
  inputRef,
  children,
}: ComposerProps) {
  const { language, say } = useSpeech()
  const id = useId()
  const [own, setOwn] = useState(startText)
  const text = draft ?? own
  const files = useFiles(language, say)
  const recorder = useVoice(voice && onFiles !== undefined)
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
      {recorder.View !== null && <recorder.View onRecorded={(file) => files.add([file])} onEnd={recorder.end} />}
      <div class="composer-row" hidden={recorder.View !== null}>
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
        {recorder.possible && text === '' && (
          <Button
            kind="quiet"
            icon="microphone"
            label={say('conversation:voice.record')}
            disabled={disabled}
            onClick={recorder.open}
          />
        )}
        <Button type="submit" kind="primary" icon="send" class="composer-send" aria-disabled={!sendable}>
          {say('conversation:send')}
        </Button>
      </div>
      <p class="field-error" role="alert">
        {recorder.error}
      </p>
      <p id={`${id}-left`} class="composer-left" aria-live="polite">
        {howMuchIsLeft(left, say)}
      </p>
      {children}
    </form>
  )
}

/** The recorder, which comes when it is first asked for: most people write. */
function useVoice(wanted: boolean) {
  const [possible, setPossible] = useState(false)
  const [View, setView] = useState<ComponentType<VoiceProps> | null>(null)
  const [error, setError] = useState('')
  // Known only in a browser, and so not in the first drawing.
  useEffect(() => setPossible(wanted && canRecord()), [wanted])
  return {
    possible,
    View,
    error,
    open() {
      setError('')
      void import('./Voice.tsx').then(({ Voice }) => setView(() => Voice))
    },
    end(why: string | null) {
      setView(null)
      setError(why ?? '')
    },
  }
}

function howMuchIsLeft(left: number, say: Speech['say']): string {
  if (left < 0) return say('conversation:charactersOver', { count: -left, limit: MAX_CHARACTERS })
  return left < TELL_BELOW ? say('conversation:charactersLeft', { count: left }) : ''
}
