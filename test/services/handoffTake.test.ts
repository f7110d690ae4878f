import { expect } from 'chai'
import { append } from '../../services/conversations/index.ts'
import {
  accessConversation,
  addNote,
  closeConversation,
  releaseToBot,
  takeConversation,
  writeAsAgent,
} from '../../services/handoff/index.ts'
import { deactivateAgent } from '../../services/agents/index.ts'
import { openDeskWorld, refusal, type DeskWorld, type TestAgent } from '../support/deskWorld.ts'

describe('taking a conversation', () => {
  let world: DeskWorld
  before(async () => (world = await openDeskWorld()))
  after(() => world.close())

  it('tells the newcomer in their language who joined', async () => {
    const agent = await world.agent('Amélie')
    const id = await world.waiting('asked', 'en')
    await takeConversation(world.platform, agent, id)
    expect((await world.lines(id)).at(-1)).to.equal('system: Amélie has joined the conversation and will answer you.')
  })

  it('is done once however often the holder asks', async () => {
    const agent = await world.agent('Amélie')
    const id = await world.waiting()
    await takeConversation(world.platform, agent, id)
    await takeConversation(world.platform, agent, id)
    expect(await world.state(id)).to.deep.include({ epoch: 1, heldBy: agent.id })
  })

  it('lets a supervisor step in; who held it writes no more, and stays who accompanies', async () => {
    const [agent, supervisor] = [await world.agent('Amélie'), await world.agent('Sam', 'supervisor')]
    const id = await world.waiting()
    await takeConversation(world.platform, agent, id)
    await takeConversation(world.platform, supervisor, id)
    expect(await world.state(id)).to.deep.include({
      heldBy: supervisor.id,
      agentId: agent.id,
      epoch: 2,
      handoff: 'taken',
    })
    expect(
      await refusal(writeAsAgent(world.platform, agent, id, { text: 'Encore moi', clientMessageId: 'late' })),
    ).to.equal('notFound')
    expect(await refusal(accessConversation(world.platform.database.db, agent, id, 'read'))).to.equal('notFound')
  })

  it('lets an agent go to somebody they accompany whom nobody asked a person for', async () => {
    const [agent, other] = [await world.agent('Amélie'), await world.agent('Bruno')]
    const id = await world.waiting()
    await takeConversation(world.platform, agent, id)
    await world.turn(id, (tx, c, at) => releaseToBot(tx, c, at))
    expect(await world.state(id)).to.deep.include({ mode: 'bot', heldBy: null, agentId: agent.id, handoff: undefined })
    expect(await refusal(takeConversation(world.platform, other, id))).to.equal('notFound')
    await takeConversation(world.platform, agent, id)
    expect(await world.state(id)).to.deep.include({ mode: 'human', heldBy: agent.id, handoff: 'taken' })
  })

  it('is refused to an account that was closed meanwhile', async () => {
    const [agent, administrator] = [await world.agent('Amélie'), await world.agent('Ada', 'administrator')]
    const id = await world.waiting()
    await deactivateAgent(world.platform, administrator, agent.id)
    expect(await refusal(takeConversation(world.platform, agent, id))).to.equal('unauthenticated')
    expect(await world.state(id)).to.deep.include({ mode: 'waiting', heldBy: null })
  })

  it('nor does such an account write, note, close or hand back what it held', async () => {
    const [agent, administrator] = [await world.agent('Amélie'), await world.agent('Ada', 'administrator')]
    const id = await world.waiting()
    await takeConversation(world.platform, agent, id)
    await deactivateAgent(world.platform, administrator, agent.id)
    const late = [
      () => writeAsAgent(world.platform, agent, id, { text: 'Encore moi', clientMessageId: 'late' }),
      () => addNote(world.platform, agent, id, 'Encore moi'),
      () => closeConversation(world.platform, agent, id),
      () => world.turn(id, (tx, c, at) => releaseToBot(tx, c, at)),
    ]
    for (const act of late) expect(await refusal(act())).to.equal('unauthenticated')
    expect(await world.state(id)).to.deep.include({ mode: 'human' })
  })

  it('keeps out what a turn under way would still say: the turn finds the mode changed', async () => {
    const agent = await world.agent('Amélie')
    const id = await world.waiting()
    const turns = Array.from({ length: 20 }, () =>
      world.turn(id, (_tx, c) => {
        if (c.mode !== 'human') append(c, { author: 'bot', body: { text: 'bot' } })
      }),
    )
    await takeConversation(world.platform, agent, id)
    await Promise.all(turns)
    const lines = await world.lines(id)
    expect(lines.slice(lines.findIndex((line) => line.includes('a rejoint')))).to.have.length(1)
  })
})

