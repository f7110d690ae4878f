import { availableParallelism, cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import type { Measured } from '../bench/people.ts'
import { countRoundTrips } from '../bench/roundTrips.ts'
import { contest, type Load, type Standing } from './bench/contest.ts'
import { measureGrowth } from './bench/growth.ts'
import { measureHandoff, measureIdle } from './bench/handoff.ts'

/** Said one after the other to count round trips: a question, an answer that is saved, free talk, a request for a person. */
const COUNTED = [
  'English',
  'Yes, I agree',
  'My name is Oleksandr',
  'In Québec',
  'I don’t know',
  'where do I find a flat?',
  'I need a person',
]
const SECTIONS = ['trips', 'contest', 'handoff', 'growth', 'idle'] as const

/**
 * `npm run bench`: what a turn costs, beside botbuilder's own sample and beside the least that a
 * database asks for, all on this machine in one run. `--only contest,handoff` for some of it,
 * `--messages 10000000` for a larger database, `--json` for one object as the last line.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      people: { type: 'string', default: '32' },
      seconds: { type: 'string', default: '8' },
      rounds: { type: 'string', default: '3' },
      messages: { type: 'string', default: '1000000' },
      sockets: { type: 'string', default: '10000' },
      only: { type: 'string', default: SECTIONS.join(',') },
      json: { type: 'boolean', default: false },
    },
  })
  const load: Load = { people: Number(values.people), seconds: Number(values.seconds) }
  const rounds = Number(values.rounds)
  const only = values.only.split(',')
  const figures: Record<string, number> = {}
  console.log(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores for server, PostgreSQL and people together, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, ${process.platform}`,
  )

  if (only.includes('trips'))
    for (const trip of await countRoundTrips(COUNTED))
      console.log(`${trip.roundTrips} round trips, ${trip.statements} statements: ${trip.said}`)

  let rate = 0
  if (only.includes('contest')) {
    const { parcours, sample, limit } = await contest(load, rounds)
    for (const standing of [sample, limit, parcours]) showStanding(standing)
    const perSecond = ({ middle }: Standing): number => middle.turns / middle.seconds
    rate = perSecond(parcours)
    Object.assign(figures, {
      turnsPerSecond: rate,
      p50Ms: parcours.middle.p50,
      p99Ms: parcours.middle.p99,
      sampleTurnsPerSecond: perSecond(sample),
      limitPerSecond: perSecond(limit),
      ratioToSample: rate / perSecond(sample),
      ratioToLimit: rate / perSecond(limit),
      cpuMsPerTurn: (parcours.middle.cpu.server * 1000) / parcours.middle.turns,
      rssMb: parcours.rssMb,
    })
    console.log(
      `${figures['ratioToSample']?.toFixed(2)} times the sample, ${figures['ratioToLimit']?.toFixed(2)} of the limit`,
    )
  }

  if (only.includes('handoff')) {
    const times = await measureHandoff(rate === 0 ? 150 : rate / 2, load.seconds)
    console.log(
      `a message to the agent's socket, ${times.background.toFixed(0)} turns/s beside it: p50 ${times.p50.toFixed(1)} ms, p99 ${times.p99.toFixed(1)} ms, slowest ${times.max.toFixed(0)} ms, ${times.messages} messages`,
    )
    figures['handoffP99Ms'] = times.p99
  }

  if (only.includes('growth')) {
    const { small, large, growth } = await measureGrowth(load, [10_000, Number(values.messages)], rounds)
    for (const { messages, runs } of [small, large])
      console.log(`with ${messages} messages: ${runs.map((run) => `${perSecondOf(run)}/s`).join(', ')}`)
    console.log(`a turn takes ${growth.toFixed(2)} times as long`)
    figures['growth'] = growth
  }

  if (only.includes('idle')) {
    const { sockets, mbBefore, mbAfter, talking } = await measureIdle(Number(values.sockets), load)
    console.log(
      `${sockets.open} idle sockets opened with their conversations in ${sockets.seconds.toFixed(1)} s, ${sockets.failed} failed; ${mbBefore.toFixed(0)} MB before, ${mbAfter.toFixed(0)} MB with them; beside them ${perSecondOf(talking)}/s, p99 ${talking.p99.toFixed(1)} ms`,
    )
    figures['idleSocketsMb'] = mbAfter
  }

  if (values.json) console.log(JSON.stringify(figures))
}

function showStanding({ contender, runs, middle, rssMb }: Standing): void {
  const each = (seconds: number): string => ((seconds * 1000) / middle.turns).toFixed(2)
  const { server, postgres, people } = middle.cpu
  console.log(
    `${contender}: ${perSecondOf(middle)}/s (${runs.map(perSecondOf).join(', ')}); p50 ${middle.p50.toFixed(1)} ms, p99 ${middle.p99.toFixed(1)} ms, ${middle.failed} failed; ` +
      `processor ms a turn: server ${each(server)}, PostgreSQL ${each(postgres)}, people ${each(people)}; ${rssMb.toFixed(0)} MB`,
  )
}

const perSecondOf = ({ turns, seconds }: Measured): number => Math.round(turns / seconds)

await main()
