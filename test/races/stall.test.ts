import { expect } from 'chai'
import pg from 'pg'
import { createTurns, DEADLINE_MS } from '../../bots/turn.ts'
import type { Turns } from '../../bots/inbound.ts'
import { receiveMessage } from '../../services/conversations/index.ts'
import type { ConversationId } from '../../services/platform/ids.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { linesOf, parrot } from '../support/parrot.ts'
import { proves } from '../support/proofs.ts'
import { startTwoNodes, type TwoNodes } from '../support/twoNodes.ts'

const long = process.env['TEST_LONG'] === '1'
/** A short run gives a turn less time, and in proportion those who wait for its lock; the rules are the same. */
const DEADLINE = long ? DEADLINE_MS : 1_500
const WAITING = long ? {} : { lock_timeout: 600 }
const LOCKED_AT_MOST = long ? 15_000 : 4_000
const ROUNDS = long ? 6 : 1
/** Conversations that stall at once: less than a node has connections. */
const STALLED = 4

describe('a turn that never ends', function () {
  this.timeout(long ? 600_000 : 60_000)
  const running = new Map<string, PromiseWithResolvers<void>>()
  const never = new Promise<never>(() => {})
  let tries = 0
  const bot = parrot(async ({ text }) => {
    if (!text.startsWith('stall')) return
    tries += 1
    running.get(text)?.resolve()
    await never
  })
  let database: TestDatabase
  let two: TwoNodes
  let turns: readonly [Turns, Turns]
  before(async () => {
    database = await createTestDatabase()
    const connection = { ...database.connection, ...WAITING }
    two = await startTwoNodes({ parts: { bot }, database: { ...database, connection } })
    turns = [createTurns(two.node(0).platform, bot, DEADLINE), createTurns(two.node(1).platform, bot, DEADLINE)]
  })
  after(async () => {
    await two.stop()
    await database.drop()
  })

  proves('A12', 'is ended, frees its conversation, and the next message is answered', async (proof) => {
    const locked: number[] = []
    const others: number[] = []
    for (let round = 0; round < ROUNDS; round += 1)
      await Promise.all(
        Array.from({ length: STALLED }, async (_, i) => {
          const id = await two.conversation('test')
          const text = `stall ${round} ${i}`
          running.set(text, Promise.withResolvers())
          const stalled = i % 2 === 0 ? say(id, text, 0) : byWebhook(id, text)
          await running.get(text)?.promise
          const free = lockedFor(id)
          // Behind it, on the other node and on its own; beside it, somebody else.
          const behind = [say(id, 'ensuite', 1), say(id, 'enfin', 0)]
          others.push(await elapsed(say(await two.conversation('test'), 'bonjour', 0)))
          locked.push(await free)
          await Promise.all([stalled, ...behind])
          await expectGoneOn(id, text)
        }),
      )
    expect(tries, 'tries of what stalls').to.equal(ROUNDS * STALLED)
    expect(Math.max(...others), 'ms that somebody else waited').to.be.below(DEADLINE)
    expect(Math.min(...locked), 'ms: it was really locked').to.be.above(DEADLINE * 0.5)
    expect(Math.max(...locked), 'ms locked').to.be.below(LOCKED_AT_MOST)
    proof.tried(
      `${ROUNDS * STALLED} turns that never end (page, webhook), ${STALLED} at once; deadline ${DEADLINE / 1000} s; messages behind and beside`,
    )
    proof.figure(
      `0 locked > ${LOCKED_AT_MOST / 1000} s (longest ${(Math.max(...locked) / 1000).toFixed(2)} s); all ${locked.length * 2} behind answered; others ≤ ${Math.round(Math.max(...others))} ms`,
    )
  })

  const say = (conversationId: ConversationId, text: string, node: 0 | 1): Promise<unknown> =>
    turns[node].take({ conversationId, externalId: `${conversationId}/${text}`, kind: 'message', body: { text } })

  async function byWebhook(id: ConversationId, text: string): Promise<unknown> {
    const { database, keys } = two.node(0).platform
    await receiveMessage(database, keys, id, { externalId: `${id}/${text}`, body: { text }, at: new Date() })
    return turns[0].takeReceived(id)
  }

  /** How long somebody who wants the conversation's lock from now on waits for it. */
  async function lockedFor(id: ConversationId): Promise<number> {
    const client = new pg.Client(database.connection)
    await client.connect()
    try {
      return await elapsed(client.query('select id from conversations where id = $1 for update', [id]))
    } finally {
      await client.end()
    }
  }

  async function expectGoneOn(id: ConversationId, text: string): Promise<void> {
    const log = await two.log(id)
    expect(log.filter(({ status }) => status === 'failed').map(({ body }) => body.text)).to.deep.equal([text])
    const lines = linesOf(log)
    expect(lines.filter((line) => line.startsWith('bot')).map((line) => line.replace(/^bot: /, ''))).to.have.members(
      lines.includes('bot: 1: enfin') ? ['1: enfin', '2: ensuite'] : ['1: ensuite', '2: enfin'],
    )
    expect(
      lines.filter((line) => /une personne vous répondra/.test(line)),
      'told once',
    ).to.have.lengthOf(1)
    expect(await two.people.state(id)).to.deep.include({ mode: 'waiting', handoff: 'waiting' })
  }
})

async function elapsed(work: Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work
  return performance.now() - started
}
