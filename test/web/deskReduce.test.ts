import { expect } from 'chai'
import type { Action } from '../../web/desk/model/action.ts'
import { addressOf, placeAt, signInToken } from '../../web/desk/model/place.ts'
import { reduce } from '../../web/desk/model/reduce.ts'
import { calling, cardOf } from '../../web/desk/model/selectors.ts'
import { emptyDesk } from '../../web/desk/model/state.ts'
import type { DeskState, PendingMessage } from '../../web/desk/model/state.ts'
import { card, message, view, waiting } from '../support/deskPageWorld.ts'

const after = (...actions: Action[]): DeskState => actions.reduce(reduce, emptyDesk)
const looking = (id: string): Action => ({ type: 'went', place: { at: 'conversation', id } })
const written = (id: string, conversationId = 'c1'): PendingMessage => ({
  conversationId,
  clientMessageId: id,
  text: 'Bonjour',
  at: '2027-03-02T15:00:00Z',
  state: 'sending',
})
const seqs = (state: DeskState): number[] => state.open?.messages.map((m) => m.seq) ?? []

describe('desk: the state', () => {
  it('joins pages of the log by position, without a double', () => {
    const state = after(
      looking('c1'),
      { type: 'latest', conversationId: 'c1', page: { messages: [message(5), message(6)], more: true } },
      { type: 'newer', conversationId: 'c1', messages: [message(6), message(7)] },
      { type: 'older', conversationId: 'c1', page: { messages: [message(3), message(4), message(5)], more: false } },
    )
    expect(seqs(state)).to.deep.equal([3, 4, 5, 6, 7])
    expect(state.open?.older).to.equal(false)
  })

  it('ignores what comes for a conversation that left the screen', () => {
    const state = after(looking('c1'), looking('c2'), {
      type: 'latest',
      conversationId: 'c1',
      page: { messages: [message(1)], more: false },
    })
    expect(state.open?.id).to.equal('c2')
    expect(seqs(state)).to.deep.equal([])
  })

  it('shows an own message in the log, once, whichever came first', () => {
    const inLog = message(2, { author: 'agent', clientMessageId: 'x' })
    const start: Action[] = [
      looking('c1'),
      { type: 'latest', conversationId: 'c1', page: { messages: [message(1)], more: false } },
      { type: 'wrote', message: written('x') },
    ]
    const news: Action = { type: 'newer', conversationId: 'c1', messages: [inLog] }
    const sent: Action = { type: 'sent', conversationId: 'c1', clientMessageId: 'x', message: inLog }
    for (const order of [[news, sent], [sent, news], [news], [sent]]) {
      const state = after(...start, ...order)
      expect(seqs(state)).to.deep.equal([1, 2])
      expect(state.pending).to.deep.equal([])
    }
  })

  it('shows a sent message at once, and still asks for what came before it', () => {
    const state = after(
      looking('c1'),
      { type: 'latest', conversationId: 'c1', page: { messages: [message(1)], more: false } },
      { type: 'wrote', message: written('x') },
      { type: 'sent', conversationId: 'c1', clientMessageId: 'x', message: message(4, { author: 'agent' }) },
    )
    expect(seqs(state)).to.deep.equal([1, 4])
    expect(state.open?.upTo).to.equal(1)
    const between: Action = { type: 'newer', conversationId: 'c1', messages: [message(3), message(4)] }
    const whole = reduce(state, between)
    expect(seqs(whole)).to.deep.equal([1, 3, 4])
    expect(whole.open?.upTo).to.equal(4)
  })

  it('clears a conversation at once when the right to read it ends, everywhere it shows', () => {
    const state = after(
      { type: 'queue', waiting: [card('c1', { handoff: waiting(0) }), card('c2')] },
      { type: 'people', people: [card('c1')] },
      looking('c1'),
      { type: 'conversation', view: view('c1', 1) },
      { type: 'latest', conversationId: 'c1', page: { messages: [message(1)], more: false } },
      { type: 'wrote', message: written('x') },
      { type: 'drafted', conversationId: 'c1', text: 'secret' },
      { type: 'danger', conversationId: 'c1', unread: false },
      { type: 'gone', conversationId: 'c1' },
    )
    expect(JSON.stringify(state)).to.not.include('c1')
    expect(JSON.stringify(state)).to.not.include('secret')
    expect(state.place).to.deep.equal({ at: 'people' })
    expect(state.notice?.key).to.equal('notice.gone')
    expect(state.queue?.map((c) => c.id)).to.deep.equal(['c2'])
  })

  it('keeps the loser of a race told why the conversation goes', () => {
    const state = after(
      looking('c1'),
      { type: 'notice', notice: { key: 'refusal.alreadyTaken', tone: 'trouble' } },
      { type: 'gone', conversationId: 'c1' },
    )
    expect(state.open).to.equal(null)
    expect(state.notice?.key).to.equal('refusal.alreadyTaken')
  })

  it('forgets everything with the session', () => {
    const state = after(
      { type: 'people', people: [card('c1')] },
      looking('c1'),
      { type: 'wrote', message: written('x') },
      { type: 'signedOut', why: 'ended' },
    )
    expect(state).to.deep.equal({ ...emptyDesk, session: { status: 'signedOut', why: 'ended' } })
  })

  it('shows who types until what they wrote comes, and not the agent to themselves', () => {
    const holding = after(looking('c1'), { type: 'conversation', view: view('c1', 1) })
    const typed = reduce(holding, { type: 'typing', conversationId: 'c1', who: 'newcomer' })
    expect(typed.open?.typing).to.equal('newcomer')
    const came = reduce(typed, { type: 'newer', conversationId: 'c1', messages: [message(1)] })
    expect(came.open?.typing).to.equal(null)
    const own = reduce(holding, { type: 'typing', conversationId: 'c1', who: 'agent' })
    expect(own.open?.typing).to.equal(null)
  })

  describe('danger', () => {
    it('is raised once by somebody new in the queue, and ends when a colleague takes them', () => {
      const one = after({ type: 'queue', waiting: [card('c1', { handoff: waiting(0) })] })
      expect(one.alerts).to.deep.equal([{ conversationId: 'c1', kind: 'queue' }])
      const seen = reduce(one, { type: 'alertSeen', conversationId: 'c1' })
      const again = reduce(seen, { type: 'queue', waiting: [card('c1', { handoff: waiting(0) })] })
      expect(again.alerts).to.deep.equal([])
      const taken = reduce(one, { type: 'queue', waiting: [] })
      expect(taken.alerts).to.deep.equal([])
    })

    it('is not raised by who only waits', () => {
      const state = after({ type: 'queue', waiting: [card('c1', { handoff: waiting(2) })] })
      expect(state.alerts).to.deep.equal([])
    })

    it('written in a held conversation stays through the queue, and grows when unread', () => {
      const state = after(
        { type: 'danger', conversationId: 'c1', unread: false },
        { type: 'queue', waiting: [] },
        { type: 'danger', conversationId: 'c1', unread: true },
      )
      expect(state.alerts).to.deep.equal([{ conversationId: 'c1', kind: 'unread' }])
    })

    it('ends when its conversation is opened', () => {
      const state = after({ type: 'danger', conversationId: 'c1', unread: false }, looking('c1'))
      expect(state.alerts).to.deep.equal([])
    })

    it('counts in the title with what is unread', () => {
      const state = after(
        { type: 'people', people: [card('c1', { unread: 2 }), card('c2', { unread: 1 })] },
        { type: 'danger', conversationId: 'c1', unread: false },
      )
      expect(calling(state)).to.deep.equal({ dangers: 1, count: 4 })
    })
  })

  it('takes the newest card known of a person', () => {
    const state = after({ type: 'people', people: [card('c1', { unread: 3 })] }, looking('c1'), {
      type: 'conversation',
      view: { ...view('c1', 4), card: card('c1', { unread: 0 }) },
    })
    expect(cardOf(state, 'c1')?.unread).to.equal(0)
    expect(state.people?.[0]?.unread).to.equal(0)
  })
})

describe('desk: addresses', () => {
  it('are places and back', () => {
    for (const place of [
      { at: 'people' } as const,
      { at: 'team' } as const,
      { at: 'conversation', id: 'a/b c' } as const,
    ]) {
      expect(placeAt(addressOf(place))).to.deep.equal(place)
    }
    expect(placeAt('/desk/what')).to.deep.equal({ at: 'people' })
    expect(placeAt('/desk/conversations/%E0%A4%A')).to.deep.equal({ at: 'people' })
  })

  it('give the token of a sign-in link', () => {
    expect(signInToken('#sign-in=abc-DEF_1')).to.equal('abc-DEF_1')
    expect(signInToken('#sign-in=')).to.equal(null)
    expect(signInToken('#main')).to.equal(null)
  })
})
