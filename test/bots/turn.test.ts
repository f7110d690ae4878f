import { expect } from 'chai'
import type { Inbound } from '../../bots/inbound.ts'
import type { Bot } from '../../bots/turn.ts'
import {
  findOrCreateConversation,
  MAX_ATTEMPTS,
  readLog,
  receiveMessage,
  type LoggedMessage,
} from '../../services/conversations/index.ts'
import type { ConversationId } from '../../services/platform/ids.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

/** A bot that says what it heard, and fails when it is told to. */
function parrot(): Bot & { broken: boolean; until: Promise<void> | undefined } {
  const bot = {
    broken: false,
    until: undefined as Promise<void> | undefined,
    onStart: async (turn) => turn.say('bot', { text: 'start' }),
    async onMessage(turn, body) {
      const heard = ((turn.conversation.state as { heard?: number } | null)?.heard ?? 0) + 1
      turn.conversation.state = { heard }
      turn.say('bot', { text: `${heard}: ${body.text}` })
      if (body.text.startsWith('lent')) await bot.until
      if (bot.broken) throw new Error(`the parrot is broken by ${body.text}`)
    },
    async onOverheard(turn) {
      turn.say('system', { text: 'overheard' })
    },
    onHandedBack: async (turn) => turn.say('bot', { text: 'I am back' }),
  } as Bot & { broken: boolean; until: Promise<void> | undefined }
  return bot
}

