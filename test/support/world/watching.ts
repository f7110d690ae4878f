import { setTimeout as delay } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { Random } from '../seeded.ts'
import type { History } from './history.ts'
import type { World } from './world.ts'

/** What somebody hears on their stream, through all its ends: each time they come back with the last watermark. */
export interface Watched {
  /** The last position that was seen. */
  position(): number
  /** How each stream that had opened ended: the codes of WebSocket; 1006 without a word. */
  readonly closes: readonly number[]
  stop(): void
}

interface Frame {
  activities: { id: string; text?: string; channelData?: { 'webchat:sequence-id'?: number } }[]
  watermark: string
}

/** Listens as the official clients do: asks for the address of a stream, opens it, and asks again when it ends. */
export function watchStream(
  { world, history, random }: { world: World; history: History; random: Random },
  who: string,
  conversation: string,
  headers: Record<string, string>,
): Watched {
  const closes: number[] = []
  // From the beginning: without a watermark a stream shows the last page only.
  let watermark = '0'
  let position = 0
  let over = false
  let socket: WebSocket | undefined

  function hear(frame: Frame): void {
    for (const { id, text, channelData } of frame.activities) {
      const seq = channelData?.['webchat:sequence-id']
      if (seq === undefined) continue // it only passes by
      position = seq
      history.note('see', who, { conversation, id, seq, ...(text === undefined ? {} : { text }) })
    }
    watermark = frame.watermark
  }

  async function listenOnce(): Promise<void> {
    const node = world.node(random() * world.nodes.length)
    const path = `/v3/directline/conversations/${conversation}?watermark=${watermark}`
    const response = await fetch(node.url + path, { headers, signal: AbortSignal.timeout(20_000) })
    if (!response.ok) return
    const { streamUrl } = (await response.json()) as { streamUrl: string }
    const { pathname, search } = new URL(streamUrl)
    const opened = new WebSocket(`${node.url.replace('http', 'ws')}${pathname}${search}`)
    socket = opened
    opened.on('message', (message: Buffer) => message.length > 0 && hear(JSON.parse(message.toString()) as Frame))
    opened.on('error', () => {}) // its close follows
    let isOpen = false
    opened.once('open', () => (isOpen = true))
    const code = await new Promise<number>((resolve) => opened.once('close', resolve))
    if (isOpen && !over) closes.push(code)
  }
  async function listen(): Promise<void> {
    while (!over) {
      await listenOnce().catch(() => {}) // the node is away: again
      await delay(20 + random() * 80)
    }
  }
  void listen()
  return {
    position: () => position,
    closes,
    stop() {
      over = true
      socket?.terminate()
    },
  }
}
