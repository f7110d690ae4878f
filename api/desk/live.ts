import type { WebSocket } from 'ws'
import { closeDesk, renewDesk } from '../../services/agents/index.ts'
import { readAlarms, readListMarks } from '../../services/handoff/index.ts'
import { toDate } from '../../services/platform/clock.ts'
import { forbidden, unauthenticated } from '../../services/platform/errors.ts'
import { randomId } from '../../services/platform/ids.ts'
import type { Platform } from '../../services/platform/platform.ts'
import { readSession } from '../../services/sign-in/index.ts'
import type { AgentActor, SocketRoute } from '../route.ts'
import type { LiveFrame } from '../types.ts'
import { oneAtATime } from './oneAtATime.ts'
import { clientFrame } from './schemas.ts'
import { watching } from './watching.ts'

/** Everything that a ring would have told is looked for this often, and the session is proven again: who is shown out is out within 5 s. */
const LOOK_EVERY_MS = 4_000
/** Of those looks, each third renews the desk's presence and each sixth pings. */
const RENEW_LOOKS = 3
const PING_LOOKS = 6
const MISSED_PONGS = 2
/** A page that reads slower than it is told is cut off; it comes back and asks. */
const MAX_BUFFERED = 1024 * 1024
/** Close code of ours: the session has ended. */
const SIGNED_OUT = 4401

/**
 * The desk's push socket: hints without content, from a signed-in agent's own page only. The right to
 * what it tells ends with the session: proven at the upgrade, at each command, at each ring of the agent, and every 4 s.
 */
export function liveSocket(platform: Platform, lookEveryMs = LOOK_EVERY_MS): SocketRoute {
  const origin = new URL(platform.settings.publicUrl).origin
  return {
    path: '/api/v1/live',
    summary: 'Hints to the desk: lists changed, news, typing, danger',
    who: 'agent',
    async open({ agent, origin: from }) {
      if (from !== origin) throw forbidden('crossSite')
      if (agent === undefined) throw unauthenticated()
      return (socket) => keepDesk(platform, agent, socket, lookEveryMs)
    },
  }
}

function keepDesk(platform: Platform, agent: AgentActor, socket: WebSocket, lookEveryMs: number): void {
  const { bell, clock, log } = platform
  const desk = { id: randomId(), agentId: agent.id, sessionId: agent.sessionId }
  const alarmed = new Set<string>()
  let actor = agent
  let asked: { watch: string | null } | undefined
  let marks = { queue: '', people: '' }
  let greeted = false
  let looks = 0
  let pongsMissing = 0
  let left = false
  let presence: Promise<void> = Promise.resolve()

  const failed = (error: unknown): void => log.debug('live.look_failed', { agent: agent.id, error })
  const send = (frame: LiveFrame): void => {
    if (left || socket.readyState !== socket.OPEN) return
    // What a session may stand is known beforehand: nothing more leaves then, whenever the next look comes.
    if (frame.type !== 'signedOut' && actor.sessionEndsAt <= toDate(clock.now())) return proveSession()
    if (socket.bufferedAmount > MAX_BUFFERED) socket.terminate()
    else socket.send(JSON.stringify(frame))
  }
  const watched = watching(platform, () => actor, send, failed)

  const proveSession = oneAtATime(async () => {
    const now = await readSession(platform, agent.sessionId)
    if (now !== undefined) {
      actor = now
      if (left) return
      const command = asked
      asked = undefined
      return command === undefined ? watched.poll() : watched.watch(command.watch)
    }
    send({ type: 'signedOut' })
    leave()
    socket.close(SIGNED_OUT)
  }, failed)

  const lookAtLists = oneAtATime(async () => {
    const now = await readListMarks(platform, actor)
    const before = marks
    marks = now
    // The page asks for the lists when it is greeted: what changes after these marks is told.
    if (!greeted) send({ type: 'hello' })
    else {
      if (now.queue !== before.queue) send({ type: 'queue' })
      if (now.people !== before.people) send({ type: 'people' })
    }
    greeted = true
    for (const { reference, conversationId, unread } of await readAlarms(platform, actor)) {
      const once = `${reference} ${unread}`
      if (alarmed.has(once)) continue
      alarmed.add(once)
      send({ type: 'danger', conversationId, unread })
    }
  }, failed)

  const renew = (): void => {
    presence = presence.then(() => renewDesk(platform, desk)).catch(failed)
  }

  const lookAgain = (): void => {
    proveSession() // which makes the watched conversation be looked at too
    lookAtLists()
  }

  const timer = setInterval(() => {
    looks += 1
    lookAgain()
    if (looks % RENEW_LOOKS === 0) renew()
    if (looks % PING_LOOKS !== 0) return
    if (pongsMissing >= MISSED_PONGS) return socket.terminate()
    pongsMissing += 1
    socket.ping()
  }, lookEveryMs)
  timer.unref()

  const stops = [bell.on('queue', lookAtLists), bell.on(`agent:${agent.id}`, proveSession), bell.onReconnect(lookAgain)]

  /** Hears nothing more, whether the page has gone or is shown out. */
  function leave(): void {
    left = true
    clearInterval(timer)
    watched.stop()
    for (const stop of stops.splice(0)) stop()
  }

  socket.on('pong', () => (pongsMissing = 0))
  socket.on('message', (bytes: Buffer, isBinary: boolean) => {
    const frame = isBinary ? undefined : clientFrame.safeParse(parse(bytes)).data
    if (frame === undefined) socket.close(1008)
    else if (!left) {
      asked = frame
      proveSession() // a command, like a request, is of who its sender is now
    }
  })
  socket.on('close', () => {
    leave()
    void presence.then(() => closeDesk(platform, desk.id)).catch(failed)
  })
  renew()
  // The session may have ended during the handshake, before anyone listened.
  proveSession()
  lookAtLists()
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString()) as unknown
  } catch {
    return undefined
  }
}
