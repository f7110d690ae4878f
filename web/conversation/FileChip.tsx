import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Button } from '../ui/Button.tsx'
import { Icon } from '../ui/Icon.tsx'
import { useSpeech } from '../ui/speech.tsx'
import type { ShownFile } from './message.ts'
import { fileSize } from './times.ts'

/** A file of a message: its name, its size, and the way to open it if there is one. */
export function FileChip({ file }: { file: ShownFile }) {
  const { language, say } = useSpeech()
  const size = file.size === undefined || file.size === 0 ? null : fileSize(language, file.size)
  const inside = (
    <>
      <Icon name={file.contentType.startsWith('image/') ? 'picture' : 'file'} />
      <span class="file-name" dir="auto">
        {file.name}
      </span>
      {size !== null && <span class="file-size">{size}</span>}
    </>
  )
  const href = sameOrigin(file.url)
  if (href !== null && file.contentType.startsWith('audio/')) return <VoiceFile href={href}>{inside}</VoiceFile>
  if (href === null) return <span class="file-chip">{inside}</span>
  return (
    <a class="file-chip" href={href} target="_blank" rel="noopener noreferrer">
      <span class="visually-hidden">{say('conversation:openFile')} </span>
      {inside}
    </a>
  )
}

/**
 * A voice message, played here. It is fetched whole first: the server sends files as downloads, which
 * some browsers will not play from their address.
 */
function VoiceFile({ href, children }: { href: string; children: ComponentChildren }) {
  const { say } = useSpeech()
  const [sound, setSound] = useState<string | null>(null)
  const [failed, setFailed] = useState(false)
  const fetchIt = async (): Promise<void> => {
    const answer = await fetch(href, { credentials: 'same-origin' }).catch(() => null)
    if (answer?.ok === true) setSound(URL.createObjectURL(await answer.blob()))
    else setFailed(true)
  }
  useEffect(() => () => (sound === null ? undefined : URL.revokeObjectURL(sound)), [sound])
  return (
    <div class="voice-file">
      <a class="file-chip" href={href} target="_blank" rel="noopener noreferrer">
        <span class="visually-hidden">{say('conversation:openFile')} </span>
        {children}
      </a>
      {failed && <p class="field-error">{say('conversation:voice.unplayable')}</p>}
      {sound === null ? (
        <Button size="small" icon="sound" onClick={() => void fetchIt()}>
          {say('conversation:voice.listen')}
        </Button>
      ) : (
        // oxlint-disable-next-line jsx-a11y/media-has-caption -- nobody has written down what was said
        <audio src={sound} controls autoplay onError={() => setFailed(true)} />
      )}
    </div>
  )
}

/**
 * The path of a file on the server that served this page, whatever host the address names: behind
 * another name the page still reaches its files, and a foreign address can never become a link.
 */
function sameOrigin(address: string | undefined): string | null {
  if (address === undefined) return null
  try {
    const url = new URL(address, location.href)
    return /^https?:$/.test(url.protocol) ? url.pathname + url.search : null
  } catch {
    return null
  }
}
