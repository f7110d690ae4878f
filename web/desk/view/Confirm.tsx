import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { useScene } from './context.ts'

/** Asks before what others will feel. To leave, by the cross, Escape or the first button, changes nothing. */
export function Confirm(props: { title: string; text: string; yes: string; confirmed: () => void; left: () => void }) {
  const { words } = useScene()
  const keep = words.say('confirm.keep')
  return (
    <Dialog open title={props.title} closeLabel={keep} onClose={props.left}>
      <p>{props.text}</p>
      <div class="buttons buttons-end">
        <Button onClick={props.left}>{keep}</Button>
        <Button
          kind="danger"
          onClick={() => {
            props.left()
            props.confirmed()
          }}
        >
          {props.yes}
        </Button>
      </div>
    </Dialog>
  )
}
