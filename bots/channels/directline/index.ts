import type { IncomingMessage } from 'node:http'
import type { WebSocket } from 'ws'
import { findOrCreateConversation, lastPositions, readLog } from '../../../services/conversations/index.ts'
import { requireRoomForFiles } from '../../../services/files/index.ts'
import { shippedLanguage } from '../../../services/locales/index.ts'
import { notFound, ParcoursError, tooMany } from '../../../services/platform/errors.ts'
import { randomId, type ConversationId } from '../../../services/platform/ids.ts'
import { patience } from '../../../services/platform/patience.ts'
import type { Platform } from '../../../services/platform/platform.ts'
import { countCall, type AddressLimit } from '../../../services/platform/rateLimits.ts'
import type { Tokens } from '../../../services/platform/tokens.ts'
import type { Turns } from '../../inbound.ts'
import { chosenUserId, openDoor, type Bearer, type Door } from './door.ts'
import { JOIN, readActivity, type Incoming } from './incoming.ts'
import { activityWriter, type OutgoingActivity } from './outgoing.ts'
import { createStreams, echoTopic } from './stream.ts'
import { TIMES, type Times } from './times.ts'
import { UPLOAD_BYTES, uploadReader } from './upload.ts'
import { readWatermark, showWatermark } from './watermark.ts'

/** What a handler answers; a route writes it. */
export interface Reply {
  status: number
  json: unknown
}

/** The calls of Direct Line 3.0. Each proves its bearer first; the rules are in the protocol sheet that the tests follow. */
export interface DirectLine {
  /** For the page of the same server: what makes and reads the tokens. */
  readonly door: Door
  generate(header: string | undefined, body: unknown): Promise<Reply>
  refresh(header: string | undefined): Promise<Reply>
  start(header: string | undefined, body: unknown): Promise<Reply>
  resume(header: string | undefined, id: string, watermark: string | undefined): Promise<Reply>
  poll(header: string | undefined, id: string, watermark: string | undefined): Promise<Reply>
  post(header: string | undefined, id: string, activity: unknown): Promise<Reply>
  /** `address`: whose bytes they are; an address sends so many an hour. */
  upload(header: string | undefined, id: string, request: IncomingMessage, address: string): Promise<Reply>
  /** The log backwards, for a page that scrolls up. */
  history(
    header: string | undefined,
    before: number | undefined,
  ): Promise<{ activities: OutgoingActivity[]; more: boolean }>
  /** Proves the address of a stream; then takes the open socket. */
  stream(id: string, token: string, watermark: string | null): Promise<(socket: WebSocket) => void>
  /** Ends the streams of this node. */
  close(): void
}

const PAGE = 100
const HISTORY_PAGE = 50
/** Typing posts that one conversation may send through a node: one in this many milliseconds. */
const TYPING_MS = 500
/** Uploads of one address, in KB: a class of thirty behind one address of a school sends two photos each. */
const UPLOADS_PER_ADDRESS: AddressLimit = { purpose: 'upload-kb', count: 250_000, seconds: 3600 }

