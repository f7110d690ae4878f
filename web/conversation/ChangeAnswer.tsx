import { Button } from '../ui/Button.tsx'

/** Under an answer that can be given again: says so in the person's name. Nothing under another message. */
export function ChangeAnswer({
  words,
  onChange,
}: {
  words: string | undefined
  onChange: ((words: string) => void) | undefined
}) {
  if (words === undefined || onChange === undefined) return null
  return (
    <Button kind="quiet" size="small" icon="edit" class="change-answer" onClick={() => onChange(words)}>
      {words}
    </Button>
  )
}
