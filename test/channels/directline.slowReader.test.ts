import { EventEmitter } from 'node:events'
import { expect } from 'chai'
import type { WebSocket } from 'ws'
import { createStreams, type Streams } from '../../bots/channels/directline/stream.ts'
import type { ActivityWriter } from '../../bots/channels/directline/outgoing.ts'
import type { ConversationId } from '../../services/platform/ids.ts'
import { startChannelServer, type ChannelServer } from '../support/channelServer.ts'
import { newCaller } from '../support/directLineWire.ts'
import { eventually } from '../support/eventually.ts'

/** A socket whose other side reads nothing until it is told to. */
class SlowSocket extends EventEmitter {
  bufferedAmount = 0
  ended = false
  readonly frames: string[] = []
  readonly #waiting: (() => void)[] = []
  send(frame: string, sent: () => void): void {
    this.frames.push(frame)
    this.bufferedAmount += frame.length
    this.#waiting.push(sent)
  }
  reads(): void {
    this.bufferedAmount = 0
    for (const sent of this.#waiting.splice(0)) sent()
  }
  ping(): void {}
  close(): void {
    this.emit('close')
  }
  terminate(): void {
    this.ended = true
    this.emit('close')
  }
}

/** Words of which a page of the log makes several frames. */
const LONG = 'x'.repeat(4_000)
const MESSAGES = 400

describe('Direct Line stream to a client that reads slowly', function () {
  this.timeout(20_000)
  let server: ChannelServer
  let streams: Streams
  let id: ConversationId
  const writer: ActivityWriter = {
    message: ({ id, body }) => ({ type: 'message', id, text: body.text }),
    passing: () => ({ type: 'typing', id: 'passing', filler: LONG }),
  }
  const opened = (): SlowSocket => {
    const socket = new SlowSocket()
    streams.open(socket as unknown as WebSocket, id, writer, 0)
    return socket
  }

  before(async () => {
    server = await startChannelServer()
    id = (await newCaller(server.url)).id as ConversationId
    streams = createStreams(server.platform, { lookMs: 50, pingMs: 60_000, holdMs: 1_000 })
    await server.write(
      id,
      Array.from({ length: MESSAGES }, () => ({ author: 'bot' as const, body: { text: LONG } })),
    )
  })
  after(async () => {
    streams.close()
    await server.stop()
  })

  it('holds one frame until it has been read, and sends all of it in the end', async () => {
    const socket = opened()
    let most = 0
    const messages = (): number => socket.frames.join().split('"type":"message"').length - 1
    await eventually('the first frame', () => socket.frames.length > 0)
    // Another stream of the same conversation, which reads, has come to the end: this one had the time to.
    const quick = opened()
    await eventually('the other is served', () => {
      quick.reads()
      return quick.frames.join().split('"type":"message"').length - 1 > MESSAGES
    })
    expect(socket.frames, 'frames that wait for a reader').to.have.length(1)
    await eventually('the rest', () => {
      most = Math.max(most, socket.bufferedAmount)
      socket.reads()
      return messages() > MESSAGES
    })
    expect(most, 'bytes held').to.be.below(512 * 1024)
    socket.close()
    quick.close()
  })

  it('ends a reader for whom more than a megabyte waits', async () => {
    const socket = opened()
    await eventually('the first frame', () => socket.frames.length > 0)
    socket.bufferedAmount = 1024 * 1024 + 1
    const before = socket.frames.length
    await eventually('it is ended', () => {
      server.platform.bell.whisper(`typing:${id}`, 'bot')
      return socket.ended || socket.frames.length > before
    })
    expect([socket.ended, socket.frames.length]).to.deep.equal([true, before])
  })
})
