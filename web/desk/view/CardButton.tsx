import type { ComponentChildren } from 'preact'
import { useScene } from './context.ts'

/** A line of a list: one button, marked when its conversation is the one on screen. */
export function CardButton(props: { id: string; danger?: boolean; children: ComponentChildren }) {
  const { desk, state } = useScene()
  const shown = state.open?.id === props.id
  return (
    <li>
      <button
        type="button"
        class={props.danger === true ? 'card card-danger' : 'card'}
        data-conversation={props.id}
        aria-current={shown ? 'true' : undefined}
        onClick={() => desk.go({ at: 'conversation', id: props.id })}
      >
        {props.children}
      </button>
    </li>
  )
}
