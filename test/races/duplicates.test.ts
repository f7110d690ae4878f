import { expect } from 'chai'
import { receiveMessage } from '../../services/conversations/index.ts'
import { toDate } from '../../services/platform/clock.ts'
import type { ConversationId } from '../../services/platform/ids.ts'
import { testClock } from '../support/clock.ts'
import { call } from '../support/directLineWire.ts'
import { eventually } from '../support/eventually.ts'
import { linesOf, parrot, parroted } from '../support/parrot.ts'
import { proves } from '../support/proofs.ts'
import { randomFrom, seedOfThisRun, type Random } from '../support/seeded.ts'
import { startTwoNodes, type TwoNodes } from '../support/twoNodes.ts'

const long = process.env['TEST_LONG'] === '1'
const COPIES = 10
const MESSAGES = 5
const BATCH = 50

/** One delivery of a message, as a provider or a client makes it. */
interface Delivery {
  id: ConversationId
  text: string
  node: number
}

describe('a message that is delivered again and again', function () {
  this.timeout(long ? 600_000 : 60_000)
  const clock = testClock('2026-11-24T15:00:00Z')
  const bot = parrot(async ({ text }) => {
    if (text === 'poison') throw new Error('the parrot is broken')
  })
  let two: TwoNodes
  before(async () => (two = await startTwoNodes({ clock, parts: { bot } })))
  after(() => two.stop())

  /** As a webhook does: keep it, answer, and take what waits. A line that is full has somebody who takes it. */
  async function deliver({ id, text, node }: Delivery): Promise<void> {
    const { platform, turns } = two.node(node)
    const at = toDate(clock.now())
    await receiveMessage(platform.database, platform.keys, id, { externalId: `${id}/${text}`, body: { text }, at })
    await turns.takeReceived(id).catch((error: { code?: string }) => {
      if (error.code !== 'tooMany') throw error
    })
  }

  proves('B3', 'by webhook ×10, shuffled, on both nodes, 36 h late, counts once', async (proof) => {
    const seed = seedOfThisRun()
    proof.seed(seed)
    const random = randomFrom(seed)
    const people = long ? 200 : 4
    const deliveries: Delivery[] = []
    const ids = await Promise.all(Array.from({ length: people }, () => two.conversation('test')))
    for (const id of ids)
      for (let m = 0; m < MESSAGES; m += 1)
        for (let copy = 0; copy < COPIES; copy += 1)
          deliveries.push({ id, text: `m${m}`, node: Math.floor(random() * 2) })
    shuffle(deliveries, random)
    // What came on time, in bursts; then, 36 hours later, all the rest and much of it again.
    const onTime = Math.floor(deliveries.length * 0.5)
    await inBursts(deliveries.slice(0, onTime), deliver)
    clock.advance({ hours: 36 })
    await inBursts(deliveries.slice(onTime), deliver)

    for (const id of ids) {
      const arrived = await arrivals(id)
      expect([...arrived].sort()).to.deep.equal(Array.from({ length: MESSAGES }, (_, m) => `m${m}`))
      expect(linesOf(await two.log(id)), 'once each, as they arrived').to.deep.equal(parroted(arrived))
    }
    proof.tried(
      `${deliveries.length} deliveries of ${people * MESSAGES} events, shuffled, on 2 nodes, half of them 36 h late`,
    )
    proof.figure('0 lost, 0 doubled, 0 out of the order of arrival')
  })

  /** The texts in the order in which the database first had them. */
  async function arrivals(id: ConversationId): Promise<string[]> {
    const { db } = two.node(0).platform.database
    const rows = await db
      .selectFrom('messages')
      .select('external_id')
      .where('conversation_id', '=', id)
      .where('author', '=', 'newcomer')
      .orderBy('arrival')
      .execute()
    return rows.map(({ external_id }) => external_id?.split('/')[1] ?? '')
  }

  proves('B3', 'of a batch of 50 with one that cannot be processed, 49 are', async (proof) => {
    const batches = long ? 50 : 1
    let failed = 0
    for (let batch = 0; batch < batches; batch += 1) {
      const ids = await Promise.all(Array.from({ length: BATCH }, () => two.conversation('test')))
      const bad = batch % BATCH
      // All entries come in one request, so on one node, one after the other.
      for (const [i, id] of ids.entries()) await deliver({ id, text: i === bad ? 'poison' : 'bonjour', node: batch })
      for (const [i, id] of ids.entries()) {
        const lines = linesOf(await two.log(id))
        if (i !== bad) expect(lines).to.deep.equal(parroted(['bonjour']))
        else expect(lines[0]).to.equal('newcomer: poison')
        if ((await two.people.state(id)).mode === 'waiting') failed += 1
      }
    }
    expect(failed, 'people were called, one a batch').to.equal(batches)
    proof.tried(`${batches} × ${BATCH} events, one of each always throws`)
    proof.figure(`${batches * (BATCH - 1)} processed, ${failed} kept as failed with a person called (1/${BATCH})`)
  })

  proves('B3', 'by Direct Line ×10 at once on both nodes, and again 36 h later, counts once', async (proof) => {
    const seed = seedOfThisRun()
    proof.seed(seed)
    const random = randomFrom(seed)
    const visitors = await Promise.all(Array.from({ length: long ? 100 : 3 }, () => openVisitor()))
    const ids = new Map<string, Set<string>>()
    let copies = 0
    const post = async ({ visitor, text, node }: { visitor: Visitor; text: string; node: number }): Promise<void> => {
      const key = `${visitor.id}/${text}`
      ids.set(key, (ids.get(key) ?? new Set()).add(await persistently(visitor, text, node)))
      copies += 1
    }
    const shuffled = (times: number) => {
      const all = visitors.flatMap((visitor) =>
        Array.from({ length: MESSAGES * times }, (_, i) => {
          return { visitor, text: `m${i % MESSAGES}`, node: Math.floor(random() * 2) }
        }),
      )
      shuffle(all, random)
      return all
    }
    await inBursts(shuffled(COPIES), post)
    clock.advance({ hours: 36 })
    for (const visitor of visitors) await visitor.comesBack()
    await inBursts(shuffled(1), post)

    expect([...ids.values()].map((acknowledged) => acknowledged.size)).to.deep.equal(
      Array.from({ length: visitors.length * MESSAGES }, () => 1),
    )
    for (const { id } of visitors) {
      const said = (await two.log(id)).filter(({ kind }) => kind === 'message')
      const texts = said.filter(({ author }) => author === 'newcomer').map(({ body }) => body.text)
      expect([...texts].sort()).to.deep.equal(Array.from({ length: MESSAGES }, (_, m) => `m${m}`))
      expect(linesOf(said)).to.deep.equal(['bot: start', ...parroted(texts)])
    }
    proof.tried(`${copies} posts of ${ids.size} messages, shuffled, on 2 nodes, one copy of each 36 h late`)
    proof.figure('0 lost, 0 doubled; all copies of a message answered with one id')
  })

  interface Visitor {
    id: ConversationId
    token: string
    /** A fresh token, by the page's cookie: the old one has ended. */
    comesBack(): Promise<void>
  }

  async function openVisitor(): Promise<Visitor> {
    const minted = await call(`${two.url(0)}/api/chat/tokens`, 'POST', undefined, {})
    const cookie = minted.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    const token = minted.json['token'] as string
    const started = await call(`${two.url(0)}/v3/directline/conversations`, 'POST', token, {})
    const visitor: Visitor = {
      id: started.json['conversationId'] as ConversationId,
      token,
      async comesBack() {
        const again = await call(`${two.url(1)}/api/chat/tokens`, 'POST', undefined, {}, { cookie })
        visitor.token = again.json['token'] as string
      },
    }
    return visitor
  }

  /** Posts until it is acknowledged; the line of a conversation may be full (429), which asks for patience. */
  async function persistently({ id, token }: Visitor, text: string, node: number): Promise<string> {
    const url = `${two.url(node)}/v3/directline/conversations/${id}/activities`
    const activity = { type: 'message', text, channelData: { clientActivityID: `client-${text}` } }
    return eventually(`${text} is acknowledged`, async () => {
      const { status, json } = await call(url, 'POST', token, activity)
      if (status !== 429) expect(status).to.equal(200)
      return json['id'] as string | undefined
    })
  }
})

async function inBursts<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  for (let i = 0; i < all.length; i += 100) await Promise.all(all.slice(i, i + 100).map(work))
}

function shuffle<T>(all: T[], random: Random): void {
  for (let i = all.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1))
    const [a, b] = [all[i] as T, all[j] as T]
    all[i] = b
    all[j] = a
  }
}
