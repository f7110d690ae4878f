import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { proves } from '../support/proofs.ts'
import { randomFrom, seedOfThisRun, shuffled, type Random } from '../support/seeded.ts'
import type { History } from '../support/world/history.ts'
import { underLoad, waitsOf, type Outcome } from '../support/world/load.ts'
import { sharedWorld } from '../support/world/sharedWorld.ts'
import type { World } from '../support/world/world.ts'

const long = process.env['TEST_LONG'] === '1'
const CROWD = long
  ? { people: 200, agents: 4, manner: { messages: [15, 25] as const, pauseMs: 3_000 } }
  : { people: 20, agents: 2 }
const SERVER_KILLS = { alone: long ? 50 : 3, withPostgres: long ? 50 : 2 }
const POSTGRES_KILLS = long ? 10 : 2
/** The longest pause between two kills, in ms. */
const PAUSE_MS = long ? 1_000 : 900

type Kill = 'server' | 'postgres'
/** `serving`: of the servers, those that were in service and not still starting. */
const NONE = { server: 0, serving: 0, postgres: 0, backMs: [] as number[] }

describe('killed at random under load', function () {
  this.timeout(long ? 600_000 : 120_000)
  let world: World
  before(async () => (world = await sharedWorld()))

  proves('A1', 'a server that is killed loses nothing that it acknowledged, and does nothing twice', async (proof) => {
    const seed = seedOfThisRun()
    proof.seed(seed)
    const random = randomFrom(seed)
    const kills = Array<Kill>(SERVER_KILLS.alone).fill('server')
    let done = NONE
    const outcome = await underLoad(world, CROWD, random, async (history) => {
      done = await killAll(world, kills, random, history)
    })
    expect(done.server, 'the kills happened').to.equal(SERVER_KILLS.alone)
    expect(done.serving, 'of servers in service').to.be.at.least(SERVER_KILLS.alone / 3)
    expect(world.selfCrashes(), 'ends that nobody asked for').to.equal(0)
    proof.tried(
      `${done.server} server kills (${done.serving} in service, else starting; 2 nodes); ${outcome.summary}, ${copies(outcome)} % acknowledged twice`,
    )
    proof.figure(
      `0 lost, 0 doubled, 0 reordered, 0 crossed; all finish; answer p50 ${outcome.waits.p50} ms, p99 ${outcome.waits.p99} ms`,
    )
  })

  proves('A2', 'so do PostgreSQL and a server that are killed, and no server ends by itself', async (proof) => {
    const seed = seedOfThisRun()
    proof.seed(seed)
    const random = randomFrom(seed)
    const kills = shuffled(
      [...Array<Kill>(SERVER_KILLS.withPostgres).fill('server'), ...Array<Kill>(POSTGRES_KILLS).fill('postgres')],
      random,
    )
    let done = NONE
    const outcome = await underLoad(world, CROWD, random, async (history) => {
      done = await killAll(world, kills, random, history)
    })
    expect([done.server, done.postgres], 'the kills happened').to.deep.equal([
      SERVER_KILLS.withPostgres,
      POSTGRES_KILLS,
    ])
    expect(world.selfCrashes(), 'ends that nobody asked for').to.equal(0)
    const reconnect = waitsOf(done.backMs)
    proof.tried(`${done.server} server kills, ${done.postgres} × kill -9 PostgreSQL; ${outcome.summary}`)
    proof.figure(
      `0 lost, 0 doubled, 0 reordered, 0 self-crashes, ${world.refusedStarts()} starts refused; first turn after a kill p99 ${reconnect.p99} ms; answer p99 ${outcome.waits.p99} ms`,
    )
  })
})

/** Kills as planned, each after a random while. `backMs`: from each kill of PostgreSQL to the next acknowledged message. */
async function killAll(world: World, kills: readonly Kill[], random: Random, history: History) {
  const done = { ...NONE, backMs: [] as number[] }
  for (const kill of kills) {
    await delay(random() * PAUSE_MS)
    if (kill === 'server') {
      const victim = world.node(random() * world.nodes.length)
      // With no node left there would be nothing to lose: before every second kill all have come back.
      if (done.server % 2 === 0) await world.allServing()
      if (victim.isServing) done.serving += 1
      history.note('fault', kill)
      await victim.kill()
    } else {
      history.note('fault', kill)
      const began = performance.now()
      const from = history.entries.length
      const answersAfter = await world.postgres.kill()
      const fresh = await untilAcknowledged(history, from, began + answersAfter)
      done.backMs.push(fresh - began)
    }
    done[kill] += 1
  }
  return done
}

/** When the next message was acknowledged that was first delivered after the kill. */
async function untilAcknowledged(history: History, from: number, notBefore: number): Promise<number> {
  for (;;) {
    const begun = new Set(
      history.entries.slice(from).flatMap(({ phase, what, op }) => (phase === 'invoke' && what === 'say' ? [op] : [])),
    )
    if (
      performance.now() >= notBefore &&
      history.entries.slice(from).some(({ op, phase }) => phase === 'ok' && begun.has(op))
    )
      return performance.now()
    await delay(5)
  }
}

/** Copies that were acknowledged again, in percent of the messages. */
const copies = ({ again, acknowledged }: Outcome): number => Math.round((100 * again) / Math.max(1, acknowledged))
