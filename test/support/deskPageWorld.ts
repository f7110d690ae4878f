import type { ConversationCard, ConversationView, MessageView } from '../../api/types.ts'
import { ApiError } from '../../web/desk/wire/api.ts'
import type { DeskApi } from '../../web/desk/wire/api.ts'
import type { Socket } from '../../web/desk/wire/live.ts'
import type { World } from '../../web/desk/work/world.ts'

/** A browser of which a test is the clock, the network and the other side. */
export interface FakeWorld extends World {
  /** Calls answered so far, as `name argument…`. */
  calls: string[]
  /** Answers for calls by name; a function is asked each time. Without one: a benign answer. */
  answers: Partial<{ [Name in keyof DeskApi]: (...given: Parameters<DeskApi[Name]>) => unknown }>
  sockets: FakeSocket[]
  attention: boolean
  /** Lets time pass: runs what is due, in order, and everything it leads to. */
  pass(milliseconds: number): Promise<void>
  /** Lets everything already answered be heard. */
  settle(): Promise<void>
}

/** The server's end of a socket. */
export interface FakeSocket extends Socket {
  sent: string[]
  closed: boolean
  says(frame: object): void
  drops(): void
}

export const refusedWith = (status: number, code: string) => (): never => {
  throw new ApiError(status, code)
}

/** A message of the log with what a test does not care about filled in. */
export function message(seq: number, part: Partial<MessageView> = {}): MessageView {
  return {
    id: `m${seq}`,
    seq,
    author: 'newcomer',
    text: `message ${seq}`,
    status: 'done',
    at: '2027-03-02T15:00:00Z',
    ...part,
  }
}

/** A card, likewise. */
export function card(id: string, part: Partial<ConversationCard> = {}): ConversationCard {
  return {
    id,
    channel: 'directline',
    language: 'fr',
    mode: 'human',
    preferredName: 'Amina',
    region: null,
    heldBy: null,
    handoff: null,
    unread: 0,
    lastMessageAt: '2027-03-02T15:00:00Z',
    waitsFor: 'agent',
    ...part,
  }
}

/** What the desk reads of a conversation that its reader holds, or not. */
export function view(id: string, seq: number, holds = true): ConversationView {
  return {
    card: card(id),
    file: null,
    notes: [],
    may: { take: !holds, write: holds, handBack: holds, close: holds, note: true },
    seq,
    deliveries: {},
    reach: {},
  }
}

/** A hand-off that waits since a moment. */
export function waiting(priority: 0 | 1 | 2): NonNullable<ConversationCard['handoff']> {
  return {
    id: 'h',
    reason: priority === 0 ? 'danger' : 'asked',
    priority,
    state: 'waiting',
    requestedAt: '2027-03-02T14:57:00Z',
    summary: { lastWords: '', known: {}, openStep: null, situation: null },
  }
}

export function fakeWorld(): FakeWorld {
  let now = Date.parse('2027-03-02T15:00:00Z')
  let ids = 0
  let due: { at: number; work: () => void }[] = []
  const benign: Record<string, unknown> = {
    me: {
      agent: {
        id: 'a1',
        name: 'Geneviève',
        role: 'agent',
        languages: ['fr'],
        region: null,
        active: true,
        present: true,
      },
      sessionEndsAt: '2027-03-02T23:00:00Z',
    },
    queue: { waiting: [] },
    myPeople: { people: [] },
    messages: { messages: [], more: false },
    agents: [],
  }

  const world: FakeWorld = {
    calls: [],
    answers: {},
    sockets: [],
    attention: true,
    api: {} as DeskApi,
    now: () => new Date(now).toISOString(),
    newId: () => `id${++ids}`,
    attentive: () => world.attention,
    chance: () => 0,
    connect(ears) {
      const socket: FakeSocket = {
        sent: [],
        closed: false,
        send: (text) => void socket.sent.push(text),
        close() {
          socket.closed = true
          ears.closed()
        },
        says: (frame) => ears.heard(JSON.stringify(frame)),
        drops: () => ears.closed(),
      }
      world.sockets.push(socket)
      return socket
    },
    later(work, milliseconds) {
      const one = { at: now + milliseconds, work }
      due.push(one)
      return () => {
        due = due.filter((other) => other !== one)
      }
    },
    async pass(milliseconds) {
      // What was asked before this time began is answered before it passes.
      await world.settle()
      const until = now + milliseconds
      for (;;) {
        const next = due.filter((one) => one.at <= until).sort((a, b) => a.at - b.at)[0]
        if (next === undefined) break
        due = due.filter((one) => one !== next)
        now = Math.max(now, next.at)
        next.work()
        await world.settle()
      }
      now = until
      await world.settle()
    },
    async settle() {
      // Each turn of the loop lets all promises that are ready go on.
      for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
    },
  }

  world.api = new Proxy(world.api, {
    get:
      (_, name) =>
      async (...given: unknown[]): Promise<unknown> => {
        const text = given.map((one) => (typeof one === 'object' ? JSON.stringify(one) : one))
        world.calls.push([name, ...text].map(String).join(' '))
        const planned = world.answers[name as keyof DeskApi] as ((...args: unknown[]) => unknown) | undefined
        return planned === undefined ? (benign[String(name)] ?? null) : planned(...given)
      },
  })
  return world
}
