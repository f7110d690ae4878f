import { useRef, useState } from 'preact/hooks'
import { Button } from '../ui/Button.tsx'
import { Icon } from '../ui/Icon.tsx'
import { useSpeech } from '../ui/speech.tsx'
import type { Params } from '../text.ts'
import { MAX_FILE_BYTES, MAX_FILES, refuse } from './fileLimits.ts'
import { fileSize } from './times.ts'

/** The files chosen for the message being written. */
export interface ChosenFilesState {
  chosen: File[]
  /** Why the last ones were not taken, in words; or null. */
  error: string | null
  add(files: readonly File[]): void
  remove(file: File): void
  clear(): void
}

/** Keeps the chosen files within the limits, and says in words what was refused before anything is sent. */
export function useFiles(language: string, say: (key: string, params?: Params) => string): ChosenFilesState {
  const [chosen, setChosen] = useState<File[]>([])
  const [error, setError] = useState<string | null>(null)
  return {
    chosen,
    error,
    add(files) {
      const { taken, refused } = refuse(chosen, files)
      setChosen([...chosen, ...taken])
      const [first] = refused
      setError(
        first === undefined
          ? null
          : say(`conversation:file.${first.why}`, {
              name: first.file.name,
              size: fileSize(language, first.file.size),
              limit: fileSize(language, MAX_FILE_BYTES),
              count: MAX_FILES,
            }),
      )
    },
    remove(file) {
      setChosen(chosen.filter((other) => other !== file))
      setError(null)
    },
    clear() {
      setChosen([])
      setError(null)
    },
  }
}

/** The button that opens the device's own file chooser. */
export function AttachButton({ files, disabled }: { files: ChosenFilesState; disabled: boolean }) {
  const { say } = useSpeech()
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={say('conversation:attach')}
        onChange={(event) => {
          files.add([...(event.currentTarget.files ?? [])])
          event.currentTarget.value = '' // the same file can be chosen again after it was removed
        }}
      />
      <Button
        kind="quiet"
        icon="attach"
        label={say('conversation:attach')}
        disabled={disabled}
        onClick={() => input.current?.click()}
      />
    </>
  )
}

/** What will be sent with the message, each with its size and a way to take it out again. */
export function ChosenFiles({ files }: { files: ChosenFilesState }) {
  const { language, say } = useSpeech()
  return (
    <div class="chosen">
      {files.chosen.length > 0 && (
        <ul class="chosen-files" aria-label={say('conversation:chosenFiles')}>
          {files.chosen.map((file) => (
            <li key={`${file.name} ${file.size} ${file.lastModified}`} class="file-chip">
              <Icon name={file.type.startsWith('image/') ? 'picture' : 'file'} />
              <span class="file-name" dir="auto">
                {file.name}
              </span>
              <span class="file-size">{fileSize(language, file.size)}</span>
              <Button
                kind="quiet"
                size="small"
                icon="close"
                label={say('conversation:removeFile', { name: file.name })}
                onClick={() => files.remove(file)}
              />
            </li>
          ))}
        </ul>
      )}
      <p class="field-error chosen-error" role="alert">
        {files.error ?? ''}
      </p>
    </div>
  )
}
