import { expect } from 'chai'
import { deactivateAgent, inviteAgent, listAgents, renewLink } from '../../services/agents/index.ts'
import {
  authenticate,
  clearedCookie,
  firstAdministratorLink,
  openSession,
  readSession,
  sessionCookie,
  signInByLink,
  signOut,
} from '../../services/sign-in/index.ts'
import { openDeskWorld, refusal, type DeskWorld } from '../support/deskWorld.ts'

const secretOf = (url: string): string => new URLSearchParams(new URL(url).hash.slice(1)).get('sign-in') ?? ''

describe('one-time links', () => {
  let world: DeskWorld
  beforeEach(async () => (world = await openDeskWorld({ nodes: 2 })))
  afterEach(() => world.close())

  const invite = async () => {
    const administrator = await world.agent('Ada', 'administrator')
    const invited = await inviteAgent(world.platform, administrator, {
      name: 'Amélie',
      role: 'agent',
      languages: ['fr'],
      region: null,
    })
    return { administrator, ...invited }
  }

  it('let one person in, once, of twenty that try at once', async () => {
    const { agent, link } = await invite()
    const tries = await Promise.all(
      Array.from({ length: 20 }, (_, i) => signInByLink(world.nodes[i % 2] ?? world.platform, secretOf(link.url))),
    )
    expect(tries.flatMap((session) => session?.agentId ?? [])).to.deep.equal([agent.id])
    expect(await signInByLink(world.platform, secretOf(link.url))).to.equal(undefined)
  })

  it('carry a secret of 256 bits in the fragment only, of which the database keeps the digest', async () => {
    const { link } = await invite()
    const url = new URL(link.url)
    expect(url.pathname + url.search).to.equal('/desk')
    expect(Buffer.from(secretOf(link.url), 'base64url')).to.have.length(32)
    const { rows } = await world.platform.database.pool.query('select * from sign_in_links')
    expect(JSON.stringify(rows)).to.not.include(secretOf(link.url))
  })

  it('end after 72 hours, with a newer one, and with the account', async () => {
    const { administrator, agent, link } = await invite()
    world.clock.advance({ hours: 72 })
    expect(await signInByLink(world.platform, secretOf(link.url))).to.equal(undefined)
    const second = await renewLink(world.platform, administrator, agent.id)
    const third = await renewLink(world.platform, administrator, agent.id)
    expect(await signInByLink(world.platform, secretOf(second.link.url))).to.equal(undefined)
    await deactivateAgent(world.platform, administrator, agent.id)
    expect(await signInByLink(world.platform, secretOf(third.link.url))).to.equal(undefined)
    expect(await refusal(renewLink(world.platform, administrator, agent.id))).to.equal('inactive')
  })

  it('first administrator: each start renews the link until somebody has come, then there is none', async () => {
    const first = (await firstAdministratorLink(world.platform)) ?? ''
    const second = (await firstAdministratorLink(world.platform)) ?? ''
    expect(await signInByLink(world.platform, secretOf(first))).to.equal(undefined)
    const id = (await signInByLink(world.platform, secretOf(second)))?.agentId
    expect(await listAgents(world.platform)).to.have.length(1)
    expect((await listAgents(world.platform))[0]).to.deep.include({ id, role: 'administrator', name: 'Administration' })
    expect(await firstAdministratorLink(world.platform)).to.equal(undefined)
  })

  it('first administrator: a new link at the start when every administrator is out, for the same account', async () => {
    const first = await signInByLink(world.platform, secretOf((await firstAdministratorLink(world.platform)) ?? ''))
    await world.agent('Sam', 'supervisor')
    expect(await firstAdministratorLink(world.platform)).to.equal(undefined)
    world.clock.advance({ hours: 2 })
    const link = (await firstAdministratorLink(world.platform)) ?? ''
    expect((await signInByLink(world.platform, secretOf(link)))?.agentId).to.equal(first?.agentId)
    expect(await listAgents(world.platform)).to.have.length(2)
    expect(await firstAdministratorLink(world.platform)).to.equal(undefined)
  })

  it('are used up with the session they open, or not at all', async () => {
    const { agent, link } = await invite()
    const { pool } = world.platform.database
    await pool.query(`alter table agent_sessions add constraint full_up check (agent_id <> '${agent.id}')`)
    expect(await refusal(signInByLink(world.platform, secretOf(link.url)))).to.equal('23514')
    await pool.query('alter table agent_sessions drop constraint full_up')
    const session = await signInByLink(world.platform, secretOf(link.url))
    expect(await authenticate(world.platform, `parcours_desk=${session?.token}`)).to.deep.include({ id: agent.id })
  })

  it('that are renewed end the sessions of the account when they are used, and say who made them', async () => {
    const { administrator, agent } = await invite()
    const { token } = await openSession(world.platform, agent.id)
    const { link } = await renewLink(world.platform, administrator, agent.id)
    expect(await authenticate(world.platform, `parcours_desk=${token}`)).to.not.equal(undefined)
    await signInByLink(world.platform, secretOf(link.url))
    expect(await authenticate(world.platform, `parcours_desk=${token}`)).to.equal(undefined)
    const { rows } = await world.platform.database.pool.query(
      'select made_by from sign_in_links where used_at is not null',
    )
    expect(rows).to.deep.equal([{ made_by: administrator.id }])
  })

  it('first administrator: nodes that start at once make one account; its link ends after a day', async () => {
    await Promise.all([...world.nodes, ...world.nodes].map((node) => firstAdministratorLink(node)))
    expect(await listAgents(world.platform)).to.have.length(1)
    const link = (await firstAdministratorLink(world.platform)) ?? ''
    world.clock.advance({ hours: 24 })
    expect(await signInByLink(world.platform, secretOf(link))).to.equal(undefined)
  })
})

