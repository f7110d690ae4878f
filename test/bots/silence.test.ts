import { expect } from 'chai'
import type { Bot } from '../../bots/turn.ts'
import { findOrCreateConversation, readLog } from '../../services/conversations/index.ts'
import { requestPerson, takeConversation } from '../../services/handoff/index.ts'
import type { ConversationId } from '../../services/platform/ids.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

/** Asks for a person when told to, and answers everything else. */
const talkative: Bot = {
  onStart: async (turn) => turn.say('bot', { text: 'start' }),
  async onMessage({ tx, conversation, at, say }, { text }) {
    if (text === 'une personne')
      requestPerson(tx, conversation, { reason: 'asked', lastWords: text, known: {}, openStep: null, at })
    say('bot', { text: `bot: ${text}` })
  },
  onOverheard: async () => {},
  onHandedBack: async () => {},
}

describe('once an agent has taken a conversation', () => {
  let server: TestServer
  before(async () => (server = await startTestServer({ parts: { bot: talkative } })))
  after(() => server.stop())

  const say = (id: ConversationId, text: string) =>
    server.running.turns.take({
      conversationId: id,
      externalId: `${id}/${text}`,
      kind: 'message',
      body: { text },
    })

  it('the bot says nothing, though messages come before, with and after the taking', async () => {
    const { platform } = server.running
    const wanted = { channel: 'directline', contact: 'silence', userId: 'silence', language: 'fr' }
    const { id } = await findOrCreateConversation(platform.database, platform.keys, wanted)
    const { agentId } = await server.signInAgent()
    await say(id, 'une personne')
    const during = Array.from({ length: 20 }, (_, i) => say(id, `pendant ${i}`))
    await takeConversation(platform, { id: agentId, name: 'Camille Roy', role: 'agent' }, id)
    await Promise.all(during)
    await say(id, 'après')
    const { messages } = await readLog(platform.database.db, platform.keys, id, { after: 0 }, 1000)
    const joined = messages.findIndex(({ author, body }) => author === 'system' && body.text.includes('a rejoint'))
    const since = messages.slice(joined + 1)
    expect(joined, 'the agent has come').to.be.above(0)
    expect(
      since.filter(({ author }) => author !== 'newcomer').map(({ body }) => body.text),
      'said to them since',
    ).to.deep.equal([])
    expect(since.at(-1)?.body.text).to.equal('après')
  })
})
