import { expect } from 'chai'
import {
  closeDesk,
  deactivateAgent,
  inviteAgent,
  listAgents,
  mayManage,
  renewDesk,
  renewLink,
  seenWorking,
} from '../../services/agents/index.ts'
import { openDeskWorld, refusal, type DeskWorld } from '../support/deskWorld.ts'

describe('accounts', () => {
  let world: DeskWorld
  beforeEach(async () => (world = await openDeskWorld()))
  afterEach(() => world.close())

  it('are managed by administrators; supervisors manage agents; agents nobody', () => {
    const roles = ['agent', 'supervisor', 'administrator'] as const
    const managed = roles.map((role) => roles.filter((of) => mayManage({ role }, of)))
    expect(managed).to.deep.equal([[], ['agent'], [...roles]])
  })

  it('are not opened, linked or closed by who may not', async () => {
    const [supervisor, administrator] = [
      await world.agent('Sam', 'supervisor'),
      await world.agent('Ada', 'administrator'),
    ]
    const invitee = { name: 'Zoé', role: 'supervisor' as const, languages: ['fr'], region: null }
    expect(await refusal(inviteAgent(world.platform, supervisor, invitee))).to.equal('forbidden')
    expect(await refusal(renewLink(world.platform, supervisor, administrator.id))).to.equal('forbidden')
    expect(await refusal(deactivateAgent(world.platform, supervisor, administrator.id))).to.equal('forbidden')
    expect(await refusal(deactivateAgent(world.platform, administrator, administrator.id))).to.equal('ownAccount')
    expect(await refusal(deactivateAgent(world.platform, administrator, 'nobody'))).to.equal('notFound')
    expect((await listAgents(world.platform)).map(({ active }) => active)).to.deep.equal([true, true])
  })

  it('are opened once however often the same invitation comes, and not by who was deactivated meanwhile', async () => {
    const administrator = await world.agent('Ada', 'administrator')
    const invitee = { name: 'Zoé', role: 'agent' as const, languages: ['fr'], region: null }
    const copies = await Promise.all([1, 2, 3].map(() => inviteAgent(world.platform, administrator, invitee, 'mark')))
    expect(new Set(copies.map(({ agent }) => agent.id)).size).to.equal(1)
    await inviteAgent(world.platform, administrator, invitee, 'another')
    expect(await listAgents(world.platform)).to.have.length(3)
    await deactivateAgent(world.platform, await world.agent('Abel', 'administrator'), administrator.id)
    expect(await refusal(inviteAgent(world.platform, administrator, invitee))).to.equal('unauthenticated')
  })

  it('count as present while they work without a socket', async () => {
    const agent = await world.agent('Amélie')
    const present = async () => (await listAgents(world.platform))[0]?.present
    await seenWorking(world.platform, { id: agent.id, sessionId: 's' })
    world.clock.advance({ seconds: 40 })
    await seenWorking(world.platform, { id: agent.id, sessionId: 's' })
    world.clock.advance({ seconds: 44 })
    expect(await present()).to.equal(true)
    world.clock.advance({ seconds: 1 })
    expect(await present()).to.equal(false)
  })

  it('show who is at their desk: until 45 s after it was last seen, and no longer once it is closed', async () => {
    const agent = await world.agent('Amélie')
    const present = async () => (await listAgents(world.platform))[0]?.present
    expect(await present()).to.equal(false)
    await renewDesk(world.platform, { id: 'desk', agentId: agent.id, sessionId: 's' })
    world.clock.advance({ seconds: 44 })
    expect(await present()).to.equal(true)
    world.clock.advance({ seconds: 1 })
    expect(await present()).to.equal(false)
    await renewDesk(world.platform, { id: 'desk', agentId: agent.id, sessionId: 's' })
    expect(await present()).to.equal(true)
    await closeDesk(world.platform, 'desk')
    expect(await present()).to.equal(false)
  })
})
