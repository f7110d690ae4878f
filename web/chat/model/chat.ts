import { isOwn, type TranscriptMessage } from '../../conversation/message.ts'
import type { TypingNow } from '../../conversation/Typing.tsx'
import { readActivity, type Arrival, type Mode } from '../wire/activities.ts'
import { directLine, type DirectLine } from '../wire/directLine.ts'
import type { Outgoing } from '../wire/outbox.ts'
import type { DeviceUse } from '../wire/session.ts'
import type { Connection } from '../wire/stream.ts'
import type { World } from '../wire/world.ts'
import { mergeLog, withOutgoing } from './log.ts'

/** Everything the page shows, in one plain value. */
export interface ChatState {
  /** What the log has, by position, without holes. */
  log: readonly TranscriptMessage[]
  outgoing: readonly Outgoing[]
  connection: Connection
  /** The first messages have come. */
  loaded: boolean
  loadingOlder: boolean
  hasOlder: boolean
  typing: TypingNow | null
  mode: Mode
  /** The agent who answers, in mode `human`. */
  holder: string | null
  /** Agents have read own messages up to this position. */
  readUpTo: number
  device: DeviceUse
}

/** The conversation of this page: its state, and what a person can do with it. */
export interface Chat {
  state: () => ChatState
  line: DirectLine
  older: () => void
  /** Brings what is older too, up to `WHOLE` messages: for paper, or a file. */
  whole: () => Promise<readonly TranscriptMessage[]>
  /** Ends everything in this page; where the next person must not find the conversation, in this browser too. */
  leave: () => void
}

export const EMPTY: ChatState = {
  log: [],
  outgoing: [],
  connection: 'connecting',
  loaded: false,
  loadingOlder: false,
  hasOlder: false,
  typing: null,
  mode: 'bot',
  holder: null,
  readUpTo: 0,
  device: { shared: false, change: null },
}

/** More than this is not put on paper. */
const WHOLE = 2_000
/** How long "is writing" stays without another sign, in ms: the protocol's habit. */
const TYPING_SHOWN = 5_000
/** Messages of the history are put on screen before screen readers listen again, in ms. */
const SETTLE = 400

/** Opens the visitor's conversation. `changed` is called after each change of `state()`. */
export function openChat(world: World, language: string, changed: () => void): Chat {
  let state = EMPTY
  let cancelTyping = (): void => {}

  function set(change: Partial<ChatState>): void {
    state = { ...state, ...change }
    changed()
  }

  const line = directLine(world, language, {
    activities(activities, history) {
      const arrivals = activities.map(readActivity).filter((arrival) => arrival !== null)
      keep(arrivals.flatMap((arrival) => (arrival.kind === 'message' ? [arrival.message] : [])))
      if (!history) for (const arrival of arrivals) note(arrival)
    },
    connection: (connection) => set({ connection }),
    outgoing: (outgoing) => set({ outgoing }),
    anotherConversation() {
      const { outgoing, connection, device } = state
      set({ ...EMPTY, outgoing, connection, device })
    },
    device: (device) => set({ device }),
  })

  function keep(messages: TranscriptMessage[]): void {
    if (messages.length === 0) return
    const log = mergeLog(state.log, messages)
    const before = state.log[0]?.seq
    const first = log[0]?.seq ?? 1
    set({ log, hasOlder: first > 1 && (before === undefined || first < before || state.hasOlder) })
    for (const message of messages) {
      if (isOwn(message, { side: 'newcomer' }) && message.clientMessageId !== undefined)
        line.echoed(message.clientMessageId)
    }
    if (!state.loaded) world.later(() => set({ loaded: true }), SETTLE)
  }

  function note(arrival: Arrival): void {
    if (arrival.kind === 'read') return set({ readUpTo: Math.max(state.readUpTo, arrival.seq) })
    if (arrival.kind === 'mode') return set({ mode: arrival.mode, holder: arrival.holder ?? null })
    if (arrival.kind === 'typing') {
      cancelTyping()
      cancelTyping = world.later(() => set({ typing: null }), TYPING_SHOWN)
      return set({ typing: { author: arrival.author, ...(arrival.name === undefined ? {} : { name: arrival.name }) } })
    }
    // What they were writing is here.
    if (state.typing !== null && arrival.message.author === state.typing.author) set({ typing: null })
  }

  async function older(): Promise<void> {
    const first = state.log[0]?.seq
    if (first === undefined || state.loadingOlder) return
    set({ loadingOlder: true })
    const more = await line.older(first)
    if (more !== null) set({ hasOlder: more })
    world.later(() => set({ loadingOlder: false }), SETTLE)
  }

  async function whole(): Promise<readonly TranscriptMessage[]> {
    while (state.hasOlder && state.log.length < WHOLE) {
      const first = state.log[0]?.seq
      if (first === undefined) break
      const more = await line.older(first)
      if (more === null || state.log[0]?.seq === first) break
      set({ hasOlder: more })
    }
    return state.log
  }

  /**
   * Where others use the device, or danger was told, or may have been for all this page knows. Within another
   * site's page only the tab knows the conversation, and forgets it in any case.
   */
  function mustForget(): boolean {
    const { log, outgoing, device } = state
    if (device.shared || world.device.isShared() || log.some(({ urgent }) => urgent === true)) return true
    return world.held === null && (line.danger() !== false || outgoing.length > 0)
  }

  function leave(): void {
    if (mustForget()) line.leave()
    else line.forget()
  }

  return { state: () => state, line, older: () => void older(), whole, leave }
}

/** What the transcript shows: the log, then what is on its way. */
export function shown(state: ChatState, failure: (status: number | undefined) => string): TranscriptMessage[] {
  return withOutgoing(state.log, state.outgoing, failure)
}
