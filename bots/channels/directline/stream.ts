import type { WebSocket } from 'ws'
import {
  conversationTopic,
  lastPositions,
  readLog,
  readStanding,
  type ConversationNews,
  type LoggedMessage,
  type Standing,
} from '../../../services/conversations/index.ts'
import { isAway } from '../../../services/platform/database.ts'
import type { ConversationId } from '../../../services/platform/ids.ts'
import type { Platform } from '../../../services/platform/platform.ts'
import type { ActivityWriter, OutgoingActivity, Passing } from './outgoing.ts'
import type { Times } from './times.ts'
import type { Position } from './watermark.ts'

/** Messages read at once; also how far back a client without a watermark starts: a reload shows them again. */
const PAGE = 50
const FRAME_BYTES = 256 * 1024
const SOCKETS_PER_CONVERSATION = 5
const MAX_BUFFERED = 1024 * 1024
const MISSED_PINGS = 2

/** Close codes of ours (RFC 6455 leaves 4000 and above to us). The clients only see that it closed. */
const GONE = 4404
const REPLACED = 4429

/** Topic of what passes by from the newcomer, for the echo to their own tabs: `<kind> <clientActivityID>`. */
export const echoTopic = (id: ConversationId): string => `echo:${id}`

interface Stream {
  readonly conversationId: ConversationId
  readonly position: () => number
  /** Reads the log from the position on. */
  wake(): void
  close(code: number): void
}

/** The live streams of this node. A stream only pushes; what its client sends is ignored. */
export interface Streams {
  open(socket: WebSocket, conversationId: ConversationId, writer: ActivityWriter, after: Position): void
  close(): void
}

export function createStreams(platform: Platform, times: Times): Streams {
  const { bell, log, database } = platform
  const open = new Map<ConversationId, Set<Stream>>()
  const all = function* (): Generator<Stream> {
    for (const streams of open.values()) yield* streams
  }

  const stopReconnects = bell.onReconnect(() => {
    for (const stream of all()) stream.wake()
  })

  /** Makes up for lost rings, and closes what has been erased: a token's end does not end a socket, this does. */
  async function look(): Promise<void> {
    const ids = [...open.keys()]
    for (let from = 0; from < ids.length; from += 1000) {
      const some = ids.slice(from, from + 1000)
      const positions = await lastPositions(database.db, some)
      for (const id of some)
        for (const stream of open.get(id) ?? []) {
          const last = positions.get(id)
          if (last === undefined) stream.close(GONE)
          else if (last > stream.position()) stream.wake()
        }
    }
  }
  let looking = false
  const looks = setInterval(() => {
    if (looking) return
    looking = true
    look()
      .catch((error: unknown) => log.debug('directline.look_failed', { error }))
      .finally(() => void (looking = false))
  }, times.lookMs).unref()

  return {
    open(socket, conversationId, writer, after) {
      const siblings = open.get(conversationId) ?? new Set<Stream>()
      open.set(conversationId, siblings)
      // The oldest is most likely the half-open one of a phone that changed networks.
      if (siblings.size >= SOCKETS_PER_CONVERSATION) [...siblings][0]?.close(REPLACED)
      const stream = startStream(platform, socket, conversationId, writer, after, times, () => {
        siblings.delete(stream)
        if (siblings.size === 0 && open.get(conversationId) === siblings) open.delete(conversationId)
      })
      siblings.add(stream)
    },
    close() {
      clearInterval(looks)
      stopReconnects()
      for (const stream of Array.from(all())) stream.close(1012)
    },
  }
}

