import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { eventually } from '../support/eventually.ts'
import { proves } from '../support/proofs.ts'
import { randomFrom, seedOfThisRun, type Random } from '../support/seeded.ts'
import { CLIENT_LIMIT_MS } from '../support/world/delivery.ts'
import type { BlackHole } from '../support/world/faultProxy.ts'
import type { History } from '../support/world/history.ts'
import { underLoad } from '../support/world/load.ts'
import type { Link } from '../support/world/proxyLink.ts'
import { sharedWorld } from '../support/world/sharedWorld.ts'
import type { World, WorldNode } from '../support/world/world.ts'

const long = process.env['TEST_LONG'] === '1'
const CROWD = long ? { people: 40, agents: 4 } : { people: 16, agents: 2 }
/** Each round, one node's connections are dead in one way; in the last way, PostgreSQL hears and is not heard. */
const WAYS: NonNullable<BlackHole['direction']>[] = long
  ? ['toServer', 'both', 'toClient', 'toServer', 'both', 'toClient']
  : ['toClient']
const DETECTED_MS = 15_000

describe('connections to PostgreSQL that are dead and do not say so', function () {
  this.timeout(long ? 600_000 : 120_000)
  let world: World
  before(async () => (world = await sharedWorld()))
  after(() => world.calm())

  proves(
    'A8',
    'are noticed within 15 s, the bell’s and the pool’s; work goes on and nothing is missed',
    async (proof) => {
      const seed = seedOfThisRun()
      proof.seed(seed)
      const random = randomFrom(seed)
      const dead: Link[] = []
      const manner = { listening: 0.6, duplicates: 0.1, pauseMs: 200 }
      const outcome = await underLoad(world, { ...CROWD, manner }, random, async (history) => {
        for (const [round, way] of WAYS.entries())
          dead.push(...(await deadFor(world.node(round), way, random, history)))
      })
      const noticed = (kind: Link['kind']): number[] =>
        dead.filter((link) => link.kind === kind).flatMap(({ noticedAfterMs }) => noticedAfterMs ?? [])
      const [bell, pool] = [noticed('bell'), noticed('pool')]
      const midTurn = dead.filter((link) => link.wasInTransaction).length
      expect(bell, 'the connections of bells').to.have.lengthOf(WAYS.length)
      expect(pool.length, 'connections of the pool that were used').to.be.at.least(WAYS.length)
      expect(midTurn, 'dead in the middle of a turn').to.be.above(0)
      expect(Math.max(...bell, ...pool)).to.be.below(DETECTED_MS)
      expect(outcome.attempts.timedOut, 'calls without an answer in 20 s').to.deep.equal([])
      expect(world.selfCrashes(), 'ends that nobody asked for').to.equal(0)
      const most = (all: number[]): string => (Math.max(...all) / 1000).toFixed(1)
      proof.tried(
        `${WAYS.length} black holes of a node: ${bell.length} bells, ${pool.length} pool connections in use, ${midTurn} mid-turn; ${outcome.summary}`,
      )
      proof.figure(
        `noticed in at most ${most(bell)} s (bell), ${most(pool)} s (pool); 0 events missed on ${outcome.watching} streams; slowest answer ${most([outcome.attempts.slowestMs])} s of ${CLIENT_LIMIT_MS / 1000}`,
      )
    },
  )
})

/** Nothing passes on the connections that a node has now, until it has given up each that it used. */
async function deadFor(
  node: WorldNode,
  direction: NonNullable<BlackHole['direction']>,
  random: Random,
  history: History,
): Promise<Link[]> {
  const { proxy } = node
  await eventually('its bell listens', () => [...proxy.links].some(({ kind }) => kind === 'bell'), 20_000)
  await delay(random() * 500)
  // Some connection is in the middle of a turn: that is the worst moment.
  await eventually('a turn', () => [...proxy.links].some((link) => link.kind === 'pool' && link.inTransaction), 10_000)
  const dead = proxy.blackHole(() => true, { direction })
  history.note('fault', `dead ${direction}`)
  const used = (): Link[] => dead.filter((link) => link.isAsked)
  await eventually(
    'they are noticed',
    () => used().length > 1 && used().every((link) => link.noticedAfterMs !== undefined),
    60_000,
  )
  proxy.heal()
  return dead
}