describe('a turn', () => {
  const bot = parrot()
  let server: TestServer
  let node2: TestServer

  before(async () => {
    const masterKey = Buffer.from(Array.from({ length: 32 }, (_, i) => i * 7)).toString('base64')
    server = await startTestServer({ parts: { bot }, masterKey })
    node2 = await startTestServer({ parts: { bot }, masterKey, database: server.database })
  })
  after(async () => {
    await node2.stop()
    await server.stop()
  })
  afterEach(() => void (bot.broken = false))

  let people = 0
  async function newConversation(channel = 'directline'): Promise<ConversationId> {
    const { database, keys } = server.running.platform
    const contact = `person-${(people += 1)}`
    return (await findOrCreateConversation(database, keys, { channel, contact, userId: contact, language: 'fr' })).id
  }
  const message = (
    conversationId: ConversationId,
    text: string,
    externalId = `${conversationId}/${text}`,
  ): Inbound => ({
    conversationId,
    externalId,
    kind: 'message',
    body: { text },
  })
  async function logOf(id: ConversationId): Promise<LoggedMessage[]> {
    const { database, keys } = server.running.platform
    return (await readLog(database.db, keys, id, { after: 0 }, 1000)).messages
  }
  const lines = (log: LoggedMessage[]): string[] => log.map(({ author, body }) => `${author}: ${body.text}`)

  it('puts the message and its answer in the log together, in order, and acknowledges the message', async () => {
    const id = await newConversation()
    const taken = await server.running.turns.take(message(id, 'bonjour'))
    expect(taken).to.deep.include({ seq: 1, copy: false })
    expect(lines(await logOf(id))).to.deep.equal(['newcomer: bonjour', 'bot: 1: bonjour'])
  })

  it('answers a second copy from the log, and a copy that races the first on another node', async () => {
    const id = await newConversation()
    const copies = await Promise.all(
      Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? server : node2).running.turns.take(message(id, 'une fois'))),
    )
    expect(new Set(copies.map((taken) => taken.id))).to.have.lengthOf(1)
    expect(copies.filter((taken) => !taken.copy)).to.have.lengthOf(1)
    expect(lines(await logOf(id))).to.deep.equal(['newcomer: une fois', 'bot: 1: une fois'])
  })

  it('has one writer: messages at once on two nodes give the state of one after the other', async () => {
    const id = await newConversation()
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? server : node2).running.turns.take(message(id, `m${i}`))),
    )
    const log = await logOf(id)
    expect(log.map(({ seq }) => seq)).to.deep.equal(Array.from({ length: 40 }, (_, i) => i + 1))
    const counts = log.filter(({ author }) => author === 'bot').map(({ body }) => Number(body.text.split(':')[0]))
    expect(counts).to.deep.equal(Array.from({ length: 20 }, (_, i) => i + 1))
  })

  it('two first messages of one contact open one conversation', async () => {
    const { database, keys } = server.running.platform
    const wanted = { channel: 'directline', contact: 'the same', userId: 'u', language: 'fr' }
    const found = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        findOrCreateConversation(i % 2 === 0 ? database : node2.running.platform.database, keys, wanted),
      ),
    )
    expect(new Set(found.map(({ id }) => id))).to.have.lengthOf(1)
    expect(found.filter(({ created }) => created)).to.have.lengthOf(1)
  })

  it('that throws is rolled back whole; the message is kept as failed, the person is told and a human is called', async () => {
    const id = await newConversation()
    await server.running.turns.take(message(id, 'avant'))
    bot.broken = true
    const taken = await server.running.turns.take(message(id, 'poison'))
    expect(taken.copy).to.equal(false)
    const log = await logOf(id)
    expect(log.map(({ author, status }) => `${author} ${status}`)).to.deep.equal([
      'newcomer done',
      'bot done',
      'newcomer failed',
      'system done',
      'system done',
    ])
    expect(log[4]?.body.text).to.match(/une personne vous répondra/)
    const handoff = await server.running.platform.database.db
      .selectFrom('handoffs')
      .select(['reason', 'priority', 'state'])
      .where('conversation_id', '=', id)
      .execute()
    expect(handoff).to.deep.equal([{ reason: 'failure', priority: 1, state: 'waiting' }])
    expect(
      (await server.running.turns.take(message(id, 'poison'))).id,
      'a copy of it is answered from the log',
    ).to.equal(taken.id)
  })

  it('that throws keeps the files too, and still tells the numbers when danger was said', async () => {
    const id = await newConversation()
    bot.broken = true
    const file = { name: 'bail.pdf', contentType: 'application/pdf', bytes: Buffer.from('%PDF-1.7 lease') }
    await server.running.turns.take({ ...message(id, 'mon fichier'), files: [file] })
    const log = await logOf(id)
    expect(log[0]?.body.files).to.have.lengthOf(1)
    const stored = await server.running.platform.database.db
      .selectFrom('attachments')
      .select('size')
      .where('conversation_id', '=', id)
      .execute()
    expect(stored).to.deep.equal([{ size: file.bytes.length }])
    expect(lines(log)).to.include('system: overheard') // what reads danger is not what failed
  })

  it('of a slow conversation takes one connection, not all of them', async () => {
    const slow = await newConversation()
    const other = await newConversation()
    const release = Promise.withResolvers<void>()
    bot.until = release.promise
    const flood = Array.from({ length: 20 }, (_, i) => server.running.turns.take(message(slow, `lent ${i}`)))
    const started = performance.now()
    await server.running.turns.take(message(other, 'bonjour'))
    expect(performance.now() - started, 'ms that somebody else waited').to.be.below(1_500)
    release.resolve()
    await Promise.all(flood)
    expect(await logOf(slow)).to.have.lengthOf(40)
  })

  it('leaves no trace of a failed attempt: the next message sees the state from before', async () => {
    const id = await newConversation()
    bot.broken = true
    await server.running.turns.take(message(id, 'poison'))
    bot.broken = false
    await server.running.turns.take(message(id, 'après'))
    expect(lines(await logOf(id)).at(-1)).to.equal('bot: 1: après')
  })

  it('is refused beyond the rate that one conversation may have, and only there', async () => {
    const limited = await startTestServer({
      parts: { bot },
      database: server.database,
      env: { RATE_LIMIT: 'on' },
      masterKey: masterKeyOf(server),
    })
    try {
      const id = await newConversation()
      const outcomes = []
      for (let i = 0; i < 23; i += 1)
        outcomes.push(
          await limited.running.turns.take(message(id, `m${i}`)).then(
            () => 'taken',
            (error: { code: string }) => error.code,
          ),
        )
      expect(outcomes.filter((outcome) => outcome === 'taken')).to.have.lengthOf(20)
      expect(outcomes.slice(20)).to.deep.equal(['tooMany', 'tooMany', 'tooMany'])
      expect(await logOf(id)).to.have.lengthOf(40)
    } finally {
      await limited.stop()
    }
  })

  it('of nobody knows what: an unknown conversation is not found', async () => {
    const refused = await server.running.turns
      .take(message('nowhere' as ConversationId, 'x'))
      .catch((error: { code: string }) => error.code)
    expect(refused).to.equal('notFound')
  })

  describe('by webhook', () => {
    const at = new Date('2026-11-24T15:00:00Z')
    const receive = async (id: ConversationId, text: string, externalId = text): Promise<void> => {
      const { database, keys } = server.running.platform
      await receiveMessage(database, keys, id, { externalId: `${id}/${externalId}`, body: { text }, at })
    }

    it('is kept before it is answered, without a place in the log, and taken oldest first', async () => {
      const id = await newConversation('test')
      await receive(id, 'un')
      await receive(id, 'deux')
      await receive(id, 'deux') // redelivered
      expect(await logOf(id), 'not in the log yet').to.have.lengthOf(0)
      expect(await server.running.turns.takeReceived(id)).to.equal(2)
      expect(lines(await logOf(id))).to.deep.equal(['newcomer: un', 'bot: 1: un', 'newcomer: deux', 'bot: 2: deux'])
    })

    it('is taken once by nodes that go for it together', async () => {
      const id = await newConversation('test')
      for (let i = 0; i < 8; i += 1) await receive(id, `m${i}`)
      await Promise.all([server.running.turns.takeReceived(id), node2.running.turns.takeReceived(id)])
      expect(lines(await logOf(id)).filter((line) => line.startsWith('newcomer'))).to.deep.equal(
        Array.from({ length: 8 }, (_, i) => `newcomer: m${i}`),
      )
      expect(await logOf(id)).to.have.lengthOf(16)
    })

    it(`that fails ${MAX_ATTEMPTS} times is kept as failed, and lets the next one through`, async () => {
      const id = await newConversation('test')
      await receive(id, 'poison')
      bot.broken = true
      await server.running.turns.takeReceived(id)
      bot.broken = false
      await receive(id, 'ensuite')
      await server.running.turns.takeReceived(id)
      const log = await logOf(id)
      expect(log.map(({ author, status }) => `${author} ${status}`)).to.deep.equal([
        'newcomer failed',
        'system done',
        'system done',
        'newcomer done',
        'bot done',
      ])
      const { attempts } = await server.running.platform.database.db
        .selectFrom('messages')
        .select('attempts')
        .where('id', '=', log[0]?.id ?? '')
        .executeTakeFirstOrThrow()
      expect(attempts).to.equal(MAX_ATTEMPTS + 1)
    })
  })
})

const masterKeyOf = (server: TestServer): string => server.running.platform.settings.masterKey.toString('base64')
