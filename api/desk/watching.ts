import { conversationTopic } from '../../services/conversations/index.ts'
import { accessConversation, type Accessible, type Actor } from '../../services/handoff/index.ts'
import { ParcoursError } from '../../services/platform/errors.ts'
import type { Platform } from '../../services/platform/platform.ts'
import type { LiveFrame } from '../types.ts'
import { oneAtATime } from './oneAtATime.ts'

/** The one conversation that a desk looks at. */
export interface Watching {
  /** Looks at another, or at none. */
  watch(id: string | null): void
  /** Looks whether something came that was not rung for. */
  poll(): void
  stop(): void
}

/**
 * Tells a desk of news in the conversation it watches. At each ring the right to read is proven again
 * before a frame leaves; when it has ended the desk hears `gone`, once, and nothing after.
 */
export function watching(
  platform: Platform,
  actor: () => Actor,
  send: (frame: LiveFrame) => void,
  failed: (error: unknown) => void,
): Watching {
  const { bell, database } = platform
  let watched: string | undefined
  let allowed = false
  let rung = false
  let seen = ''
  let unsubscribe = (): void => {}

  const look = oneAtATime(async () => {
    const id = watched
    if (id === undefined) return
    const wasRung = rung
    rung = false
    const found = await readable(id)
    if (watched !== id) return
    if (found === undefined) {
      leave()
      return send({ type: 'gone', conversationId: id })
    }
    allowed = true
    const now = `${found.seq} ${found.epoch} ${found.mode}`
    if (!wasRung && now === seen) return
    seen = now
    send({ type: 'news', conversationId: id, seq: found.seq })
  }, failed)

  async function readable(id: string): Promise<Accessible | undefined> {
    try {
      return await accessConversation(database.db, actor(), id, 'read')
    } catch (error) {
      if (error instanceof ParcoursError && error.status === 404) return undefined
      throw error
    }
  }

  function leave(): void {
    unsubscribe()
    unsubscribe = () => {}
    watched = undefined
    allowed = false
    seen = ''
  }

  const ring = (): void => {
    rung = true
    look()
  }

  return {
    watch(id) {
      leave()
      if (id === null) return
      watched = id
      // Heard from before the first look on: nothing falls between the two.
      const stops = [
        bell.on(conversationTopic(id), () => ring()),
        bell.onWhisper(`typing:${id}`, (word) => {
          const who = whoTypes(word, actor().id)
          if (allowed && who !== undefined) send({ type: 'typing', conversationId: id, who })
        }),
      ]
      unsubscribe = () => stops.forEach((stop) => stop())
      ring()
    },
    poll: look,
    stop: leave,
  }
}

/** `newcomer`, `agent <id>` or `bot`, as the bell whispers it; one's own typing and the bot's are not shown. */
function whoTypes(word: string, me: string): 'newcomer' | 'agent' | undefined {
  if (word === 'newcomer') return 'newcomer'
  return word.startsWith('agent ') && word !== `agent ${me}` ? 'agent' : undefined
}
