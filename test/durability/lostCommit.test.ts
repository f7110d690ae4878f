import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { proves } from '../support/proofs.ts'
import { randomFrom, seedOfThisRun } from '../support/seeded.ts'
import { thousands, underLoad } from '../support/world/load.ts'
import { sharedWorld } from '../support/world/sharedWorld.ts'
import type { World } from '../support/world/world.ts'

const long = process.env['TEST_LONG'] === '1'
const LOST_COMMITS = long ? 1_000 : 40
const CROWD = long ? { people: 60, agents: 4 } : { people: 16, agents: 2 }
/** Share of the COMMITs whose answer is lost. */
const SHARE = 0.3

describe('a COMMIT that is done, and whose answer is lost', function () {
  this.timeout(long ? 600_000 : 120_000)
  let world: World
  before(async () => (world = await sharedWorld()))
  after(() => world.calm())

  proves('A4', 'is found done by the next try: nothing is lost and nothing happens twice', async (proof) => {
    const seed = seedOfThisRun()
    proof.seed(seed)
    const random = randomFrom(seed)
    const lost = (): number => world.nodes.reduce((sum, { proxy }) => sum + proxy.lostCommits, 0)
    const before = lost()
    const manner = { duplicates: 0, pauseMs: 40, asking: 0.4 }
    const outcome = await underLoad(world, { ...CROWD, manner }, random, async () => {
      for (const { proxy } of world.nodes) proxy.loseCommits(() => random() < SHARE)
      while (lost() - before < LOST_COMMITS) await delay(10)
      for (const { proxy } of world.nodes) proxy.loseCommits(undefined)
    })
    const ambiguous = lost() - before
    expect(ambiguous, 'answers that were really lost').to.be.at.least(LOST_COMMITS)
    expect(world.selfCrashes(), 'ends that nobody asked for').to.equal(0)
    proof.tried(`${thousands(ambiguous)} COMMITs done by PostgreSQL and not answered; ${outcome.summary}`)
    proof.figure(`0 doubled, 0 lost, 0 self-crashes; answer p99 ${outcome.waits.p99} ms`)
  })
})