export function directLine(
  platform: Platform,
  deps: { turns: Turns; tokens: Tokens; times?: Partial<Times> },
): DirectLine {
  const { database, keys, bell, settings, clock } = platform
  const { turns, tokens } = deps
  const door = openDoor(settings, tokens)
  const times = { ...TIMES, ...deps.times }
  const streams = createStreams(platform, times)
  const readUpload = uploadReader()
  const typedAt = new Map<string, number>()
  const writerFor = (bearer: Bearer) => activityWriter(bearer, tokens, settings.publicUrl, clock)
  const held = <T>(work: () => Promise<T>, holdMs = times.holdMs): Promise<T> => database.hold(work, holdMs)

  /** Throws the `notFound` of a conversation that a token names and that was never started, or was erased. */
  async function mustExist(id: ConversationId): Promise<void> {
    if (!(await lastPositions(database.db, [id])).has(id)) throw notFound()
  }

  async function start(header: string | undefined, body: unknown): Promise<Reply> {
    const bearer = door.admit(header)
    const language = shippedLanguage((body as { locale?: unknown } | undefined)?.locale) ?? bearer.language ?? 'fr'
    const { conversationId: id, userId } = bearer
    const left = patience(times.holdMs)
    // The contact is the token's conversation: two tokens that an integrator mints for one user are two conversations.
    const { created } = await held(
      () => findOrCreateConversation(database, keys, { id, channel: 'directline', contact: id, userId, language }),
      left(),
    )
    // Each time, because a crash may have come between the two; the log has it once.
    await turns.take(
      { conversationId: id, externalId: `${id}/start`, kind: 'start', body: { text: '' }, language },
      left(),
    )
    return { status: created ? 201 : 200, json: { ...door.mint(bearer), streamUrl: door.streamUrl(bearer, 'start') } }
  }

  /** Throws `tooMany` when an address has sent its share of bytes; counted before they are read. */
  async function countUpload(request: IncomingMessage, address: string): Promise<void> {
    if (!settings.rateLimit) return
    const announced = Number(request.headers['content-length'] ?? UPLOAD_BYTES)
    await held(() => countCall(platform, UPLOADS_PER_ADDRESS, address, Math.ceil(announced / 1024)))
  }

  /** Hands an activity to the turn, or lets it pass by; resolves to the activity's id. */
  async function take(
    bearer: Bearer,
    incoming: Incoming,
    files: Awaited<ReturnType<typeof readUpload>>['files'] = [],
  ): Promise<Reply> {
    const { conversationId } = bearer
    if (incoming.kind === 'ignored') return { status: 200, json: { id: randomId() } }
    const { clientActivityID } = incoming
    if (incoming.kind === 'typing' || incoming.kind === 'join') {
      passBy(conversationId, incoming.kind, clientActivityID)
      return { status: 200, json: { id: randomId() } }
    }
    const left = patience(times.holdMs)
    const externalId = `${conversationId}/${clientActivityID === undefined ? `one:${randomId()}` : `client:${clientActivityID}`}`
    if (files.length > 0) await held(() => requireRoomForFiles(platform, conversationId, externalId, files), left())
    const taken = await turns.take(
      {
        conversationId,
        externalId,
        kind: incoming.kind,
        body: incoming.body,
        ...(files.length === 0 ? {} : { files: inOrder(files, incoming.fileNames) }),
      },
      left(),
    )
    return { status: 200, json: { id: taken.id } }
  }

  function passBy(id: ConversationId, kind: 'typing' | 'join', clientActivityID: string | undefined): void {
    const now = clock.now().epochMilliseconds
    if (Math.abs(now - (typedAt.get(id) ?? -TYPING_MS)) < TYPING_MS) return
    if (typedAt.size > 10_000) typedAt.clear()
    typedAt.set(id, now)
    if (kind === 'typing') bell.whisper(`typing:${id}`, 'newcomer')
    bell.whisper(echoTopic(id), `${kind === 'typing' ? 'typing' : JOIN} ${clientActivityID ?? ''}`)
  }

  return {
    door,
    async generate(header, body) {
      door.admitSecret(header)
      const user = (body as { user?: { id?: unknown } } | undefined)?.user
      const bearer = { conversationId: randomId() as ConversationId, userId: chosenUserId(user?.id) }
      return { status: 200, json: door.mint(bearer) }
    },
    async refresh(header) {
      return { status: 200, json: door.mint(door.admit(header)) }
    },
    start: (header, body) => neverUnavailable(() => start(header, body)),
    resume: (header, id, watermark) =>
      neverUnavailable(async () => {
        const bearer = door.admitTo(header, id)
        await held(() => mustExist(bearer.conversationId))
        return {
          status: 200,
          json: { ...door.mint(bearer), streamUrl: door.streamUrl(bearer, readWatermark(watermark)) },
        }
      }),
    async poll(header, id, watermark) {
      const bearer = door.admitTo(header, id)
      const position = readWatermark(watermark)
      const after = position === 'start' ? 0 : position
      try {
        const messages = await held(async () => {
          const page = await readLog(database.db, keys, bearer.conversationId, { after }, PAGE)
          if (page.messages.length === 0) await mustExist(bearer.conversationId)
          return page.messages
        })
        const writer = writerFor(bearer)
        const activities = messages.map((message) => writer.message(message))
        return { status: 200, json: { activities, watermark: showWatermark(messages.at(-1)?.seq ?? after) } }
      } catch (error) {
        // Whatever status is not 200 ends a client's polling for good, and says nothing about it.
        if (!isUnavailable(error)) throw error
        return { status: 200, json: { activities: [], watermark: showWatermark(after) } }
      }
    },
    post: (header, id, activity) =>
      neverUnavailable(() => {
        const bearer = door.admitTo(header, id)
        return take(bearer, readActivity(activity))
      }),
    upload: (header, id, request, address) =>
      neverUnavailable(async () => {
        const bearer = door.admitTo(header, id)
        await countUpload(request, address)
        const { activity, files } = await readUpload(request)
        return take(bearer, readActivity(activity ?? { type: 'message' }, files.length > 0), files)
      }),
    history: (header, before) =>
      neverUnavailable(async () => {
        const bearer = door.admit(header)
        const range = before === undefined ? 'last' : { before }
        const page = await held(() => readLog(database.db, keys, bearer.conversationId, range, HISTORY_PAGE))
        const writer = writerFor(bearer)
        return { activities: page.messages.map((message) => writer.message(message)), more: page.more }
      }),
    stream: (id, token, watermark) =>
      neverUnavailable(async () => {
        const bearer = door.admitToStream(token, id)
        await held(() => mustExist(bearer.conversationId))
        return (socket: WebSocket) =>
          streams.open(socket, bearer.conversationId, writerFor(bearer), readWatermark(watermark))
      }),
    close: () => streams.close(),
  }
}

const isUnavailable = (error: unknown): boolean => error instanceof ParcoursError && error.code === 'unavailable'

/** A client that starts takes any 5xx as final, and 429 as "later" (sheet, §6). */
async function neverUnavailable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw isUnavailable(error) ? tooMany(5) : error
  }
}

/** Files in the order in which the activity names them; parts may come in any. */
function inOrder<F extends { name: string }>(files: F[], names: readonly string[]): F[] {
  const rank = ({ name }: F): number => {
    const index = names.indexOf(name)
    return index === -1 ? names.length : index
  }
  return files
    .map((file, i) => ({ file, i }))
    .sort((a, b) => rank(a.file) - rank(b.file) || a.i - b.i)
    .map(({ file }) => file)
}
