import { useState } from 'preact/hooks'
import { Button } from '../../ui/Button.tsx'
import { classes } from '../../ui/classes.ts'
import { Dialog } from '../../ui/Dialog.tsx'
import { LiveRegion } from '../../ui/LiveRegion.tsx'
import { useSpeech } from '../../ui/speech.tsx'
import type { TranscriptMessage } from '../../conversation/message.ts'
import type { DeviceUse } from '../wire/session.ts'

export interface MenuProps {
  open: boolean
  onClose: () => void
  /** The whole conversation, once what is older has come too. */
  whole: () => Promise<readonly TranscriptMessage[]>
  device: DeviceUse
  onSharedDevice: (shared: boolean) => void
}

const CHANGE_WORDS = {
  asked: 'chat:menu.sharedAsked',
  failed: 'chat:menu.sharedFailed',
  done: 'chat:menu.sharedDone',
} as const

/** What can be done with the whole conversation: on paper, in a file, and who else uses this device. */
export function Menu({ open, onClose, whole, device, onSharedDevice }: MenuProps) {
  const speech = useSpeech()
  const { say } = speech
  const [told, setTold] = useState('')

  async function print(): Promise<void> {
    await whole()
    onClose()
    setTimeout(() => globalThis.print(), 0) // once the dialog is gone from the page
  }

  async function save(): Promise<void> {
    const { saveAsFile } = await import('../saveAsFile.ts')
    saveAsFile(await whole(), speech)
    setTold(say('chat:menu.saved'))
  }

  return (
    <Dialog open={open} title={say('chat:menu.title')} closeLabel={say('chat:menu.close')} onClose={onClose}>
      <div class="menu">
        <Button icon="print" onClick={() => void print()}>
          {say('chat:menu.print')}
        </Button>
        <Button icon="save" onClick={() => void save()}>
          {say('chat:menu.save')}
        </Button>
        <p class="menu-hint">{say('chat:menu.paperHint')}</p>
        <LiveRegion class="menu-told" text={told} />
        <label class="menu-check">
          <input
            type="checkbox"
            checked={device.shared}
            onChange={(event) => onSharedDevice(event.currentTarget.checked)}
          />
          <span>{say('chat:menu.shared')}</span>
        </label>
        <p class="menu-hint">{say('chat:menu.sharedHint')}</p>
        <LiveRegion
          class={classes('menu-told', device.change !== 'done' && 'menu-open')}
          text={device.change === null ? '' : say(CHANGE_WORDS[device.change])}
        />
      </div>
    </Dialog>
  )
}
