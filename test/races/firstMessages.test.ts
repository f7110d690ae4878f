import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { findOrCreateConversation, receiveMessage, type LoggedMessage } from '../../services/conversations/index.ts'
import { randomId, type ConversationId } from '../../services/platform/ids.ts'
import { call } from '../support/directLineWire.ts'
import { proves } from '../support/proofs.ts'
import { randomFrom, seedOfThisRun } from '../support/seeded.ts'
import { startTwoNodes, type TwoNodes } from '../support/twoNodes.ts'

const long = process.env['TEST_LONG'] === '1'
const CONTACTS = long ? 2_010 : 60
/** One contact in so many is a visitor of the page; the others come by webhook, as telephone numbers do. */
const BY_PAGE = 3
const AT_ONCE = 30
const APART_MS = 300
const FIRST_WORDS = ['Bonjour', 'Je cherche un logement']

/** What a newcomer finds: their conversation, and what came of their two first messages. */
interface First {
  id: ConversationId
  /** How often a node said that it opened the conversation. */
  opened: number
  /** How often the bot is to introduce itself: it does when a page opens. */
  greeted: 1
  log: LoggedMessage[]
}

describe('two first messages of a new contact', function () {
  this.timeout(long ? 600_000 : 60_000)
  let two: TwoNodes
  before(async () => (two = await startTwoNodes()))
  after(() => two.stop())

  proves('C1', 'on two nodes within 300 ms open one conversation, in which both are answered', async (proof) => {
    const seed = seedOfThisRun()
    proof.seed(seed)
    const random = randomFrom(seed)
    const keysBefore = await count('data_keys')
    const firsts: First[] = []
    for (let done = 0; done < CONTACTS; done += AT_ONCE)
      firsts.push(
        ...(await Promise.all(
          Array.from({ length: AT_ONCE }, (_, i) => {
            const apart = random() < 0.5 ? 0 : random() * APART_MS
            return (done + i) % BY_PAGE === 0 ? byPage(apart) : byWebhook(apart)
          }),
        )),
      )
    for (const { opened, greeted, log } of firsts) {
      expect(opened, 'nodes that opened it').to.equal(1)
      expect(log.map(({ seq }) => seq)).to.deep.equal(log.map((_, i) => i + 1))
      expect(
        log.filter(({ author }) => author === 'newcomer').map(({ body }) => body.text),
        'both, once',
      ).to.have.members(FIRST_WORDS)
      expect(greetings(log), 'greeted').to.equal(greeted)
      expect(log.filter(({ author }) => author === 'bot').length, 'answers').to.be.at.least(2)
    }
    const conversations = await count('conversations')
    expect(conversations).to.equal(CONTACTS)
    expect((await count('data_keys')) - keysBefore, 'nothing is left of the attempts that lost').to.equal(CONTACTS)
    proof.tried(
      `${CONTACTS} contacts × 2 first messages, 0–${APART_MS} ms apart on 2 nodes; ${CONTACTS / BY_PAGE} by Direct Line`,
    )
    proof.figure(`${conversations - CONTACTS} conversations too many, 0 messages lost or doubled`)
  })

  async function count(table: 'conversations' | 'data_keys'): Promise<number> {
    const { db } = two.node(0).platform.database
    const { rows } = await db
      .selectFrom(table)
      .select((row) => row.fn.countAll<string>().as('rows'))
      .executeTakeFirstOrThrow()
    return Number(rows)
  }

  /** What a provider's webhook does on each node. */
  async function byWebhook(apart: number): Promise<First> {
    const contact = randomId()
    const found = await Promise.all(
      FIRST_WORDS.map(async (text, i) => {
        if (i === 1) await delay(apart)
        const { platform, turns } = two.node(i)
        const { database, keys } = platform
        const wanted = { channel: 'test', contact, userId: contact, language: 'fr' }
        const { id, created } = await findOrCreateConversation(database, keys, wanted)
        await receiveMessage(database, keys, id, { externalId: `${contact}/${i}`, body: { text }, at: new Date() })
        await turns.takeReceived(id)
        return { id, opened: created }
      }),
    )
    return { ...one(found), greeted: 1 as const, log: await two.log(one(found).id) }
  }

  /** Two tabs of one visitor, with one token. */
  async function byPage(apart: number): Promise<First> {
    const minted = await call(`${two.url(0)}/api/chat/tokens`, 'POST', undefined, { language: 'fr' })
    const token = minted.json['token'] as string
    const started = await Promise.all(
      FIRST_WORDS.map(async (text, i) => {
        if (i === 1) await delay(apart)
        const conversations = `${two.url(i)}/v3/directline/conversations`
        const start = await call(conversations, 'POST', token, {})
        const activity = { type: 'message', text, channelData: { clientActivityID: `first-${i}` } }
        const id = start.json['conversationId'] as ConversationId
        expect((await call(`${conversations}/${id}/activities`, 'POST', token, activity)).status).to.equal(200)
        return { id, opened: start.status === 201 }
      }),
    )
    return { ...one(started), greeted: 1 as const, log: await two.log(one(started).id) }
  }
})

/** The conversation that both nodes found. */
function one(found: { id: ConversationId; opened: boolean }[]): { id: ConversationId; opened: number } {
  const ids = [...new Set(found.map(({ id }) => id))]
  expect(ids, 'conversations').to.have.lengthOf(1)
  return { id: ids[0] as ConversationId, opened: found.filter(({ opened }) => opened).length }
}

/** How often the bot introduced itself. */
const greetings = (log: LoggedMessage[]): number =>
  log.filter(({ author, body }) => author === 'bot' && /un programme, pas une personne/.test(body.text)).length
