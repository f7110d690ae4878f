import { expect } from 'chai'
import { Temporal } from 'temporal-polyfill'
import { closeDesk, deactivateAgent, renewDesk } from '../../services/agents/index.ts'
import { readMyPeople, readQueue, requeueAbsent, takeConversation, writeAsAgent } from '../../services/handoff/index.ts'
import { leavesSeat } from '../../services/handoff/requeue.ts'
import { openDeskWorld, refusal, type DeskWorld, type TestAgent } from '../support/deskWorld.ts'
import type { ConversationId } from '../../services/platform/ids.ts'

describe('when an agent counts as gone', () => {
  const at = (time: string) => Temporal.Instant.from(`2026-11-24T15:${time}Z`)
  // taken, last seen, now → leaves (grace 120 s; a desk is present until 45 s after it was seen)
  const table: [string, string | undefined, string, boolean][] = [
    ['00:00', undefined, '02:00', false],
    ['00:00', undefined, '02:01', true],
    ['00:00', '01:00', '03:45', false],
    ['00:00', '01:00', '03:46', true],
    ['05:00', '01:00', '07:00', false],
    ['05:00', '01:00', '07:01', true],
    ['00:00', '09:00', '09:01', false],
  ]
  for (const [taken, seen, now, leaves] of table)
    it(`taken ${taken}, seen ${seen ?? 'never'}, now ${now}: ${leaves ? 'back to the queue' : 'stays'}`, () => {
      const seat = { takenAt: at(taken), seenAt: seen === undefined ? undefined : at(seen), active: true }
      expect(leavesSeat(seat, 120, at(now))).to.equal(leaves)
      expect(leavesSeat({ ...seat, active: false }, 120, at(now))).to.equal(true)
    })
})

describe('an agent whose desk is gone', () => {
  let world: DeskWorld
  let agent: TestAgent
  let id: ConversationId
  const desk = () => ({ id: 'desk', agentId: agent.id, sessionId: 'session' })

  beforeEach(async () => {
    world = await openDeskWorld({ nodes: 2 })
    agent = await world.agent('Amélie')
    id = await world.waiting('failure')
    world.clock.advance({ minutes: 1 })
    await takeConversation(world.platform, agent, id)
    await renewDesk(world.platform, desk())
  })
  afterEach(() => world.close())

  it('keeps the conversation through the grace, and the whole grace again after coming back', async () => {
    await closeDesk(world.platform, 'desk')
    world.clock.advance({ seconds: 119 })
    expect(await requeueAbsent(world.platform)).to.equal(0)
    await renewDesk(world.platform, { ...desk(), id: 'desk again' })
    world.clock.advance({ seconds: 100 })
    expect(await requeueAbsent(world.platform)).to.equal(0)
    expect(await world.state(id)).to.deep.include({ mode: 'human', heldBy: agent.id, epoch: 1 })
  })

  it('loses it once, whatever sweeps at once on two nodes; the person keeps their place and their agent', async () => {
    const asked = (await readMyPeople(world.platform, agent))[0]?.handoff?.requestedAt
    await closeDesk(world.platform, 'desk')
    await world.says(id, 'Allô ?')
    world.clock.advance({ seconds: 121 })
    const returned = await Promise.all(
      [...world.nodes, ...world.nodes, ...world.nodes].map((node) => requeueAbsent(node)),
    )
    expect(returned.reduce((sum, count) => sum + count, 0)).to.equal(1)
    expect(await world.state(id)).to.deep.include({
      mode: 'waiting',
      heldBy: null,
      agentId: agent.id,
      epoch: 2,
      handoff: 'waiting',
    })
    const lines = await world.lines(id)
    expect(lines).to.include('newcomer: Allô ?')
    expect(lines.filter((line) => line.includes('plus en ligne'))).to.have.length(1)
    const [card] = await readQueue(world.platform)
    expect(card?.handoff).to.deep.include({ priority: 1, reason: 'failure', requestedAt: asked })
    world.clock.advance({ hours: 1 })
    expect(await requeueAbsent(world.platform)).to.equal(0)
    const late = { text: 'Pardon', clientMessageId: 'late' }
    expect(await refusal(writeAsAgent(world.platform, agent, id, late))).to.equal('notYours')
    await takeConversation(world.platform, agent, id)
    expect(await writeAsAgent(world.platform, agent, id, late)).to.have.property('seq')
  })

  it('keeps it while another of their desks is open', async () => {
    await renewDesk(world.platform, { ...desk(), id: 'second tab' })
    await closeDesk(world.platform, 'desk')
    world.clock.advance({ seconds: 160 })
    expect(await requeueAbsent(world.platform)).to.equal(0)
  })

  it('loses it at once when the account is closed', async () => {
    const administrator = await world.agent('Ada', 'administrator')
    await deactivateAgent(world.platform, administrator, agent.id)
    expect(await requeueAbsent(world.platform)).to.equal(1)
    expect(await world.state(id)).to.deep.include({ mode: 'waiting', heldBy: null })
  })
})
