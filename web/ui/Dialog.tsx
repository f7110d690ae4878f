import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { Button } from './Button.tsx'

export interface DialogProps {
  open: boolean
  title: string
  /** The words of the closing cross. */
  closeLabel: string
  /** Escape, the cross, or, where the browser can, a click outside. */
  onClose: () => void
  children: ComponentChildren
}

/** A modal dialog: the browser's own, which keeps focus inside and gives it back. */
export function Dialog({ open, title, closeLabel, onClose, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const dialog = element.current
    if (dialog === null || dialog.open === open) return
    if (open) dialog.showModal()
    else dialog.close()
  }, [open])
  return (
    <dialog
      ref={element}
      class="dialog"
      aria-labelledby={id}
      closedby="any"
      onCancel={(event) => {
        event.preventDefault() // it closes when the owner says so
        onClose()
      }}
    >
      {open && (
        <div class="dialog-sheet">
          <header class="dialog-head">
            <h2 id={id}>{title}</h2>
            <Button kind="quiet" icon="close" label={closeLabel} onClick={onClose} />
          </header>
          {children}
        </div>
      )}
    </dialog>
  )
}
