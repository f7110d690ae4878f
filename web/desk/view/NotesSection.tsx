import { useState } from 'preact/hooks'
import type { NoteView } from '../../../api/types.ts'
import { Button } from '../../ui/Button.tsx'
import { useScene } from './context.ts'
import { dayAndHour } from './times.ts'

/** What colleagues write to each other about the person, who never sees it. */
export function NotesSection({ notes, mayNote }: { notes: NoteView[]; mayNote: boolean }) {
  const { words } = useScene()
  return (
    <section class="sheet notes" aria-labelledby="notes-title">
      <h2 id="notes-title">{words.say('notes.title')}</h2>
      <p class="never">{words.say('notes.never')}</p>
      {notes.length === 0 && <p class="quiet">{words.say('notes.none')}</p>}
      <ul class="plain">
        {notes.map((note) => (
          <li key={note.id} class="note">
            <p dir="auto">{note.text}</p>
            <span class="origin">
              {note.agentName}, {dayAndHour(words.language, note.at)}
            </span>
          </li>
        ))}
      </ul>
      {mayNote && <NoteForm />}
    </section>
  )
}

function NoteForm() {
  const { desk, words } = useScene()
  const [text, write] = useState('')
  const [keeping, keep] = useState(false)

  async function submit(event: Event): Promise<void> {
    event.preventDefault()
    const note = text.trim()
    if (note === '' || keeping) return
    keep(true)
    // What could not be kept stays in the box.
    if (await desk.note(note)) write('')
    keep(false)
  }

  return (
    <form onSubmit={(event) => void submit(event)}>
      <label for="note-text">{words.say('notes.label')}</label>
      <textarea
        id="note-text"
        class="input"
        rows={3}
        dir="auto"

        value={text}
        onInput={(event) => write(event.currentTarget.value)}
      />
      <Button type="submit" disabled={keeping || text.trim() === ''}>
        {words.say('notes.keep')}
      </Button>
    </form>
  )
}
