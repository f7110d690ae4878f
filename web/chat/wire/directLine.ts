import { ask } from './http.ts'
import { openOutbox, type Outgoing } from './outbox.ts'
import { openSession, type DeviceUse } from './session.ts'
import { openStream, type Connection } from './stream.ts'
import type { World } from './world.ts'

/** What the page hears. */
export interface DirectLineListener {
  /** Raw activities, oldest first; the same one may come twice. `history`: they were asked for by `older()`. */
  activities(activities: unknown[], history: boolean): void
  connection(state: Connection): void
  /** What is being sent, oldest first. */
  outgoing(outgoing: readonly Outgoing[]): void
  /** The cookie opened another conversation (the old one is gone): what is on screen belongs to nobody now. */
  anotherConversation(): void
  /** Who uses the device, as far as the server has heard. */
  device(use: DeviceUse): void
}

/** Our end of the newcomer's conversation. */
export interface DirectLine {
  start(): void
  send(text: string): void
  sendFiles(files: File[], text: string): void
  retry(clientActivityID: string): void
  discard(clientActivityID: string): void
  /** The log has this message of ours. */
  echoed(clientActivityID: string): void
  /** The person is writing; tells the other side at most every 3 s, and never twice for one message. */
  typing(): void
  /** Asks for what was before a position. Resolves to whether there is more, or null if it didn't work. */
  older(before: number): Promise<boolean | null>
  /** The page is looked at again, or the network is back. */
  wake(): void
  /** Language of the conversation and of what is written from now on. */
  speak(language: string): void
  /** Others use this device too, or no longer: the browser knows the conversation for as long as it is open, or for months. */
  share(shared: boolean): void
  /** Danger had been told in the conversation when this page opened it. Null: the server has not said. */
  danger(): boolean | null
  /** Ends everything and forgets what was not sent. */
  forget(): void
  /** The same, and this browser no longer knows the conversation: whoever opens the page next is somebody new. */
  leave(): void
}

const TYPING_EVERY = 3_000

/**
 * Speaks Direct Line 3.0 with our server for one visitor: session from the cookie, stream with
 * resumption, queue of what was written. Knows nothing of the page.
 */
export function directLine(world: World, startLanguage: string, listener: DirectLineListener): DirectLine {
  let language = startLanguage
  let conversation: string | null = null
  let known: Connection | null = null
  let typedAt = 0

  const session = openSession(world, language, {
    conversation(conversationId) {
      if (conversation !== null && conversation !== conversationId) {
        stream.forget()
        listener.anotherConversation()
        stream.restart()
      }
      conversation = conversationId
    },
    device: (use) => listener.device(use),
  })
  const stream = openStream(world, session, {
    activities: (activities) => listener.activities(activities, false),
    connection(state) {
      if (state === known) return
      known = state
      if (state === 'online') {
        outbox.wake()
        session.wake()
      }
      listener.connection(state)
    },
  })
  const outbox = openOutbox(
    world,
    session,
    () => language,
    () => listener.outgoing(outbox.all()),
    () => stream.restart(),
  )

  async function tell(): Promise<void> {
    const access = await session.access()
    if (access === null) return
    await ask(world, {
      method: 'POST',
      path: `/v3/directline/conversations/${access.conversationId}/activities`,
      token: access.token,
      json: {
        type: 'typing',
        from: { id: access.userId, role: 'user' },
        channelData: { clientActivityID: world.newId() },
      },
    })
  }

  function forget(): void {
    stream.stop()
    session.stop()
    outbox.stop()
    world.unsent.save([])
    world.held?.save(null)
  }

  return {
    start() {
      stream.start()
      listener.outgoing(outbox.all())
    },
    send(text) {
      outbox.add(text)
      typedAt = 0
    },
    sendFiles(files, text) {
      outbox.add(text, files)
      typedAt = 0
    },
    retry: (id) => outbox.retry(id),
    discard: (id) => outbox.discard(id),
    echoed: (id) => outbox.echoed(id),
    typing() {
      if (world.now() - typedAt < TYPING_EVERY || !world.networkUp()) return
      typedAt = world.now()
      void tell()
    },
    async older(before) {
      const access = await session.access()
      if (access === null) return null
      const answer = await ask(world, {
        method: 'GET',
        path: `/api/chat/history?before=${before}`,
        token: access.token,
      })
      if (answer.kind === 'stale') session.drop(access)
      if (answer.kind !== 'ok' || access.conversationId !== conversation) return null
      const { activities, more } = answer.body
      if (Array.isArray(activities)) listener.activities(activities, true)
      return more === true
    },
    wake() {
      stream.restart()
      outbox.wake()
      session.wake()
    },
    speak(next) {
      language = next
      session.speak(next)
    },
    share(shared) {
      world.device.share(shared)
      session.deviceChanged()
    },
    danger: () => session.danger(),
    forget,
    leave() {
      forget()
      void ask(world, { method: 'DELETE', path: '/api/chat/session' })
    },
  }
}
