import { expect } from 'chai'
import type { Fault } from '../providers/graph/faults.ts'
import type { Person } from '../providers/graph/person.ts'
import { openMessengerWorld, type MessengerWorld } from '../support/messengerWorld.ts'

/** What is answered by one message: the question again, in other words. */
const ONE = 'zzz'

describe('Messenger: delivery', function () {
  this.timeout(30_000)
  let world: MessengerWorld
  beforeEach(async () => (world = await openMessengerWorld({ echoes: 'held' })))
  afterEach(() => world.stop())

  /** Somebody who has had their first answers. */
  async function amina(): Promise<Person> {
    const person = world.graph.person()
    await person.says('Bonjour, je voudrais de l’aide pour mon arrivée')
    await world.settled()
    await world.graph.flushEchoes()
    world.graph.record.clear()
    return person
  }
  async function says(person: Person, text: string): Promise<void> {
    world.clock.advance({ seconds: 1 })
    await person.says(text)
    await world.settled()
  }
  /** Time passes, and the sweeps look. */
  async function later(seconds: number): Promise<void> {
    world.clock.advance({ seconds })
    await world.server.running.dispatcher.settle()
    await world.server.running.dispatcher.drain()
  }
  const pool = () => world.server.running.platform.database.pool
  async function states(): Promise<string[]> {
    const { rows } = await pool().query<{ said: string }>(
      `select d.state || coalesce(' ' || d.code, '') as said
         from deliveries d join messages m on m.id = d.message_id order by m.seq, d.part`,
    )
    return rows.map(({ said }) => said)
  }
  const lastState = async (): Promise<string | undefined> => (await states()).at(-1)
  const got = (): number => world.graph.record.messages.length

  /** Each of these leaves it unknown whether the message was taken. */
  const UNKNOWN: readonly { fault: Fault & (string | number); taken: boolean }[] = [
    { fault: 'truncated', taken: true },
    { fault: 'noMessageId', taken: true },
    { fault: 'resetAfter', taken: true },
    { fault: 'maybeSent', taken: true },
    { fault: 'cut', taken: true },
    { fault: 'resetBefore', taken: false },
    { fault: 500, taken: false },
    { fault: 502, taken: false },
    { fault: 'html200', taken: false },
  ]

  for (const { fault, taken } of UNKNOWN)
    it(`${fault}: nothing is sent again before Meta was asked; ${taken ? 'its echo' : 'its silence, twice,'} settles it`, async () => {
      const person = await amina()
      world.graph.fail(fault)
      await says(person, ONE)
      expect(await lastState()).to.match(/^(unclear|sent)/)
      expect(got()).to.equal(taken ? 1 : 0)
      await later(5)
      expect(got(), 'too early to ask').to.equal(taken ? 1 : 0)
      if (taken) await world.graph.flushEchoes()
      else {
        await later(20)
        expect(got(), 'asked once').to.equal(0)
        await later(61)
      }
      expect(await lastState()).to.match(/^sent/)
      expect(got(), 'once, all in all').to.equal(1)
      expect(world.graph.record.duplicates().size).to.equal(0)
    })

  it('without an echo, the conversation at Meta is looked through, and nothing is sent again', async () => {
    const person = await amina()
    world.graph.fail('truncated')
    await says(person, ONE)
    await later(21)
    expect(await lastState()).to.match(/^sent/)
    expect(got()).to.equal(1)
  })

  it('when Meta cannot say either, it is sent a second time at most, and then uncertain', async () => {
    const person = await amina()
    world.graph.fail(Array.from({ length: 2 }, () => 'resetBefore' as const))
    await says(person, ONE)
    for (let i = 0; i < 8; i += 1) await later(61)
    expect(await lastState()).to.match(/^unknown/)
    expect(world.graph.record.requestsTo('/me/messages')).to.have.lengthOf(2)
    // And the line goes on.
    await says(person, ONE)
    expect(got()).to.be.above(0)
  })

  it('keeps the order of a conversation, whatever happens to its head', async () => {
    const person = await amina()
    world.graph.fail([{ graph: { code: 2 } }, { graph: { code: 2 } }])
    await says(person, ONE)
    await says(person, 'Oui, j’accepte')
    expect(got(), 'what comes after waits').to.equal(0)
    await later(3)
    const texts = world.graph.record.messages.map(({ text }) => text)
    expect(texts[0]).to.match(/oui/)
    expect(texts.at(-1)).to.match(/appelle/)
  })

  /** What each refusal of the sheet comes to: messenger.md, section 4. */
  const REFUSALS: readonly { graph: { code: number; subcode?: number }; state: RegExp }[] = [
    { graph: { code: 10, subcode: 2018278 }, state: /^failed 10\/2018278/ },
    { graph: { code: 551, subcode: 1545041 }, state: /^failed 551/ },
    { graph: { code: 100, subcode: 2018001 }, state: /^failed 100\/2018001/ },
    { graph: { code: 100, subcode: 1893061 }, state: /^failed/ },
    { graph: { code: 100, subcode: 2018109 }, state: /^failed/ },
    { graph: { code: 190 }, state: /^waiting 190/ },
    { graph: { code: 613 }, state: /^waiting 613/ },
    { graph: { code: 4 }, state: /^waiting 4/ },
    { graph: { code: 10, subcode: 1893063 }, state: /^waiting/ },
    { graph: { code: 2 }, state: /^waiting 2/ },
    { graph: { code: 1200 }, state: /^waiting/ },
    { graph: { code: 10 }, state: /^waiting/ },
    { graph: { code: 368 }, state: /^waiting/ },
  ]
  for (const { graph, state } of REFUSALS)
    it(`refusal ${graph.code}${graph.subcode === undefined ? '' : `/${graph.subcode}`}: ${state.source}`, async () => {
      const person = await amina()
      world.graph.fail({ graph })
      await says(person, ONE)
      expect(await lastState()).to.match(state)
      expect(got()).to.equal(0)
    })

  it('a token that was revoked lets the account rest, keeps the queue, and all leaves once it is good again', async () => {
    const person = await amina()
    world.graph.fail('tokenRevoked')
    await says(person, ONE)
    await says(person, 'Oui, j’accepte')
    await later(60)
    expect(world.graph.record.requestsTo('/me/messages'), 'not tried while it rests').to.have.lengthOf(1)
    world.graph.heal()
    await later(3_600)
    expect(got()).to.equal(2)
  })

  it('somebody who blocked the Page is not written to any more, until they write again', async () => {
    const person = await amina()
    person.blocks()
    await says(person, ONE)
    const [refused] = await states().then((all) => all.slice(-1))
    expect(refused).to.match(/^failed/)
    const calls = world.graph.record.requestsTo('/me/messages').length
    person.unblocks()
    await says(person, ONE)
    expect(world.graph.record.requestsTo('/me/messages').length).to.be.above(calls)
    expect(got()).to.be.above(0)
  })

  it('a long text leaves in parts at sentences, in order, with the buttons under the last', async () => {
    const person = await amina()
    const { running } = world.server
    const agent = await world.server.signInAgent({ name: 'Camille Roy' })
    const { rows } = await pool().query<{ id: string }>('select id from conversations')
    const id = rows[0]!.id
    const headers = { cookie: agent.cookie, 'content-type': 'application/json', origin: world.server.url }
    const api = (path: string, body: object) =>
      fetch(`${world.server.url}/api/v1/conversations/${id}/${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      })
    await says(person, 'je veux parler à une personne')
    world.graph.record.clear()
    expect((await api('take', {})).status).to.be.below(300)
    const text = Array.from({ length: 60 }, (_, i) => `Phrase numéro ${i}, assez longue pour compter un peu.`).join(' ')
    expect((await api('messages', { text, clientMessageId: 'long' })).status).to.be.below(300)
    await running.dispatcher.drain()
    const parts = world.graph.record.messages.map((one) => one.text).filter((one) => one.includes('Phrase'))
    expect(parts.length).to.be.above(1)
    expect(parts.every((part) => part.length <= 1_999 && part.endsWith('.'))).to.equal(true)
    expect(parts.join(' ')).to.equal(`Camille Roy\u00a0: ${text}`)
  })
})
