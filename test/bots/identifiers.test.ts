import { expect } from 'chai'
import { findOrCreateConversation, readLog, receiveMessage } from '../../services/conversations/index.ts'
import type { ConversationId } from '../../services/platform/ids.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

const SIN = '046 454 286'

describe('a number that nobody is to write here', () => {
  let server: TestServer
  before(async () => (server = await startTestServer()))
  after(() => server.stop())

  async function conversation(channel: string): Promise<ConversationId> {
    const { database, keys } = server.running.platform
    const opened = { channel, contact: channel, userId: channel, language: 'fr' }
    return (await findOrCreateConversation(database, keys, opened)).id
  }
  async function said(id: ConversationId): Promise<string[]> {
    const { database, keys } = server.running.platform
    const { messages } = await readLog(database.db, keys, id, 'last')
    return messages.map(({ author, body }) => `${author}: ${body.text}`)
  }

  it('is masked before a message of the web is kept, and refused', async () => {
    const id = await conversation('directline')
    await server.running.turns.take({
      conversationId: id,
      externalId: 'one',
      kind: 'message',
      body: { text: `mon NAS est ${SIN} merci` },
    })
    const log = await said(id)
    expect(log[0]).to.equal('newcomer: mon NAS est ••• ••• ••• merci')
    expect(log.join('\n')).to.match(/bot: J’ai caché ce numéro/)
    expect(log.join('\n')).to.not.include('454')
  })

  it('is masked where a webhook had left it, too', async () => {
    const { database, keys } = server.running.platform
    const id = await conversation('test')
    await receiveMessage(database, keys, id, { externalId: 'two', body: { text: `NAS ${SIN}` }, at: new Date() })
    await server.running.turns.takeReceived(id)
    expect((await said(id)).join('\n'))
      .to.match(/newcomer: NAS •••/)
      .and.not.include('454')
  })

  it('is a telephone where one is asked for', async () => {
    const id = await conversation('phones')
    const { turns } = server.running
    const say = (text: string) =>
      turns.take({ conversationId: id, externalId: `${id}/${text}`, kind: 'message', body: { text } })
    await turns.take({ conversationId: id, externalId: 'start', kind: 'start', body: { text: '' }, language: 'fr' })
    for (const text of ['Français', 'Oui, j’accepte']) await say(text)
    for (let n = 0; n < 8; n += 1)
      await turns.take({ conversationId: id, externalId: `${id}/skip${n}`, kind: 'message', body: { text: 'Passer' } })
    await say('Oui')
    await say(SIN)
    expect((await said(id)).join('\n')).to.include(SIN)
  })
})
