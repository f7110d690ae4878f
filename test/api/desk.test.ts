import { expect } from 'chai'
import type {
  AgentView,
  ConversationView,
  InvitationView,
  MessagesView,
  MessageView,
  MeView,
  MyPeopleView,
  QueueView,
} from '../../api/types.ts'
import { asking } from '../support/asking.ts'
import { deskPeople, type DeskPeople } from '../support/deskWorld.ts'
import { startTestServer, type SignedIn, type TestServer } from '../support/server.ts'

describe('the desk over HTTP', () => {
  let server: TestServer
  let people: DeskPeople
  let me: SignedIn, other: SignedIn, supervisor: SignedIn, administrator: SignedIn

  before(async () => {
    server = await startTestServer()
    people = deskPeople(server.running.platform)
    me = await server.signInAgent({ name: 'Amélie' })
    other = await server.signInAgent({ name: 'Bruno' })
    supervisor = await server.signInAgent({ name: 'Sam', role: 'supervisor' })
    administrator = await server.signInAgent({ name: 'Ada', role: 'administrator' })
  })
  after(() => server.stop())

  const ask = asking(() => server.url)

  it('refuses a sign-in and a command that a foreign page sends', async () => {
    const foreign = { origin: 'https://evil.example' }
    const token = 'A'.repeat(43)
    expect((await ask(undefined, 'POST', '/session', { token }, foreign)).json.error.code).to.equal('crossSite')
    const id = await people.waiting()
    expect((await ask(me, 'POST', `/conversations/${id}/take`, {}, foreign)).json.error.code).to.equal('crossSite')
    expect(await people.state(id)).to.deep.include({ mode: 'waiting' })
  })

  it('goes the whole way: queue, take, write, note, hand back, my people', async () => {
    const id = await people.waiting('failure', 'en')
    const { json: queue } = await ask<QueueView>(me, 'GET', '/queue')
    const card = queue.waiting.find((one) => one.id === id)
    expect(card).to.deep.include({
      language: 'en',
      mode: 'waiting',
      unread: 1,
      waitsFor: 'agent',
      heldBy: null,
      preferredName: null,
    })
    expect(card?.handoff).to.deep.include({ reason: 'failure', priority: 1, state: 'waiting' })
    expect((await ask(me, 'POST', `/conversations/${id}/take`)).status).to.equal(204)
    expect((await ask(other, 'POST', `/conversations/${id}/take`, {})).json.error.code).to.equal('alreadyTaken')

    const message = { text: 'Hello <b>Noor</b>', clientMessageId: 'm-1' }
    const first = await ask<MessageView>(me, 'POST', `/conversations/${id}/messages`, message)
    const copy = await ask<MessageView>(me, 'POST', `/conversations/${id}/messages`, message)
    expect(first.json).to.deep.include({
      author: 'agent',
      agentName: 'Amélie',
      text: 'Hello <b>Noor</b>',
      clientMessageId: 'm-1',
    })
    expect(copy.json).to.deep.equal(first.json)

    expect((await ask(me, 'POST', `/conversations/${id}/notes`, { text: 'Two children' })).status).to.equal(201)
    expect((await ask(me, 'POST', `/conversations/${id}/read`, { seq: first.json.seq })).status).to.equal(204)
    expect((await ask(me, 'POST', `/conversations/${id}/typing`, {})).status).to.equal(204)
    const { json: sheet } = await ask<ConversationView>(me, 'GET', `/conversations/${id}`)
    expect(sheet.may).to.deep.equal({ take: false, write: true, handBack: true, close: true, note: true })
    expect(sheet.notes.map(({ text }) => text)).to.deep.equal(['Two children'])
    expect(sheet.card).to.deep.include({ unread: 0, waitsFor: 'newcomer' })

    expect((await ask(me, 'POST', `/conversations/${id}/hand-back`, {})).status).to.equal(204)
    expect(await people.state(id)).to.deep.include({ mode: 'bot', heldBy: null, handoff: undefined })
    const { json: mine } = await ask<MyPeopleView>(me, 'GET', '/my-people')
    expect(mine.people.map((one) => one.id)).to.include(id)
    expect((await ask<MyPeopleView>(other, 'GET', '/my-people')).json.people.map((one) => one.id)).to.not.include(id)
  })

  it('pages the log both ways without a gap and shows another agent’s mark to nobody', async () => {
    const id = await people.waiting()
    await ask(me, 'POST', `/conversations/${id}/take`, {})
    await ask(me, 'POST', `/conversations/${id}/messages`, { text: 'Bonjour', clientMessageId: 'secret-mark' })
    for (let i = 0; i < 120; i += 1) await people.says(id, `message ${i}`)
    const page = async (query: string) =>
      (await ask<MessagesView>(supervisor, 'GET', `/conversations/${id}/messages${query}`)).json
    const last = await page('')
    expect(last.messages).to.have.length(100)
    expect(last.more).to.equal(true)
    const before = await page(`?before=${last.messages[0]?.seq ?? 0}`)
    expect(before.more).to.equal(false)
    expect([...before.messages, ...last.messages].map(({ seq }) => seq)).to.deep.equal(
      Array.from({ length: 123 }, (_, i) => i + 1),
    )
    expect((await page('?after=0')).messages[0]?.seq).to.equal(1)
    expect(JSON.stringify(before)).to.not.include('secret-mark')
    expect((await ask(me, 'GET', `/conversations/${id}/messages?after=1&before=9`)).status).to.equal(400)
  })

  it('answers the same for a foreign conversation and for one that does not exist, on every route', async () => {
    const foreign = await people.waiting()
    await ask(other, 'POST', `/conversations/${foreign}/take`, {})
    await people.says(foreign, 'Ceci est privé')
    const routes: [string, string, unknown?][] = [
      ['GET', ''],
      ['GET', '/messages'],
      ['GET', '/files/AAAAAAAAAAAAAAAAAAAAAA'],
      ['POST', '/messages', { text: 'x', clientMessageId: 'c' }],
      ['POST', '/typing', {}],
      ['POST', '/hand-back', {}],
      ['POST', '/close', {}],
      ['POST', '/read', { seq: 1 }],
      ['POST', '/notes', { text: 'x' }],
    ]
    for (const who of [me, administrator])
      for (const [method, path, body] of routes) {
        const theirs = await ask(who, method, `/conversations/${foreign}${path}`, body)
        const nobodys = await ask(who, method, `/conversations/AAAAAAAAAAAAAAAAAAAAAA${path}`, body)
        expect([theirs.status, theirs.text], `${method} ${path}`).to.deep.equal([nobodys.status, nobodys.text])
        expect(theirs.status, `${method} ${path}`).to.equal(404)
      }
    expect(await people.state(foreign)).to.deep.include({ mode: 'human', heldBy: other.agentId })
  })

  it('refuses to everybody who is not signed in, on every route of the desk', async () => {
    const id = await people.waiting()
    for (const [method, path] of [
      ['GET', '/me'],
      ['DELETE', '/session'],
      ['GET', '/queue'],
      ['GET', '/my-people'],
      ['GET', `/conversations/${id}`],
      ['GET', `/conversations/${id}/messages`],
      ['POST', `/conversations/${id}/messages`],
      ['POST', `/conversations/${id}/take`],
      ['GET', '/agents'],
      ['POST', '/agents'],
      ['POST', `/agents/${me.agentId}/link`],
      ['POST', `/agents/${me.agentId}/deactivate`],
    ] as const)
      for (const who of [undefined, { agentId: '', cookie: `parcours_desk=${'A'.repeat(43)}` }])
        expect((await ask(who, method, path)).status, `${method} ${path}`).to.equal(401)
  })

  it('takes only what the schema says: objects for strings, unknown fields, wrong roles are refused', async () => {
    const id = await people.waiting()
    const bad: [string, unknown][] = [
      [`/conversations/${id}/messages`, { text: { $ne: 1 }, clientMessageId: 'c' }],
      [`/conversations/${id}/messages`, { text: 'x', clientMessageId: 'has space' }],
      [`/conversations/${id}/read`, { seq: '1' }],
      [`/conversations/${id}/take`, { force: true }],
    ]
    for (const [path, body] of bad) expect((await ask(me, 'POST', path, body)).status, path).to.equal(400)
    const invitee = { name: 'Zoé', role: 'owner', languages: ['fr'], region: null }
    expect((await ask(administrator, 'POST', '/agents', invitee)).status).to.equal(400)
    expect(
      (await ask(administrator, 'POST', '/agents', { ...invitee, role: 'agent', languages: ['xx'] })).status,
    ).to.equal(400)
  })

  it('invites, and an invitation signs in; closing the account ends it and frees what it held', async () => {
    const invitee = { name: 'Zoé', role: 'agent', languages: ['fr'], region: 'Estrie' }
    expect((await ask(me, 'POST', '/agents', invitee)).status).to.equal(403)
    expect((await ask(supervisor, 'POST', '/agents', { ...invitee, role: 'administrator' })).status).to.equal(403)
    const { status, json } = await ask<InvitationView>(supervisor, 'POST', '/agents', invitee)
    expect([status, json.agent.name, json.agent.region]).to.deep.equal([201, 'Zoé', 'Estrie'])
    const { json: renewed } = await ask<InvitationView>(supervisor, 'POST', `/agents/${json.agent.id}/link`, {})
    const token = (link: string) => new URLSearchParams(new URL(link).hash.slice(1)).get('sign-in')
    expect((await ask(undefined, 'POST', '/session', { token: token(json.link) })).status).to.equal(401)
    const signedIn = await ask(undefined, 'POST', '/session', { token: token(renewed.link) })
    const zoe = { agentId: json.agent.id, cookie: (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '' }

    const id = await people.waiting()
    expect((await ask(zoe, 'POST', `/conversations/${id}/take`, {})).status).to.equal(204)
    expect((await ask(zoe, 'POST', `/agents/${me.agentId}/deactivate`, {})).status).to.equal(403)
    expect((await ask(supervisor, 'POST', `/agents/${zoe.agentId}/deactivate`, {})).status).to.equal(204)
    expect((await ask(zoe, 'GET', '/me')).status).to.equal(401)
    expect(await people.state(id)).to.deep.include({ mode: 'waiting', heldBy: null, handoff: 'waiting' })
    const { json: list } = await ask<{ agents: AgentView[] }>(me, 'GET', '/agents')
    expect(list.agents.find((agent) => agent.id === zoe.agentId)).to.deep.include({ active: false, present: false })
  })
})

describe('the first administrator', () => {
  let server: TestServer
  before(async () => (server = await startTestServer()))
  after(() => server.stop())
  const ask = asking(() => server.url)

  it('signs in once by the first link, says who it is, and out again', async () => {
    const link = await server.running.firstAdministratorLink()
    const token = new URLSearchParams(new URL(link ?? '').hash.slice(1)).get('sign-in')
    const signedIn = await ask(undefined, 'POST', '/session', { token })
    expect(signedIn.status).to.equal(204)
    const set = signedIn.headers.get('set-cookie') ?? ''
    expect(set).to.match(/^parcours_desk=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/)
    const session = { agentId: '', cookie: set.split(';')[0] ?? '' }
    const again = await ask(undefined, 'POST', '/session', { token }, { 'accept-language': 'en' })
    expect([again.status, again.json.error.code]).to.deep.equal([401, 'linkSpent'])
    expect(again.json.error.message).to.match(/^This link/)
    const { json } = await ask<MeView>(session, 'GET', '/me')
    expect(json.agent).to.deep.include({ name: 'Administration', role: 'administrator' })
    expect((await ask(session, 'DELETE', '/session')).status).to.equal(204)
    expect((await ask(session, 'GET', '/me')).status).to.equal(401)
  })
})
