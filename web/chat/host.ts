import type { TranscriptMessage } from '../conversation/message.ts'

/**
 * The page of another site that holds this one in a frame (docs/embedding.md, "The frame"). Nothing of the
 * conversation is in what it is told, so any page may be.
 */
export interface Host {
  /** The frame can be used. */
  ready(): void
  /** What the log holds now: the host is told how many messages came since the frame was put away. */
  log(log: readonly TranscriptMessage[]): void
  /** The person leaves quickly: the host must go to `url` at once. */
  leave(url: string): void
}

/** Our page's address within another site's. */
const EMBEDDED = '/embed'

/** Whether this page is the one made for frames. */
export const isEmbedded = (): boolean => location.pathname === EMBEDDED && globalThis.parent !== globalThis.window

/** Speaks with the host, and hears nobody else. `onLanguage`: the host's language has changed. */
export function openHost(onLanguage: (language: string) => void): Host {
  let shown = true
  let last = 0
  let seen = 0
  let told = 0
  const tell = (message: object): void => globalThis.parent.postMessage(message, '*')
  const count = (log: readonly TranscriptMessage[]): void => {
    last = Math.max(last, ...log.map(({ seq }) => seq))
    if (shown) seen = last
    const unread = log.filter(({ seq, author }) => seq > seen && author !== 'newcomer').length
    if (unread !== told) tell({ type: 'parcours/unread', count: (told = unread) })
  }
  addEventListener('message', ({ source, data }: MessageEvent<unknown>) => {
    if (source !== globalThis.parent || typeof data !== 'object' || data === null) return
    const { type, language, shown: isShown } = data as Record<string, unknown>
    if (type === 'parcours/language' && typeof language === 'string') onLanguage(language)
    if (type !== 'parcours/shown' || typeof isShown !== 'boolean') return
    shown = isShown
    if (shown) count([])
  })
  return {
    ready: () => tell({ type: 'parcours/ready' }),
    log: count,
    leave: (url) => tell({ type: 'parcours/leave', url }),
  }
}
