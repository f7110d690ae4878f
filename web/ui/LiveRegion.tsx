/**
 * A place from which screen readers speak what changes: politely, or at once when it matters. The
 * element must be there before its text, so it is always rendered; `text` may be empty.
 */
export function LiveRegion({ text, urgent = false, visible = false }: { text: string; urgent?: boolean; visible?: boolean }) {
  return (
    <p class={visible ? 'live-region' : 'visually-hidden'} role={urgent ? 'alert' : 'status'}>
      {text}
    </p>
  )
}
