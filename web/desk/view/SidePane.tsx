import type { OpenConversation } from '../model/state.ts'
import { Button } from '../../ui/Button.tsx'
import { useScene } from './context.ts'
import { FileSection } from './FileSection.tsx'
import { HandoffSection } from './HandoffSection.tsx'
import { NotesSection } from './NotesSection.tsx'

/** Beside the conversation: why the person is here, what they said, what colleagues noted. */
export function SidePane({ open, leave }: { open: OpenConversation; leave: () => void }) {
  const { words } = useScene()
  const { view } = open
  return (
    <aside class="side" aria-label={words.say('file.label')}>
      <Button kind="quiet" size="small" class="back back-to-talk" onClick={leave}>
        {words.say('file.back')}
      </Button>
      {view === null ? (
        <p class="quiet">{words.say('loading')}</p>
      ) : (
        <>
          {view.card.handoff !== null && <HandoffSection handoff={view.card.handoff} />}
          <FileSection file={view.file} />
          <NotesSection notes={view.notes} mayNote={view.may.note} />
        </>
      )}
    </aside>
  )
}
