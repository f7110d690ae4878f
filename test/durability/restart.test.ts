import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { proves } from '../support/proofs.ts'
import { randomFrom, seedOfThisRun } from '../support/seeded.ts'
import { exhaustConnections } from '../support/world/exhaust.ts'
import type { History } from '../support/world/history.ts'
import { underLoad } from '../support/world/load.ts'
import { sharedWorld } from '../support/world/sharedWorld.ts'
import type { World } from '../support/world/world.ts'

const long = process.env['TEST_LONG'] === '1'
const CROWD = long ? { people: 60, agents: 4 } : { people: 16, agents: 2 }
/** A call is held for 12 s: longer than that, and clients must be told to come back. */
const FULL_MS = long ? 25_000 : 1_000
const RECOVERED_MS = 20_000

type Trouble = 'restart fast' | 'restart immediate' | 'all sessions ended' | 'no connection left'
const TROUBLES: readonly Trouble[] = long
  ? [
      'restart fast',
      'restart immediate',
      'all sessions ended',
      'no connection left',
      'restart immediate',
      'all sessions ended',
      'restart fast',
    ]
  : ['restart fast', 'restart immediate', 'all sessions ended', 'no connection left']

describe('PostgreSQL restarts, ends sessions, is full', function () {
  this.timeout(long ? 600_000 : 120_000)
  let world: World
  before(async () => (world = await sharedWorld()))
  after(() => world.calm())

  proves(
    'A5',
    'and every call is held or told when to come back; no false "kept"; it recovers alone',
    async (proof) => {
      const seed = seedOfThisRun()
      proof.seed(seed)
      const random = randomFrom(seed)
      const ended = { sessions: 0 }
      const outages: { trouble: Trouble; ms: number }[] = []
      const outcome = await underLoad(world, CROWD, random, async (history) => {
        for (const trouble of TROUBLES) {
          await delay(200 + random() * 300)
          history.note('fault', trouble)
          ended.sessions += await make(world, trouble)
          history.note('fault', `over: ${trouble}`)
          outages.push({ trouble, ms: await recovered(world, history) })
        }
      })
      const { byStatus, withoutRetryAfter, timedOut, slowestMs } = outcome.attempts
      const statuses = [...byStatus.keys()].filter((status) => status !== 0)
      expect(statuses, 'answers').to.satisfy((all: number[]) =>
        all.every((status) => status < 300 || [403, 404, 409, 429, 503].includes(status)),
      )
      expect(withoutRetryAfter, '"later" without saying when').to.equal(0)
      expect(timedOut, 'calls without an answer in 20 s').to.deep.equal([])
      expect(ended.sessions, 'sessions that were ended').to.be.above(TROUBLES.length)
      if (long) expect(byStatus.get(429), 'told to come back').to.be.above(0)
      expect(world.selfCrashes(), 'ends that nobody asked for').to.equal(0)
      const worst = outages.reduce((a, b) => (b.ms > a.ms ? b : a))
      proof.tried(
        `${TROUBLES.length} × restart fast, immediate, sessions ended (${ended.sessions}), full ${FULL_MS / 1000} s; ${outcome.summary}`,
      )
      proof.figure(
        `0 false 2xx; outage after recovery at most ${(worst.ms / 1000).toFixed(1)} s (${worst.trouble}); ${refusals(byStatus)} told to come back, all when; slowest answer ${(slowestMs / 1000).toFixed(1)} s`,
      )
    },
  )
})

const refusals = (byStatus: ReadonlyMap<number, number>): number => (byStatus.get(429) ?? 0) + (byStatus.get(503) ?? 0)

/** Makes the trouble, and resolves when it is over, to how many sessions it ended. */
async function make({ postgres }: World, trouble: Trouble): Promise<number> {
  if (trouble === 'no connection left') return exhaustConnections(postgres.connection, FULL_MS)
  const ours = "from pg_stat_activity where application_name = 'parcours'"
  if (trouble === 'all sessions ended') return (await postgres.ask(`select pg_terminate_backend(pid) ${ours}`)).length
  const [before] = await postgres.ask<{ count: number }>(`select count(*)::int as count ${ours}`)
  await postgres.restart(trouble === 'restart fast' ? 'fast' : 'immediate')
  return before?.count ?? 0
}

/** Ms until every node has acknowledged a message that it was given after the trouble. */
async function recovered({ nodes }: World, history: History): Promise<number> {
  const from = history.entries.length
  const began = performance.now()
  const served = (): boolean => {
    const later = history.entries.slice(from)
    const begun = new Set(later.flatMap(({ phase, what, op }) => (phase === 'invoke' && what === 'say' ? [op] : [])))
    return nodes.every(({ index }) =>
      later.some(({ op, phase, node }) => phase === 'ok' && node === index && begun.has(op)),
    )
  }
  while (!served()) {
    if (performance.now() - began > RECOVERED_MS) throw new Error('it does not recover')
    await delay(10)
  }
  return performance.now() - began
}
