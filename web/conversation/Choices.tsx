import { useSpeech } from '../ui/speech.tsx'
import type { Choice } from './message.ts'

/** The buttons that answer the last message. Writing something else is always possible. */
export function Choices({
  items,
  onChoose,
  disabled = false,
}: {
  items: Choice[]
  onChoose: (choice: Choice) => void
  disabled?: boolean
}) {
  const { say } = useSpeech()
  if (items.length === 0) return null
  return (
    <fieldset class="choices">
      <legend class="visually-hidden">{say('conversation:choices')}</legend>
      {items.map((item) => (
        <button
          key={item.value}
          type="button"
          class="choice"
          dir="auto"
          disabled={disabled}
          onClick={() => onChoose(item)}
        >
          {item.title}
        </button>
      ))}
    </fieldset>
  )
}
