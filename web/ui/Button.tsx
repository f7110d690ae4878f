import type { ButtonHTMLAttributes, ComponentChildren, Ref } from 'preact'
import { classes } from './classes.ts'
import { Icon, type IconName } from './Icon.tsx'

/**
 * `primary`: the one thing this place is for. `secondary`: any other action. `quiet`: without a frame,
 * for what should not draw the eye. `danger`: destroys something.
 */
export type ButtonKind = 'primary' | 'secondary' | 'quiet' | 'danger'

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'icon' | 'size' | 'ref'> {
  kind?: ButtonKind
  /** `small` is 32 px high instead of 44, for places where a mouse works. */
  size?: 'normal' | 'small'
  icon?: IconName
  /** The words of a button that shows only its icon. */
  label?: string
  children?: ComponentChildren
  ref?: Ref<HTMLButtonElement>
}

/** A button. Its words say what happens; with only an icon, `label` says it. */
export function Button({
  kind = 'secondary',
  size = 'normal',
  icon,
  label,
  children,
  class: extra,
  ...rest
}: ButtonProps) {
  const name = typeof extra === 'string' ? extra : null
  return (
    <button
      type="button"
      {...rest}
      {...(label === undefined ? {} : { 'aria-label': label, title: label })}
      class={classes(
        'button',
        `button-${kind}`,
        size === 'small' && 'button-small',
        label !== undefined && 'button-icon',
        name,
      )}
    >
      {icon !== undefined && <Icon name={icon} />}
      {children !== undefined && <span>{children}</span>}
    </button>
  )
}