function startStream(
  { bell, database, keys, log }: Platform,
  socket: WebSocket,
  conversationId: ConversationId,
  writer: ActivityWriter,
  after: Position,
  times: Times,
  ended: () => void,
): Stream {
  let position = after === 'start' ? 0 : after
  let replayed = after !== 'start'
  // A new conversation is the bot's, and nobody has read: only what differs is told.
  let told = { mode: 'bot ', read: 0 }
  let running = false
  let again = false
  let over = false

  /** Resolves when the frame has left: a slow reader gets the next one only then, and holds no more memory than one. */
  const send = (activities: OutgoingActivity[]): Promise<void> =>
    new Promise((resolve, reject) => {
      if (over) return resolve()
      if (socket.bufferedAmount > MAX_BUFFERED) {
        socket.terminate()
        return resolve()
      }
      socket.send(JSON.stringify({ activities, watermark: String(position) }), (error) =>
        error ? reject(error) : resolve(),
      )
    })

  async function readOn(): Promise<void> {
    for (let more = true; more && !over;) {
      const page = await readLog(database.db, keys, conversationId, replayed ? { after: position } : 'last', PAGE)
      more = replayed && page.more
      replayed = true
      await show(page.messages)
    }
  }

  async function show(messages: readonly LoggedMessage[]): Promise<void> {
    for (const frame of inFrames(messages, writer)) {
      position = frame.last
      await send(frame.activities)
    }
  }

  /** Shows what this node has just committed if it is what comes next; otherwise reads on in the log. */
  async function run(news?: ConversationNews): Promise<void> {
    try {
      again = news === undefined
      if (news !== undefined) {
        await show(news.messages.filter(({ seq }) => seq > position))
        await sendStanding(news.standing)
      }
      while (again && !over) {
        again = false
        await readOn()
        await sendStanding(await readStanding(database.db, conversationId))
      }
    } catch (error) {
      // Away: the next ring, the reconnected bell or the next look goes on from the same position.
      if (isAway(error)) log.debug('directline.stream_waits', { conversation: conversationId, error })
      else if (!over) {
        log.warn('directline.stream_failed', { conversation: conversationId, error })
        socket.terminate()
      }
    } finally {
      running = false
    }
  }

  /** Who answers, and how far an agent has read; each told again only when it changed. */
  async function sendStanding(now: Standing | undefined): Promise<void> {
    if (now === undefined) return stream.close(GONE)
    const passing: Passing[] = []
    const mode = `${now.mode} ${now.holder ?? ''}`
    if (mode !== told.mode)
      passing.push({
        type: 'event',
        name: 'parcours/mode',
        value: { mode: now.mode, ...(now.holder === null ? {} : { holder: now.holder }) },
      })
    if (now.agentReadSeq > told.read)
      passing.push({ type: 'event', name: 'parcours/read', value: { seq: now.agentReadSeq } })
    told = { mode, read: Math.max(told.read, now.agentReadSeq) }
    if (passing.length > 0) await send(passing.map((what) => writer.passing('agent', what)))
  }

  function wake(news?: ConversationNews): void {
    if (over) return
    // News that comes while a frame is still leaving is read from the log later: a slow reader holds nothing up.
    if (running) return void (again = true)
    running = true
    void run(replayed && news !== undefined && follows(news) ? news : undefined)
  }

  /** Whether news goes on, without a gap, from what was shown to the end of the log. */
  function follows({ messages, seq }: ConversationNews): boolean {
    const unseen = messages.filter((message) => message.seq > position)
    return position + unseen.length >= seq && (unseen.length === 0 || unseen[0]?.seq === position + 1)
  }

  /** What passes by is sent only behind the replay, so that the watermark beside it is right. */
  function pass(author: 'newcomer' | 'bot' | 'agent', what: Parameters<ActivityWriter['passing']>[1]): void {
    if (replayed && !over) send([writer.passing(author, what)]).catch(() => {})
  }

  let missed = 0
  const pings = setInterval(() => {
    if (missed >= MISSED_PINGS) return socket.terminate()
    missed += 1
    socket.ping()
  }, times.pingMs).unref()

  const stops = [
    bell.on(conversationTopic(conversationId), wake),
    bell.onWhisper(`typing:${conversationId}`, (word) => {
      const author = word.split(' ')[0]
      if (author === 'bot' || author === 'agent') pass(author, { type: 'typing' })
    }),
    bell.onWhisper(echoTopic(conversationId), (word) => {
      const [kind, clientActivityID = ''] = word.split(' ')
      pass('newcomer', {
        ...(kind === 'typing' ? { type: 'typing' } : { type: 'event', name: kind ?? '' }),
        clientActivityID,
      })
    }),
  ]

  const end = (): void => {
    if (over) return
    over = true
    clearInterval(pings)
    for (const stop of stops) stop()
    ended()
  }

  const stream: Stream = {
    conversationId,
    position: () => position,
    wake,
    close(code) {
      end()
      socket.close(code)
    },
  }
  socket.on('pong', () => void (missed = 0))
  socket.on('message', () => {}) // an empty frame each 20 s keeps proxies awake; nothing is asked here
  socket.on('close', end)
  // Subscribed first, read after: what is committed between the two is seen.
  wake()
  return stream
}

/** Cuts a page where a frame would become long; messages stay whole. */
function* inFrames(
  messages: readonly LoggedMessage[],
  writer: ActivityWriter,
): Generator<{ activities: OutgoingActivity[]; last: number }> {
  let activities: OutgoingActivity[] = []
  let bytes = 0
  for (const [index, message] of messages.entries()) {
    const activity = writer.message(message)
    activities.push(activity)
    bytes += JSON.stringify(activity).length
    if (bytes < FRAME_BYTES && index < messages.length - 1) continue
    yield { activities, last: message.seq }
    activities = []
    bytes = 0
  }
}
