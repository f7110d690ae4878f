import { WebSocket } from 'ws'
import { openWire } from './wire.ts'

/** One conversation, open. `say` resolves when what was said is acknowledged and answered; false when it was refused. */
export interface Talk {
  say(text: string): Promise<boolean>
  close(): void
}

/** A conversation through Direct Line. */
export interface DirectLineTalk extends Talk {
  readonly conversationId: string
  /** Posts without waiting for an answer. */
  post(text: string): Promise<boolean>
  /** Lets the connection for posts go, as a page that says nothing does. */
  onlyListen(): void
}

/** Opens one as our page does: posts over HTTP, replies over the conversation's web socket. */
export async function openTalk(url: string): Promise<DirectLineTalk> {
  const wire = await openWire(url)
  const read = (body: string): Record<string, string> => JSON.parse(body) as Record<string, string>
  const { token } = read((await wire.post('/api/chat/tokens', undefined, { language: 'en' })).body)
  const started = read((await wire.post('/v3/directline/conversations', token, {})).body)
  const conversationId = started['conversationId'] ?? ''
  const path = `/v3/directline/conversations/${conversationId}/activities`
  const socket = new WebSocket(started['streamUrl'] ?? '', { perMessageDeflate: false })
  let answered = false
  let wake: (() => void) | undefined
  socket.on('message', (data: Buffer) => {
    const { activities } = JSON.parse(data.toString()) as { activities: { type: string; from: { role: string } }[] }
    if (!activities.some(({ type, from }) => type === 'message' && from.role === 'bot')) return
    answered = true
    wake?.()
  })
  const answer = async (): Promise<void> => {
    if (!answered) await new Promise<void>((resolve) => (wake = resolve))
    answered = false
  }
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  await answer() // the greeting
  const post = async (text: string): Promise<boolean> =>
    (await wire.post(path, started['token'], { type: 'message', text })).status === 200
  return {
    conversationId,
    post,
    async say(text) {
      const [accepted] = await Promise.all([post(text), answer()])
      return accepted
    },
    onlyListen: () => wire.close(),
    close() {
      wire.close()
      socket.terminate()
    },
  }
}
