import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { proves } from '../support/proofs.ts'
import { randomFrom, seedOfThisRun } from '../support/seeded.ts'
import { underLoad } from '../support/world/load.ts'
import { otherBuild, type OtherBuild } from '../support/world/otherBuild.ts'
import type { Exit } from '../support/world/serverNode.ts'
import { sharedWorld } from '../support/world/sharedWorld.ts'
import type { World } from '../support/world/world.ts'

const long = process.env['TEST_LONG'] === '1'
const CROWD = long ? { people: 60, agents: 4 } : { people: 16, agents: 2 }
/** N → N+1 → N: which node goes to which build; between two steps of one direction both builds run. */
const STEPS: readonly { node: number; to: 'next' | 'first' }[] = long
  ? [
      { node: 0, to: 'next' },
      { node: 1, to: 'next' },
      { node: 1, to: 'first' },
      { node: 0, to: 'first' },
    ]
  : [
      { node: 0, to: 'next' },
      { node: 0, to: 'first' },
    ]
const MIXED_MS = long ? 30_000 : 500
const EXIT_MS = 10_000
const SERVICE_RESTART = 1012

describe('a release is rolled out, and back, under load', function () {
  this.timeout(long ? 600_000 : 120_000)
  let world: World
  let next: OtherBuild
  before(async () => {
    world = await sharedWorld()
    next = otherBuild()
  })
  after(() => next.remove())

  // There has been one release: both builds are of the same commit, in folders of their own.
  proves(
    'I2',
    'and no turn is lost; each node ends within 10 s, and its sockets are told to come back',
    async (proof) => {
      const seed = seedOfThisRun()
      proof.seed(seed)
      const random = randomFrom(seed)
      const exits: Exit[] = []
      const first = world.nodes[0]?.entry ?? ''
      const manner = { listening: 0.6, duplicates: 0.1, pauseMs: 300 }
      const outcome = await underLoad(world, { ...CROWD, manner }, random, async (history) => {
        for (const { node, to } of STEPS) {
          await delay(random() * 500)
          history.note('fault', `roll ${node} to the ${to}`)
          const one = world.node(node)
          exits.push(await one.roll(to === 'next' ? next.entry : first))
          expect(one.entry).to.equal(to === 'next' ? next.entry : first)
          await one.ready()
          await delay(MIXED_MS)
        }
      })
      expect(
        exits.map(({ code }) => code),
        'exit codes',
      ).to.deep.equal(STEPS.map(() => 0))
      const slowest = Math.max(...exits.map(({ ms }) => ms))
      expect(slowest, 'the slowest end, in ms').to.be.below(EXIT_MS)
      const told = outcome.closes.filter((code) => code === SERVICE_RESTART).length
      expect(told, 'sockets that were told').to.be.above(0)
      expect(
        outcome.closes.filter((code) => code !== SERVICE_RESTART),
        'sockets that were cut without a word',
      ).to.deep.equal([])
      const { byStatus, withoutRetryAfter } = outcome.attempts
      const wrong = [...byStatus].filter(([status]) => status >= 500 && status !== 503)
      expect(wrong, 'answers that ask for nothing and give nothing').to.deep.equal([])
      expect(withoutRetryAfter, '"later" without saying when').to.equal(0)
      expect(world.selfCrashes(), 'ends that nobody asked for').to.equal(0)
      proof.tried(
        `${exits.length} SIGTERMs, N → N+1 → N (two builds of one commit), mixed ${MIXED_MS / 1000} s each; ${outcome.summary}`,
      )
      proof.figure(
        `0 lost turns, 0 errors, ${outcome.attempts.cut} requests cut; ends in at most ${(slowest / 1000).toFixed(1)} s; ${told}/${outcome.closes.length} sockets closed 1012; answer p99 ${outcome.waits.p99} ms`,
      )
    },
  )
})
