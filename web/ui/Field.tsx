import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import { classes } from './classes.ts'

/** What a field's control needs so that its label, hint and error are spoken with it. */
export interface FieldControl {
  id: string
  'aria-describedby'?: string
  'aria-invalid'?: 'true'
}

export interface FieldProps {
  label: string
  /** The label is spoken only; the place makes it plain to the eye. */
  labelHidden?: boolean
  hint?: string
  /** What is wrong, and how to mend it. */
  error?: string | null
  /** `{(control) => <input class="input" {...control} />}` */
  children: (control: FieldControl) => ComponentChildren
}

/** A label, its control, its hint and its error, tied together. */
export function Field({ label, labelHidden = false, hint, error, children }: FieldProps) {
  const id = useId()
  const wrong = error !== undefined && error !== null
  const described = [hint !== undefined && `${id}-hint`, wrong && `${id}-error`]
    .filter((part) => part !== false)
    .join(' ')
  return (
    <div class={classes('field', wrong && 'field-wrong')}>
      <label for={id} class={labelHidden ? 'visually-hidden' : 'field-label'}>
        {label}
      </label>
      {hint !== undefined && (
        <p id={`${id}-hint`} class="field-hint">
          {hint}
        </p>
      )}
      {children({
        id,
        ...(described === '' ? {} : { 'aria-describedby': described }),
        ...(wrong ? { 'aria-invalid': 'true' as const } : {}),
      })}
      {wrong && (
        <p id={`${id}-error`} class="field-error" role="alert">
          {error}
        </p>
      )}
    </div>
  )
}
