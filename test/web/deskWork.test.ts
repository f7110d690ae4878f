import { expect } from 'chai'
import type { MessageView } from '../../api/types.ts'
import type { DeskState } from '../../web/desk/model/state.ts'
import { desk } from '../../web/desk/work/desk.ts'
import type { Desk } from '../../web/desk/work/desk.ts'
import { ApiError } from '../../web/desk/wire/api.ts'
import { card, fakeWorld, message, refusedWith, view } from '../support/deskPageWorld.ts'
import type { FakeSocket, FakeWorld } from '../support/deskPageWorld.ts'

describe('desk: at work', () => {
  let world: FakeWorld
  let atWork: Desk
  let log: MessageView[]

  const state = (): DeskState => atWork.store.state()
  const socket = (): FakeSocket => world.sockets.at(-1) as FakeSocket
  const count = (call: string): number => world.calls.filter((c) => c.startsWith(call)).length
  const texts = (): string[] => state().open?.messages.map((m) => m.text) ?? []

  beforeEach(() => {
    world = fakeWorld()
    atWork = desk(world)
    log = [message(1), message(2)]
    world.answers.conversation = (id) => view(id, log.length)
    world.answers.messages = (_, span) => {
      const from = 'after' in span ? span.after : 0
      return { messages: log.filter((m) => m.seq > from), more: false }
    }
    world.answers.write = (_, sent) => {
      const known = log.find((m) => m.clientMessageId === sent.clientMessageId)
      if (known !== undefined) return known
      const next = message(log.length + 1, { author: 'agent', ...sent })
      log.push(next)
      return next
    }
  })

  async function opened(): Promise<void> {
    await atWork.start(null, { at: 'conversation', id: 'c1' })
    socket().says({ type: 'hello' })
    await world.settle()
  }

  describe('the door', () => {
    it('uses the token of the link, then is in', async () => {
      await atWork.start('good', { at: 'people' })
      expect(world.calls.slice(0, 2)).to.deep.equal(['signIn good', 'me'])
      expect(state().session.status).to.equal('signedIn')
    })

    it('tells a used link from a first visit', async () => {
      world.answers.signIn = refusedWith(401, 'unauthenticated')
      await atWork.start('used', { at: 'people' })
      expect(state().session).to.deep.equal({ status: 'signedOut', why: 'badLink' })
      world.answers.me = refusedWith(401, 'unauthenticated')
      await atWork.start(null, { at: 'people' })
      expect(state().session).to.deep.equal({ status: 'signedOut', why: 'start' })
    })

    it('keeps the token while the server is away', async () => {
      world.answers.signIn = refusedWith(0, 'unreachable')
      await atWork.start('good', { at: 'people' })
      expect(state().session.status).to.equal('unreachable')
      delete world.answers.signIn
      await world.pass(300)
      expect(state().session.status).to.equal('signedIn')
    })

    it('clears the screen when the session ends: by the clock, a frame, or a refusal', async () => {
      const endings: (() => Promise<void>)[] = [
        () => world.pass(8 * 3_600_000),
        async () => socket().says({ type: 'signedOut' }),
        async () => {
          world.answers.queue = refusedWith(401, 'unauthenticated')
          socket().says({ type: 'queue' })
          await world.settle()
          delete world.answers.queue
        },
      ]
      for (const end of endings) {
        await opened()
        expect(texts()).to.have.length(2)
        await end()
        expect(state().session).to.deep.equal({ status: 'signedOut', why: 'ended' })
        expect(state().open).to.equal(null)
        const asked = world.calls.length
        await world.pass(60_000)
        expect(world.calls.length).to.equal(asked)
      }
    })

    it('does not claim to be signed out when the server did not hear', async () => {
      await opened()
      world.answers.signOut = refusedWith(0, 'unreachable')
      await atWork.signOut()
      expect(state().session.status).to.equal('signedIn')
      expect(state().notice?.key).to.equal('refusal.signOut')
    })
  })

  describe('after a cut', () => {
    it('asks for the log from the last seen position and for everything else', async () => {
      await opened()
      socket().drops()
      expect(state().link).to.equal('lost')
      log.push(message(3), message(4))
      world.calls.length = 0
      await world.pass(300)
      socket().says({ type: 'hello' })
      await world.settle()
      expect(state().link).to.equal('open')
      expect(texts()).to.have.length(4)
      expect(world.calls).to.include.members(['queue', 'myPeople', 'conversation c1', 'messages c1 {"after":2}'])
    })

    it('reads on until the log ends', async () => {
      await opened()
      log.push(message(3), message(4), message(5))
      world.answers.messages = (_, span) => {
        const from = 'after' in span ? span.after : 0
        return { messages: log.filter((m) => m.seq === from + 1), more: from + 1 < log.length }
      }
      socket().says({ type: 'news', conversationId: 'c1', seq: 5 })
      await world.settle()
      expect(texts()).to.have.length(5)
    })

    it('finds out that the session ended while the socket does not open', async () => {
      await opened()
      world.answers.me = refusedWith(401, 'unauthenticated')
      socket().drops()
      await world.settle()
      expect(state().session).to.deep.equal({ status: 'signedOut', why: 'ended' })
    })
  })

  describe('own messages', () => {
    it('are tried again with the same id, in order, and come once', async () => {
      await opened()
      let tries = 0
      const really = world.answers.write
      world.answers.write = (id, sent) => {
        tries += 1
        if (tries === 1) refusedWith(0, 'unreachable')()
        const kept = really?.(id, sent)
        // The answer to a message that was kept is lost.
        if (tries === 2) refusedWith(503, 'unavailable')()
        return kept
      }
      atWork.outbox.write('c1', 'un')
      atWork.outbox.write('c1', 'deux')
      await world.settle()
      expect(state().pending.map((p) => p.state)).to.deep.equal(['waiting', 'sending'])
      await world.pass(5_000)
      expect(state().pending).to.deep.equal([])
      expect(log.slice(2).map((m) => m.text)).to.deep.equal(['un', 'deux'])
      expect(texts().slice(2)).to.deep.equal(['un', 'deux'])
    })

    it('leave at once when the link is back', async () => {
      await opened()
      const really = world.answers.write
      world.answers.write = refusedWith(0, 'unreachable')
      atWork.outbox.write('c1', 'un')
      await world.pass(30_000)
      if (really !== undefined) world.answers.write = really
      socket().says({ type: 'hello' })
      await world.settle()
      expect(log.map((m) => m.text)).to.include('un')
    })

    it('that are refused wait for the agent, and do not hold up others', async () => {
      await opened()
      const really = world.answers.write
      world.answers.write = (id, sent) => (sent.text === 'non' ? refusedWith(409, 'notYours')() : really?.(id, sent))
      atWork.outbox.write('c1', 'non')
      atWork.outbox.write('c1', 'oui')
      await world.settle()
      expect(state().pending.map((p) => [p.text, p.state])).to.deep.equal([['non', 'refused']])
      expect(state().notice?.key).to.equal('refusal.notYours')
      expect(log.at(-1)?.text).to.equal('oui')
      const { clientMessageId } = state().pending[0] ?? { clientMessageId: '' }
      if (really !== undefined) world.answers.write = really
      atWork.outbox.retry(clientMessageId)
      await world.settle()
      expect(log.at(-1)?.text).to.equal('non')
    })

    it('wait as long as a busy server asks', async () => {
      await opened()
      world.answers.write = () => {
        throw new ApiError(429, 'tooMany', '', 3)
      }
      atWork.outbox.write('c1', 'un')
      await world.pass(2_900)
      expect(count('write')).to.equal(1)
      await world.pass(200)
      expect(count('write')).to.equal(2)
    })
  })

  describe('the right to read', () => {
    it('ends with a frame: the conversation leaves the screen and the watch', async () => {
      await opened()
      socket().says({ type: 'gone', conversationId: 'c1' })
      expect(state().open).to.equal(null)
      expect(state().notice?.key).to.equal('notice.gone')
      expect(socket().sent.at(-1)).to.equal('{"watch":null}')
    })

    it('ends with a 404 of whichever request', async () => {
      await opened()
      world.answers.conversation = refusedWith(404, 'notFound')
      socket().says({ type: 'news', conversationId: 'c1', seq: 3 })
      await world.settle()
      expect(state().open).to.equal(null)
    })

    it('an answer that was under way does not bring it back', async () => {
      await opened()
      let answer: (page: unknown) => void = () => {}
      world.answers.messages = () => new Promise((resolve) => (answer = resolve))
      socket().says({ type: 'news', conversationId: 'c1', seq: 3 })
      await world.settle()
      socket().says({ type: 'gone', conversationId: 'c1' })
      answer({ messages: [message(3)], more: false })
      await world.settle()
      expect(JSON.stringify(state())).to.not.include('message 3')
    })
  })

  describe('commands', () => {
    it('tell who lost the race', async () => {
      await opened()
      world.answers.take = refusedWith(409, 'alreadyTaken')
      world.answers.conversation = refusedWith(404, 'notFound')
      await atWork.take()
      await world.settle()
      expect(state().open).to.equal(null)
      expect(state().notice?.key).to.equal('refusal.alreadyTaken')
      expect(state().busy).to.equal(false)
    })

    it('run once, however often the button is pressed', async () => {
      await opened()
      await Promise.all([atWork.take(), atWork.take(), atWork.take()])
      expect(count('take')).to.equal(1)
    })

    it('closing goes back to the lists', async () => {
      await opened()
      await atWork.close()
      expect(state().place).to.deep.equal({ at: 'people' })
      expect(state().notice?.key).to.equal('notice.closed')
    })
  })

  describe('reading', () => {
    it('is told once a position, and only when somebody looks', async () => {
      world.attention = false
      await opened()
      expect(count('read')).to.equal(0)
      world.attention = true
      atWork.wake()
      atWork.wake()
      await world.settle()
      expect(world.calls.filter((c) => c.startsWith('read'))).to.deep.equal(['read c1 2'])
    })

    it('is not told by who only looks into the queue', async () => {
      world.answers.conversation = (id) => view(id, 2, false)
      await opened()
      expect(count('read')).to.equal(0)
    })
  })

  describe('typing', () => {
    it('is told at most every three seconds', async () => {
      await opened()
      atWork.screen.typing()
      atWork.screen.typing()
      expect(count('typing')).to.equal(1)
      await world.pass(3_000)
      atWork.screen.typing()
      expect(count('typing')).to.equal(2)
    })

    it('of the person fades after six seconds of nothing', async () => {
      await opened()
      socket().says({ type: 'typing', conversationId: 'c1', who: 'newcomer' })
      await world.pass(5_000)
      socket().says({ type: 'typing', conversationId: 'c1', who: 'newcomer' })
      await world.pass(5_000)
      expect(state().open?.typing).to.equal('newcomer')
      await world.pass(1_000)
      expect(state().open?.typing).to.equal(null)
    })
  })

  it('shows the conversation that was asked for last', async () => {
    await opened()
    atWork.go({ at: 'conversation', id: 'c2' })
    atWork.go({ at: 'conversation', id: 'c3' })
    await world.settle()
    expect(state().open?.view?.card.id).to.equal('c3')
    expect(state().open?.loaded).to.equal(true)
  })

  it('renews the list of people with the news of each of them', async () => {
    await opened()
    world.answers.myPeople = () => ({ people: [card('c9', { unread: 1 })] })
    socket().says({ type: 'news', conversationId: 'c9', seq: 1 })
    await world.settle()
    expect(state().people?.[0]?.unread).to.equal(1)
  })
})