describe('an agent writing', () => {
  let world: DeskWorld
  before(async () => (world = await openDeskWorld()))
  after(() => world.close())

  it('is kept once, also when the second copy comes after the conversation was closed', async () => {
    const agent = await world.agent('Amélie')
    const id = await world.waiting()
    await takeConversation(world.platform, agent, id)
    const message = { text: 'Bonjour !', clientMessageId: 'm1' }
    const copies = await Promise.all([1, 2, 3].map(() => writeAsAgent(world.platform, agent, id, message)))
    expect(new Set(copies.map(({ seq }) => seq)).size).to.equal(1)
    await closeConversation(world.platform, agent, id)
    expect(await writeAsAgent(world.platform, agent, id, message)).to.deep.equal(copies[0])
    expect((await world.lines(id)).filter((line) => line === 'agent: Bonjour !')).to.have.length(1)
  })

  it('takes two agents’ same mark for two messages, and refuses who does not hold it', async () => {
    const [agent, other] = [await world.agent('Amélie'), await world.agent('Bruno', 'supervisor')]
    const id = await world.waiting()
    const write = (who: typeof agent) => writeAsAgent(world.platform, who, id, { text: 'Oui', clientMessageId: 'm1' })
    expect(await refusal(write(agent))).to.equal('notYours')
    await takeConversation(world.platform, agent, id)
    await write(agent)
    await takeConversation(world.platform, other, id)
    await write(other)
    expect((await world.lines(id)).filter((line) => line === 'agent: Oui')).to.have.length(2)
  })

  it('refuses a message of nothing but control characters', async () => {
    const agent = await world.agent('Amélie')
    const id = await world.waiting()
    await takeConversation(world.platform, agent, id)
    expect(
      await refusal(writeAsAgent(world.platform, agent, id, { text: '\u0000 \n', clientMessageId: 'm2' })),
    ).to.equal('invalid')
  })

  it('ends with closing: the bot answers again, and closing again changes nothing', async () => {
    const agent = await world.agent('Amélie')
    const id = await world.waiting()
    await takeConversation(world.platform, agent, id)
    await closeConversation(world.platform, agent, id)
    await closeConversation(world.platform, agent, id)
    expect(await world.state(id)).to.deep.include({ mode: 'bot', heldBy: null, epoch: 2, handoff: undefined })
    expect((await world.lines(id)).filter((line) => line.includes('a terminé'))).to.have.length(1)
  })

  it('closing again says the same to a supervisor, who does not accompany the person; a minute later it is refused', async () => {
    const [agent, supervisor] = [await world.agent('Amélie'), await world.agent('Sam', 'supervisor')]
    const id = await world.waiting()
    await takeConversation(world.platform, agent, id)
    await takeConversation(world.platform, supervisor, id)
    const close = (who: TestAgent) => refusal(closeConversation(world.platform, who, id))
    expect([await close(supervisor), await close(supervisor)]).to.deep.equal(['done', 'done'])
    expect(await close(agent)).to.equal('notYours')
    expect((await world.lines(id)).filter((line) => line.includes('a terminé'))).to.have.length(1)
    world.clock.advance({ seconds: 61 })
    expect(await close(supervisor)).to.equal('notYours')
  })
})
