import { expect } from 'chai'
import type { AgentView, MessagesView } from '../../api/types.ts'
import { append } from '../../services/conversations/index.ts'
import { receiveFile, storeFiles } from '../../services/files/index.ts'
import { alertDanger } from '../../services/handoff/index.ts'
import { asking } from '../support/asking.ts'
import { deskPeople, type DeskPeople } from '../support/deskWorld.ts'
import { startTestServer, type SignedIn, type TestServer } from '../support/server.ts'

describe('a conversation over HTTP', () => {
  let server: TestServer
  let people: DeskPeople
  let me: SignedIn, other: SignedIn, supervisor: SignedIn

  before(async () => {
    server = await startTestServer()
    people = deskPeople(server.running.platform)
    me = await server.signInAgent({ name: 'Amélie' })
    other = await server.signInAgent({ name: 'Bruno' })
    supervisor = await server.signInAgent({ name: 'Sam', role: 'supervisor' })
  })
  after(() => server.stop())

  const ask = asking(() => server.url)

  it('passes over events and reads none of them', async () => {
    const id = await people.waiting()
    const event = (name: string) =>
      people.turn(id, (_tx, c) => {
        for (let i = 0; i < 150; i += 1) append(c, { author: 'newcomer', kind: 'event', body: { text: '', name } })
      })
    await event('before')
    const seq = await people.says(id, 'Allô ?')
    await event('after')
    const { pool } = server.running.platform.database
    await pool.query(`update messages set body_sealed = '' where conversation_id = $1 and kind = 'event'`, [id])
    const page = async (query: string) =>
      (await ask<MessagesView>(me, 'GET', `/conversations/${id}/messages${query}`)).json
    for (const query of ['', '?after=0']) {
      const { messages, more } = await page(query)
      expect([messages.at(-1)?.seq, messages.length, more], query).to.deep.equal([seq, 2, false])
    }
  })

  it('shows what was sent, also where a client showed something else or nothing', async () => {
    const id = await people.waiting()
    const say = (text: string, displayText: string) =>
      people.turn(id, (_tx, c) => void append(c, { author: 'newcomer', body: { text, displayText } }))
    await say('je veux me tuer', '')
    await say('oui:consent', 'Oui, j’accepte')
    const { json } = await ask<MessagesView>(me, 'GET', `/conversations/${id}/messages`)
    expect(json.messages.slice(-2).map(({ text, shownAs }) => [text, shownAs])).to.deep.equal([
      ['je veux me tuer', undefined],
      ['oui:consent', 'Oui, j’accepte'],
    ])
  })

  it('opens a file by the session, to who may read its conversation now and in that one only', async () => {
    const [id, foreign] = [await people.waiting(), await people.waiting()]
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    await people.turn(id, (tx, c, at) => {
      const files = storeFiles(tx, c, 'made-up', [receiveFile('lettre.svg', svg)], at)
      append(c, { author: 'newcomer', body: { text: '', files } })
    })
    await ask(me, 'POST', `/conversations/${id}/take`, {})
    const { json } = await ask<MessagesView>(me, 'GET', `/conversations/${id}/messages`)
    const file = json.messages.flatMap(({ files }) => files ?? [])[0]
    const open = (who: SignedIn | undefined, path = file?.url ?? '') =>
      fetch(`${server.url}${path}`, who === undefined ? {} : { headers: { cookie: who.cookie } })
    const answer = await open(me)
    expect([answer.status, Buffer.from(await answer.arrayBuffer()).equals(svg)]).to.deep.equal([200, true])
    expect(answer.headers.get('content-disposition')).to.match(/^attachment; /)
    expect(answer.headers.get('content-security-policy')).to.equal("sandbox; default-src 'none'")
    expect(answer.headers.get('x-content-type-options')).to.equal('nosniff')
    expect(answer.headers.get('cache-control')).to.equal('private, no-store')
    expect((await open(undefined)).status).to.equal(401)
    expect((await open(other)).status).to.equal(404)
    expect((await open(me, `/api/v1/conversations/${foreign}/files/${file?.id}`)).status).to.equal(404)
    await ask(supervisor, 'POST', `/conversations/${id}/take`, {})
    expect((await open(me)).status).to.equal(404)
  })

  it('neither closes nor hands back while danger was not read, and says why', async () => {
    const id = await people.waiting()
    await ask(me, 'POST', `/conversations/${id}/take`, {})
    const seq = await people.says(id, 'danger')
    await people.turn(id, (tx, c, at) => alertDanger(tx, c, { seq, situation: 'violence', at }))
    for (const command of ['close', 'hand-back']) {
      const { status, json } = await ask(me, 'POST', `/conversations/${id}/${command}`, {})
      expect([status, json.error.code], command).to.deep.equal([409, 'dangerUnread'])
      expect(json.error.message, command).to.include('danger')
    }
    await ask(me, 'POST', `/conversations/${id}/read`, { seq })
    expect((await ask(me, 'POST', `/conversations/${id}/close`, {})).status).to.equal(204)
  })

  it('keeps a note and an invitation once, and who works by HTTP is present', async () => {
    const id = await people.waiting()
    const worker = await server.signInAgent({ name: 'Xavier' })
    await ask(worker, 'POST', `/conversations/${id}/take`, {})
    const note = { text: 'Two children', clientNoteId: 'n-1' }
    const copies = [1, 2].map(() => ask<{ id: string }>(worker, 'POST', `/conversations/${id}/notes`, note))
    expect(new Set((await Promise.all(copies)).map(({ json }) => json.id)).size).to.equal(1)
    const invitee = { name: 'Yan', role: 'agent', languages: ['fr'], region: null, clientInvitationId: 'i-1' }
    for (const _ of [1, 2]) expect((await ask(supervisor, 'POST', '/agents', invitee)).status).to.equal(201)
    const { json } = await ask<{ agents: AgentView[] }>(me, 'GET', '/agents')
    expect(json.agents.filter(({ name }) => name === 'Yan')).to.have.length(1)
    expect(json.agents.find((one) => one.id === worker.agentId)).to.deep.include({ present: true })
  })
})
