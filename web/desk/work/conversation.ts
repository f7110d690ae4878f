import { lastOfNewcomer } from '../model/messages.ts'
import type { OpenConversation } from '../model/state.ts'
import type { Store } from '../model/store.ts'
import { refresher } from '../wire/refresher.ts'
import type { Refusals } from './refusals.ts'
import type { World } from './world.ts'

/** The conversation on screen, kept up with the log. */
export interface Screen {
  /** Asks again for the conversation and for what was written since; the first time, for the end. */
  refresh(): void
  older(): Promise<void>
  /** Has a message sent again, and shows how it stands then. */
  sendAgain(conversationId: string, messageId: string): Promise<void>
  heardTyping(conversationId: string, who: 'newcomer' | 'agent'): void
  /** Tells the server up to where the agent has read, when somebody looks. */
  markRead(): void
  /** The agent is writing: told at most every three seconds. */
  typing(): void
}

/** For how long one "is writing" holds, in milliseconds. */
const typingLasts = 6_000
const typingEvery = 3_000

export function screen(store: Store, world: World, refused: Refusals): Screen {
  let stopTyping = (): void => {}
  let quiet = false
  let marked: { id: string; seq: number } | null = null

  const open = (): OpenConversation | null => store.state().open

  const refresh = refresher(async () => {
    const id = open()?.id
    if (id === undefined) return
    try {
      await Promise.all([
        world.api.conversation(id).then((view) => store.tell({ type: 'conversation', view })),
        messages(id),
      ])
    } catch (error) {
      const rest = refused.about(id, error)
      // Out of reach is told by the banner; a refusal would leave an empty screen unexplained.
      if (rest !== null && !rest.mayPass) refused.tell(id, error)
    }
    markRead()
    // The agent opened another one meanwhile.
    if (open() !== null && open()?.id !== id) void Promise.resolve().then(refresh)
  })

  async function messages(id: string): Promise<void> {
    if (open()?.loaded !== true) {
      const page = await world.api.messages(id, {})
      store.tell({ type: 'latest', conversationId: id, page })
      return
    }
    let more = true
    while (more && open()?.id === id) {
      const after = open()?.upTo ?? 0
      const page = await world.api.messages(id, { after })
      store.tell({ type: 'newer', conversationId: id, messages: page.messages })
      // A page that claims more and brings nothing would turn forever.
      more = page.more && page.messages.length > 0
    }
  }

  function markRead(): void {
    const shown = open()
    if (shown?.view?.may.write !== true || !world.attentive()) return
    const seq = lastOfNewcomer(shown.messages)
    if (seq === 0 || (marked?.id === shown.id && marked.seq >= seq)) return
    const before = marked
    marked = { id: shown.id, seq }
    world.api.read(shown.id, seq).catch((error: unknown) => {
      // To be told again with the next news.
      marked = before
      refused.about(shown.id, error)
    })
  }

  return {
    refresh: () => void refresh(),
    async older() {
      const shown = open()
      const first = shown?.messages[0]
      if (shown === null || first === undefined || !shown.older || shown.loadingOlder) return
      const { id } = shown
      store.tell({ type: 'askingOlder', conversationId: id, asking: true })
      try {
        const page = await world.api.messages(id, { before: first.seq })
        store.tell({ type: 'older', conversationId: id, page })
      } catch (error) {
        store.tell({ type: 'askingOlder', conversationId: id, asking: false })
        refused.tell(id, error)
      }
    },
    async sendAgain(conversationId, messageId) {
      try {
        await world.api.sendAgain(conversationId, messageId)
      } catch (error) {
        refused.tell(conversationId, error)
      }
      void refresh()
    },
    heardTyping(conversationId, who) {
      store.tell({ type: 'typing', conversationId, who })
      stopTyping()
      stopTyping = world.later(() => store.tell({ type: 'typing', conversationId, who: null }), typingLasts)
    },
    markRead,
    typing() {
      const shown = open()
      if (quiet || shown?.view?.may.write !== true) return
      quiet = true
      world.later(() => {
        quiet = false
      }, typingEvery)
      // Only a courtesy: what fails is not told, and the next key tries again.
      world.api.typing(shown.id).catch((error: unknown) => refused.about(shown.id, error))
    },
  }
}
