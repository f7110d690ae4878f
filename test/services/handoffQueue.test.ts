import { expect } from 'chai'
import { giveConsent, saveAnswer } from '../../services/newcomers/index.ts'
import {
  addNote,
  markRead,
  queuePosition,
  readConversation,
  readMyPeople,
  readQueue,
  releaseToBot,
  requestPerson,
  takeConversation,
} from '../../services/handoff/index.ts'
import { waitsFor } from '../../services/handoff/cards.ts'
import { openDeskWorld, refusal, type DeskWorld } from '../support/deskWorld.ts'

describe('the queue', () => {
  let world: DeskWorld
  beforeEach(async () => (world = await openDeskWorld()))
  afterEach(() => world.close())

  it('goes by priority, then by waiting time, and each is told their place', async () => {
    const ids: string[] = []
    for (const reason of ['asked', 'misunderstood', 'deadline', 'danger', 'asked'] as const) {
      ids.push(await world.waiting(reason))
      world.clock.advance({ minutes: 1 })
    }
    const queue = await readQueue(world.platform)
    expect(queue.map(({ id }) => ids.indexOf(id))).to.deep.equal([3, 2, 0, 1, 4])
    const places = await Promise.all(
      queue.map(({ handoff }) => {
        if (handoff === null) throw new Error('all wait')
        return queuePosition(world.platform.database.db, handoff)
      }),
    )
    expect(places).to.deep.equal([1, 2, 3, 4, 5])
  })

  it('keeps one hand-off a conversation: a graver reason raises it, its place in time stays', async () => {
    const [first, second] = [await world.waiting('asked'), await world.waiting('asked')]
    const before = (await readQueue(world.platform)).find(({ id }) => id === second)?.handoff
    world.clock.advance({ minutes: 5 })
    const ask = (reason: 'asked' | 'danger', lastWords: string) =>
      world.turn(second, (tx, c, at) =>
        requestPerson(tx, c, { reason, lastWords, known: { whereNow: 'quebec' }, situation: 'violence', at }),
      )
    expect(await ask('asked', 'encore')).to.equal('already')
    expect(await ask('danger', 'x'.repeat(400))).to.equal('raised')
    expect(await ask('danger', 'encore')).to.equal('already')
    const [head, tail] = await readQueue(world.platform)
    expect([head?.id, tail?.id]).to.deep.equal([second, first])
    expect(head?.handoff).to.deep.include({
      id: before?.id,
      reason: 'danger',
      priority: 0,
      requestedAt: before?.requestedAt,
    })
    expect(head?.handoff?.summary).to.deep.equal({
      lastWords: 'x'.repeat(300),
      known: { whereNow: 'quebec' },
      openStep: null,
      situation: 'violence',
    })
  })

  it('shows the last danger that was said, and keeps its place', async () => {
    const id = await world.waiting('danger')
    const [before] = await readQueue(world.platform)
    world.clock.advance({ minutes: 5 })
    const said = await world.turn(id, (tx, c, at) =>
      requestPerson(tx, c, { reason: 'danger', lastWords: 'pills', known: {}, situation: 'suicide', renews: true, at }),
    )
    expect(said).to.equal('renewed')
    const [after] = await readQueue(world.platform)
    expect(after?.handoff?.summary).to.deep.include({ lastWords: 'pills', situation: 'suicide' })
    expect(after?.handoff).to.deep.include({ id: before?.handoff?.id, requestedAt: before?.handoff?.requestedAt })
  })

  it('raises a held conversation without taking it from its agent', async () => {
    const agent = await world.agent('Amélie')
    const id = await world.waiting()
    await takeConversation(world.platform, agent, id)
    const said = await world.turn(id, (tx, c, at) =>
      requestPerson(tx, c, { reason: 'danger', lastWords: '…', known: {}, at }),
    )
    expect(said).to.equal('raised')
    expect(await world.state(id)).to.deep.include({ mode: 'human', heldBy: agent.id, handoff: 'taken' })
  })

  it('shows the preferred name once the person has consented, and their file with its origins', async () => {
    const agent = await world.agent('Amélie')
    const id = await world.waiting()
    expect((await readQueue(world.platform))[0]?.preferredName).to.equal(null)
    expect((await readConversation(world.platform, agent, id)).file).to.equal(null)
    await world.turn(id, (tx, c, at) => {
      giveConsent(tx, world.platform.keys, c, { purpose: 'file', wordsKey: 'onboarding:consent', seq: 1, at })
      saveAnswer(tx, c, { name: 'preferredName', value: 'Noor', author: 'newcomer', dialog: 'onboarding', seq: 1, at })
    })
    expect((await readQueue(world.platform))[0]?.preferredName).to.equal('Noor')
    const { file, rights } = await readConversation(world.platform, agent, id)
    expect(file?.answers).to.have.length(1)
    expect(file?.answers[0]).to.deep.include({
      name: 'preferredName',
      value: 'Noor',
      author: 'newcomer',
      dialog: 'onboarding',
    })
    expect(file?.consents[0]).to.deep.include({ purpose: 'file', given: true })
    expect(rights).to.deep.include({ take: true, write: false })
  })

  it('lists my people: held first, then accompanied, with what is unread; others see none of them', async () => {
    const [me, other] = [await world.agent('Amélie'), await world.agent('Bruno')]
    const [held, back, foreign] = [await world.waiting(), await world.waiting(), await world.waiting()]
    await takeConversation(world.platform, me, held)
    await takeConversation(world.platform, me, back)
    await takeConversation(world.platform, other, foreign)
    await world.turn(back, (tx, c, at) => releaseToBot(tx, c, at))
    const seq = await world.says(held, 'Êtes-vous là ?')
    const people = await readMyPeople(world.platform, me)
    expect(people.map(({ id }) => id)).to.deep.equal([held, back])
    expect(people.map((card) => card.waitsFor)).to.deep.equal(['agent', 'nobody'])
    expect(people[0]?.unread).to.equal(2)
    await markRead(world.platform, me, held, seq)
    expect((await readMyPeople(world.platform, me))[0]?.unread).to.equal(0)
  })

  it('counts as read only what the holder read, and never more than there is', async () => {
    const [me, supervisor, other] = [
      await world.agent('Amélie'),
      await world.agent('Sam', 'supervisor'),
      await world.agent('Bruno'),
    ]
    const id = await world.waiting()
    await takeConversation(world.platform, me, id)
    await markRead(world.platform, supervisor, id, 2)
    expect((await readMyPeople(world.platform, me))[0]?.unread).to.equal(1)
    expect(await refusal(markRead(world.platform, other, id, 2))).to.equal('notFound')
    await markRead(world.platform, me, id, 1_000)
    await world.says(id, 'Encore une question')
    expect((await readMyPeople(world.platform, me))[0]?.unread).to.equal(1)
  })

  it('keeps notes sealed, in order, for those who accompany; who only sees the queue adds none', async () => {
    const [me, other] = [await world.agent('Amélie'), await world.agent('Bruno')]
    const id = await world.waiting()
    expect(await refusal(addNote(world.platform, other, id, 'Je regarde'))).to.equal('notYours')
    await takeConversation(world.platform, me, id)
    await addNote(world.platform, me, id, 'A deux enfants')
    world.clock.advance({ seconds: 1 })
    const again = () => addNote(world.platform, me, id, 'Rappeler lundi', 'mark')
    expect(await again()).to.deep.equal(await again())
    const { notes } = await readConversation(world.platform, me, id)
    expect(notes.map(({ text, agentName }) => [agentName, text])).to.deep.equal([
      ['Amélie', 'A deux enfants'],
      ['Amélie', 'Rappeler lundi'],
    ])
    const { rows } = await world.platform.database.pool.query<{ body_sealed: Buffer }>('select body_sealed from notes')
    expect(rows.some(({ body_sealed }) => body_sealed.includes('enfants'))).to.equal(false)
    expect(await world.lines(id)).to.not.include('agent: A deux enfants')
  })

  it('says what a conversation waits for', () => {
    expect(waitsFor('waiting', 'newcomer')).to.equal('agent')
    expect(waitsFor('human', 'newcomer')).to.equal('agent')
    expect(waitsFor('human', 'agent')).to.equal('newcomer')
    expect(waitsFor('human', null)).to.equal('agent')
    expect(waitsFor('bot', 'newcomer')).to.equal('nobody')
  })
})
