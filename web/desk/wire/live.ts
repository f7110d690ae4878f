import type { LiveClientFrame, LiveFrame } from '../../../api/types.ts'
import { backoff } from '../../backoff.ts'

/** What a socket tells of: a frame as it came, and its end, of which it is told once. */
export interface Ears {
  heard(raw: unknown): void
  closed(): void
}

/** The part of a browser's `WebSocket` that is used here. */
export interface Socket {
  send(text: string): void
  close(): void
}

/** What the live link needs of the world. Times are milliseconds. */
export interface LiveWorld {
  connect(ears: Ears): Socket
  /** Calls `then` after a while; the result cancels it. */
  later(then: () => void, milliseconds: number): () => void
  chance(): number
}

/** Who hears from the live link. */
export interface LiveListener {
  /** The socket is open and greeted: everything missed meanwhile must be asked for again. */
  opened(): void
  /** The socket was lost, or could not be opened. Called at each failed try. */
  lost(): void
  frame(frame: LiveFrame): void
}

/** The push socket of the desk, kept open as long as somebody is signed in. */
export interface Live {
  start(): void
  stop(): void
  /** Names the conversation on screen; repeated to the server after each reconnection. */
  watch(conversationId: string | null): void
  /** Tries at once instead of waiting: the network is back, or the person asks. */
  retryNow(): void
}

/** A socket that answers nothing for this long is taken for dead while it opens. */
const openingPatience = 15_000

/**
 * Keeps one socket open, with jittered backoff. It carries no content: each frame only says what to
 * ask for again, so a lost frame is mended by the `opened` that follows.
 */
export function live(world: LiveWorld, listener: LiveListener): Live {
  let socket: Socket | null = null
  let running = false
  let failures = 0
  let watched: string | null = null
  let greeted = false
  let cancelRetry = (): void => {}
  let cancelPatience = (): void => {}

  function tell(frame: LiveClientFrame): void {
    if (greeted) socket?.send(JSON.stringify(frame))
  }

  function open(): void {
    cancelRetry()
    if (!running) return
    const mine = world.connect({
      heard(raw) {
        const frame = socket === mine ? readFrame(raw) : null
        // `hello` and not the opening: a proxy may open a socket whose server is not there yet.
        if (frame?.type === 'hello') greet()
        else if (frame !== null) listener.frame(frame)
      },
      closed() {
        if (socket === mine) retryLater()
      },
    })
    socket = mine
    greeted = false
    cancelPatience = world.later(() => mine.close(), openingPatience)
  }

  function greet(): void {
    cancelPatience()
    failures = 0
    greeted = true
    tell({ watch: watched })
    listener.opened()
  }

  function retryLater(): void {
    cancelPatience()
    socket = null
    greeted = false
    if (!running) return
    failures += 1
    cancelRetry = world.later(open, backoff(failures, world.chance()))
    listener.lost()
  }

  return {
    start() {
      if (running) return
      running = true
      failures = 0
      open()
    },
    stop() {
      running = false
      cancelRetry()
      cancelPatience()
      const last = socket
      socket = null
      greeted = false
      last?.close()
    },
    watch(conversationId) {
      if (watched === conversationId) return
      watched = conversationId
      tell({ watch: conversationId })
    },
    retryNow() {
      if (running && socket === null) open()
    },
  }
}

const types: ReadonlySet<string> = new Set<LiveFrame['type']>([
  'hello',
  'queue',
  'people',
  'news',
  'typing',
  'gone',
  'danger',
  'signedOut',
])

/** A frame, or null for what this page does not know (an older page beside a newer server). */
export function readFrame(raw: unknown): LiveFrame | null {
  if (typeof raw !== 'string') return null
  let frame: unknown
  try {
    frame = JSON.parse(raw)
  } catch {
    return null
  }
  if (typeof frame !== 'object' || frame === null || !('type' in frame)) return null
  return typeof frame.type === 'string' && types.has(frame.type) ? (frame as LiveFrame) : null
}
