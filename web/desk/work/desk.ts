import type { LiveFrame } from '../../../api/types.ts'
import { store } from '../model/store.ts'
import type { Store } from '../model/store.ts'
import type { Place } from '../model/state.ts'
import { ApiError } from '../wire/api.ts'
import { live } from '../wire/live.ts'
import { screen } from './conversation.ts'
import type { Screen } from './conversation.ts'
import { lists } from './lists.ts'
import { outbox } from './outbox.ts'
import type { Outbox } from './outbox.ts'
import { refusals } from './refusals.ts'
import { signIn } from './session.ts'
import { unansweredQuestions } from './questions.ts'
import { team } from './team.ts'
import type { Team } from './team.ts'
import type { World } from './world.ts'

/** What an agent can do at the desk. The screen calls these and shows `store`. */
export interface Desk {
  store: Store
  screen: Screen
  outbox: Outbox
  team: Team
  start(token: string | null, place: Place): Promise<void>
  signOut(): Promise<void>
  go(place: Place): void
  take(): Promise<void>
  handBack(): Promise<void>
  close(): Promise<void>
  /** @returns whether the note was kept */
  note(text: string): Promise<boolean>
  /** The network or the agent's attention is back. */
  wake(): void
  retryLink(): void
}

/** Composes the desk over one browser. */
export function desk(world: World): Desk {
  const state = store()
  const session = signIn(state, world, entered, left)
  const refused = refusals(state, () => session.ended())
  const both = lists(state, world, refused)
  const shown = screen(state, world, refused)
  const people = team(state, world, refused)
  const unanswered = unansweredQuestions(state, world, refused)
  const out = outbox(state, world, refused, (id) => {
    if (state.state().open?.id === id) shown.refresh()
    both.people()
  })
  const link = live(world, {
    opened() {
      state.tell({ type: 'link', link: 'open' })
      // Whatever was missed: the frames carry nothing that these do not bring.
      refreshAll()
      out.wake()
    },
    lost() {
      state.tell({ type: 'link', link: 'lost' })
      void session.verify()
    },
    frame,
  })

  // What the server pushes for is what is on screen, however it came or went.
  state.listen(() => link.watch(state.state().open?.id ?? null))

  function entered(): void {
    state.tell({ type: 'link', link: 'connecting' })
    link.start()
    // Not only once the socket is open: where it never opens, the desk still shows.
    refreshAll()
  }

  function left(): void {
    link.stop()
    out.stop()
  }

  function refreshAll(): void {
    both.queue()
    both.people()
    if (state.state().open !== null) shown.refresh()
    if (state.state().place.at === 'team') people.refresh()
    if (state.state().place.at === 'questions') unanswered()
  }

  function frame(news: LiveFrame): void {
    const openId = state.state().open?.id
    switch (news.type) {
      case 'hello':
        return
      case 'queue':
        both.queue()
        if (state.state().place.at === 'team') people.refresh()
        return
      case 'people':
        both.people()
        return
      case 'news':
        if (news.conversationId === openId) shown.refresh()
        both.people()
        return
      case 'typing':
        shown.heardTyping(news.conversationId, news.who)
        return
      case 'gone':
        state.tell({ type: 'gone', conversationId: news.conversationId })
        return
      case 'danger':
        state.tell({ type: 'danger', conversationId: news.conversationId, unread: news.unread })
        refreshAll()
        return
      case 'signedOut':
        session.ended()
    }
  }

  /** A command on the conversation on screen; its buttons wait for the answer. */
  async function command(work: (id: string) => Promise<void>): Promise<void> {
    const id = state.state().open?.id
    if (id === undefined || state.state().busy) return
    state.tell({ type: 'busy', busy: true })
    try {
      await work(id)
    } catch (error) {
      refused.tell(id, error)
      // Lost to somebody else, perhaps: show what is true now.
      if (error instanceof ApiError && error.status === 409) refreshAll()
    } finally {
      state.tell({ type: 'busy', busy: false })
    }
  }

  return {
    store: state,
    screen: shown,
    outbox: out,
    team: people,
    start(token, place) {
      state.tell({ type: 'went', place })
      return session.start(token)
    },
    signOut: () => session.signOut(),
    go(place) {
      state.tell({ type: 'went', place })
      if (state.state().session.status !== 'signedIn') return
      if (place.at === 'conversation') shown.refresh()
      if (place.at === 'team') people.refresh()
      if (place.at === 'questions') unanswered()
    },
    take: () =>
      command(async (id) => {
        await world.api.take(id)
        refreshAll()
      }),
    handBack: () =>
      command(async (id) => {
        await world.api.handBack(id)
        state.tell({ type: 'notice', notice: { key: 'notice.handedBack', tone: 'calm' } })
        refreshAll()
      }),
    close: () =>
      command(async (id) => {
        await world.api.close(id)
        if (state.state().open?.id === id) state.tell({ type: 'went', place: { at: 'people' } })
        state.tell({ type: 'notice', notice: { key: 'notice.closed', tone: 'calm' } })
        refreshAll()
      }),
    async note(text) {
      const id = state.state().open?.id
      if (id === undefined) return false
      try {
        await world.api.note(id, text)
        shown.refresh()
        return true
      } catch (error) {
        refused.tell(id, error)
        return false
      }
    },
    wake() {
      session.retryNow()
      link.retryNow()
      out.wake()
      shown.markRead()
    },
    retryLink: () => link.retryNow(),
  }
}
