import { expect } from 'chai'
import type { ConversationView, MessagesView } from '../../api/types.ts'
import { openMessengerWorld, type MessengerWorld } from '../support/messengerWorld.ts'
import type { Person } from '../providers/graph/person.ts'

describe('the desk, of a person on Messenger', function () {
  this.timeout(30_000)
  let world: MessengerWorld
  let person: Person
  let ask: <T>(method: string, path: string, body?: object) => Promise<{ status: number; json: T }>

  beforeEach(async () => {
    world = await openMessengerWorld()
    person = world.graph.person()
    await person.says('je veux parler à une personne')
    await world.settled()
    const { cookie } = await world.server.signInAgent({ name: 'Camille Roy' })
    const { rows } = await world.server.running.platform.database.pool.query<{ id: string }>(
      'select id from conversations',
    )
    const at = `${world.server.url}/api/v1/conversations/${rows[0]?.id}`
    ask = async <T>(method: string, path: string, body?: object) => {
      const headers = { cookie, origin: world.server.url, 'content-type': 'application/json' }
      const sent = body === undefined ? {} : { body: JSON.stringify(body) }
      const response = await fetch(`${at}${path}`, { method, headers, ...sent })
      const text = await response.text()
      return { status: response.status, json: (text === '' ? null : JSON.parse(text)) as T }
    }
    expect((await ask('POST', '/take', {})).status).to.equal(204)
    await world.settled()
  })
  afterEach(() => world.stop())

  /** A session of the desk does not last a day: the person's last word is put back instead. */
  const wroteHoursAgo = (hours: number) =>
    world.server.running.platform.database.pool.query('update conversations set newcomer_wrote_at = $1', [
      new Date(world.clock.now().epochMilliseconds - hours * 3_600_000),
    ])
  const view = async (): Promise<ConversationView> => (await ask<ConversationView>('GET', '')).json
  /** Writes, and lets it leave. Returns the message's id. */
  async function writes(text: string): Promise<string> {
    const { json } = await ask<{ id: string }>('POST', '/messages', {
      text,
      clientMessageId: text.replaceAll(/\W/g, ''),
    })
    await world.settled()
    return json.id
  }

  it('shows what became of each message, and until when one may write', async () => {
    const id = await writes('Bonjour, ici Camille')
    expect((await view()).deliveries[id]).to.deep.equal({ state: 'sent' })
    await person.receives()
    await person.reads()
    const { deliveries, reach } = await view()
    expect(deliveries[id]?.state).to.equal('read')
    expect(reach).to.deep.equal({ until: '2026-11-25T15:00:00.000Z' })
    const { messages } = (await ask<MessagesView>('GET', '/messages')).json
    const ours = messages.filter(({ author }) => author !== 'newcomer')
    expect(Object.keys(deliveries)).to.have.members(ours.map((message) => message.id))
  })

  it('says why a message was refused, and sends it again when it is asked to', async () => {
    world.graph.fail({ graph: { code: 100, subcode: 2018109 } })
    const id = await writes('Trop gros')
    expect((await view()).deliveries[id]).to.deep.equal({ state: 'failed', code: '100/2018109' })
    expect((await ask('POST', '/send-again', { messageId: id })).status).to.equal(204)
    await world.settled()
    expect((await view()).deliveries[id]).to.deep.equal({ state: 'sent' })
    expect(person.sees.filter(({ text }) => text.includes('Trop gros'))).to.have.lengthOf(1)
    // Once sent, it is not sent again.
    await ask('POST', '/send-again', { messageId: id })
    await world.settled()
    expect(person.sees.filter(({ text }) => text.includes('Trop gros'))).to.have.lengthOf(1)
  })

  it('knows that the window has closed, and that somebody blocked the Page', async () => {
    await wroteHoursAgo(25)
    expect((await view()).reach.refusal).to.equal('windowClosed')
    const id = await writes('Trop tard')
    expect((await view()).deliveries[id]).to.deep.equal({ state: 'failed', code: 'windowClosed' })
    await wroteHoursAgo(0)
    person.blocks()
    await writes('Bloqué')
    expect((await view()).reach.refusal).to.equal('unreachable')
  })

  it('sends again for the holder alone', async () => {
    const { cookie } = await world.server.signInAgent({ name: 'Another' })
    const { rows } = await world.server.running.platform.database.pool.query<{ id: string }>(
      'select id from conversations',
    )
    const response = await fetch(`${world.server.url}/api/v1/conversations/${rows[0]?.id}/send-again`, {
      method: 'POST',
      headers: { cookie, origin: world.server.url, 'content-type': 'application/json' },
      body: JSON.stringify({ messageId: 'x' }),
    })
    expect([404, 409]).to.include(response.status)
  })
})
