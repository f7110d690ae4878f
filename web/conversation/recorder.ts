import { VOICE_TYPES } from './canRecord.ts'

/** A recording under way. Both ends let the microphone go. */
export interface Recording {
  /** What was said, once it was finished or has become too long; null when it was cancelled. */
  readonly file: Promise<File | null>
  finish(): void
  cancel(): void
}

/** Enough for a voice; three minutes are half a megabyte. */
const BITS_PER_SECOND = 24_000
const LONGEST_MS = 180_000

/** Opens the microphone. Rejects when the person or the device refuses (`NotAllowedError`, `NotFoundError`). */
export async function startRecording(name: string): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true })
  const mimeType = VOICE_TYPES.find((type) => MediaRecorder.isTypeSupported(type)) ?? ''
  const [type = ''] = mimeType.split(';')
  const recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: BITS_PER_SECOND })
  const chunks: Blob[] = []
  let cancelled = false
  recorder.addEventListener('dataavailable', ({ data }) => chunks.push(data))
  const { promise: file, resolve } = Promise.withResolvers<File | null>()
  recorder.addEventListener('stop', () => {
    for (const track of stream.getTracks()) track.stop()
    resolve(cancelled ? null : new File(chunks, `${name}.${type.split('/')[1] ?? 'webm'}`, { type }))
  })
  recorder.start()
  const finish = (): void => {
    if (recorder.state !== 'inactive') recorder.stop()
  }
  setTimeout(finish, LONGEST_MS)
  return {
    file,
    finish,
    cancel() {
      cancelled = true
      finish()
    },
  }
}