describe('sessions', () => {
  let world: DeskWorld
  beforeEach(async () => (world = await openDeskWorld()))
  afterEach(() => world.close())

  const signIn = async (name = 'Amélie') => {
    const agent = await world.agent(name)
    const { token } = await openSession(world.platform, agent.id)
    return { agent, token, cookie: `other=1; parcours_desk=${token}; last=x` }
  }

  it('say who it is, by the cookie and nothing else', async () => {
    const { agent, token, cookie } = await signIn()
    expect(await authenticate(world.platform, cookie)).to.deep.include({ id: agent.id, name: 'Amélie', role: 'agent' })
    for (const wrong of [
      undefined,
      '',
      `parcours_desk=${token}x`,
      `__Host-parcours_desk=${token}`,
      `x_parcours_desk=${token}`,
      'parcours_desk=',
    ])
      expect(await authenticate(world.platform, wrong), String(wrong).slice(0, 20)).to.equal(undefined)
  })

  it('end after 12 hours whatever happens', async () => {
    const { cookie } = await signIn()
    for (let hour = 1; hour < 12; hour += 1) {
      world.clock.advance({ hours: 1 })
      expect(await authenticate(world.platform, cookie), `hour ${hour}`).to.not.equal(undefined)
    }
    world.clock.advance({ hours: 1 })
    expect(await authenticate(world.platform, cookie)).to.equal(undefined)
  })

  it('end after 2 hours without use; an open socket is no use', async () => {
    const { cookie } = await signIn()
    const sessionId = (await authenticate(world.platform, cookie))?.sessionId ?? ''
    world.clock.advance({ minutes: 119 })
    expect(await readSession(world.platform, sessionId)).to.not.equal(undefined)
    world.clock.advance({ minutes: 1 })
    expect(await authenticate(world.platform, cookie)).to.equal(undefined)
    expect(await readSession(world.platform, sessionId)).to.equal(undefined)
  })

  it('write the sign of life at most once a minute', async () => {
    const { cookie } = await signIn()
    const seen = async () => {
      await authenticate(world.platform, cookie)
      const { rows } = await world.platform.database.pool.query<{ last_seen_at: Date }>(
        'select last_seen_at from agent_sessions',
      )
      return rows[0]?.last_seen_at.toISOString()
    }
    world.clock.advance({ seconds: 60 })
    expect(await seen()).to.equal('2026-11-24T15:00:00.000Z')
    world.clock.advance({ seconds: 1 })
    expect(await seen()).to.equal('2026-11-24T15:01:01.000Z')
  })

  it('end by signing out, this one only, and with the account, all of them', async () => {
    const { agent, cookie } = await signIn()
    const other = `parcours_desk=${(await openSession(world.platform, agent.id)).token}`
    const session = await authenticate(world.platform, cookie)
    if (session === undefined) throw new Error('signed in')
    await signOut(world.platform, session)
    expect(await authenticate(world.platform, cookie)).to.equal(undefined)
    expect(await authenticate(world.platform, other)).to.not.equal(undefined)
    await deactivateAgent(world.platform, await world.agent('Ada', 'administrator'), agent.id)
    expect(await authenticate(world.platform, other)).to.equal(undefined)
    expect(await refusal(openSession(world.platform, agent.id))).to.equal('unauthenticated')
  })

  it('have a cookie that no script reads and no other site sends, bound to the host where TLS allows', () => {
    expect(sessionCookie('http://localhost:3978', 't', 60)).to.equal(
      'parcours_desk=t; Path=/; HttpOnly; SameSite=Strict; Max-Age=60',
    )
    expect(sessionCookie('https://parcours.example', 't', 60)).to.equal(
      '__Host-parcours_desk=t; Path=/; HttpOnly; SameSite=Strict; Max-Age=60; Secure',
    )
    expect(clearedCookie('http://localhost:3978')).to.include('Max-Age=0')
  })
})
