import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { receiveMessage } from '../../services/conversations/index.ts'
import { isAway } from '../../services/platform/database.ts'
import type { ConversationId } from '../../services/platform/ids.ts'
import { openCommitCutter, type CommitCutter } from '../support/commitCutter.ts'
import { createTestDatabase } from '../support/database.ts'
import { linesOf, parrot } from '../support/parrot.ts'
import { proves } from '../support/proofs.ts'
import { randomFrom, seedOfThisRun } from '../support/seeded.ts'
import { startTwoNodes, type TwoNodes } from '../support/twoNodes.ts'

const long = process.env['TEST_LONG'] === '1'
const CONVERSATIONS = long ? 250 : 25
const EVENTS = long ? 20 : 6
const AT_ONCE = 25
/** How many commits of the log are cut. */
const SHARE_CUT = 0.08

describe('the same delivery on two nodes at once', function () {
  this.timeout(long ? 600_000 : 60_000)
  const seed = seedOfThisRun()
  const random = randomFrom(seed)
  let cutter: CommitCutter
  let two: TwoNodes
  before(async () => {
    cutter = await openCommitCutter(await createTestDatabase(), () => random() < SHARE_CUT)
    two = await startTwoNodes({ database: cutter, parts: { bot: parrot() } })
  })
  after(async () => {
    await two.stop()
    await cutter.drop()
    cutter.close()
  })

  proves('C3', 'has one effect, also when connections die between an insert and its commit', async (proof) => {
    proof.seed(seed)
    let again = 0
    /** One delivery to one node, repeated as a provider does until the node says 200. */
    async function deliver(id: ConversationId, text: string, node: number): Promise<void> {
      const { platform, turns } = two.node(node)
      const { database, keys } = platform
      for (;;)
        try {
          await receiveMessage(database, keys, id, { externalId: `${id}/${text}`, body: { text }, at: new Date() })
          return void (await turns.takeReceived(id))
        } catch (error) {
          if (!isAway(error)) throw error
          again += 1
          await delay(random() * 10)
        }
    }
    async function talk(): Promise<void> {
      const id = await two.conversation('test')
      const heard: string[] = []
      for (let event = 0; event < EVENTS; event += 1) {
        const text = `e${event}`
        await Promise.all([deliver(id, text, 0), deliver(id, text, 1)])
        heard.push(`newcomer: ${text}`, `bot: ${event + 1}: ${text}`)
      }
      expect(linesOf(await two.log(id))).to.deep.equal(heard)
      const { rows } = await two
        .node(0)
        .platform.database.pool.query<{ n: string }>('select count(*) as n from messages where conversation_id = $1', [
          id,
        ])
      expect(Number(rows[0]?.n), 'rows, with or without a place in the log').to.equal(heard.length)
    }
    for (let done = 0; done < CONVERSATIONS; done += AT_ONCE)
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, CONVERSATIONS - done) }, talk))
    expect(cutter.cuts, 'commits that were cut').to.be.above(CONVERSATIONS)
    expect(again, 'deliveries that were told of it').to.be.above(0)
    proof.tried(
      `${CONVERSATIONS * EVENTS} events, each on 2 nodes at once; ${cutter.cuts} connections cut between insert and commit, ${again} redeliveries`,
    )
    proof.figure('0 lost, 0 doubled, 0 out of order')
  })
})
