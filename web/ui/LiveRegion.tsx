/**
 * A line from which screen readers speak what changes: politely, or at once when it is urgent. It must be
 * there before its text, so render it always; `text` may be empty. Without a `class` it is only spoken.
 */
export function LiveRegion({
  text,
  urgent = false,
  class: name = 'visually-hidden',
}: {
  text: string
  urgent?: boolean
  class?: string
}) {
  return (
    <p class={name} role={urgent ? 'alert' : 'status'}>
      {text}
    </p>
  )
}
