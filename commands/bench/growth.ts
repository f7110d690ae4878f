import type { Measured } from '../../bench/people.ts'
import { talk, type Load } from './contest.ts'
import { openLibrary } from './library.ts'
import { analyse, startParcours } from './machine.ts'

/** The same talk on a small and on a large database. */
export interface Growth {
  small: { messages: number; runs: Measured[] }
  large: { messages: number; runs: Measured[] }
  /** Mean time of a turn on the large one over that on the small one; the middle of the rounds. */
  growth: number
}

/** Measures by turns, `rounds` times, on fresh copies. */
export async function measureGrowth(load: Load, sizes: [number, number], rounds: number): Promise<Growth> {
  const library = await openLibrary()
  try {
    const sides = await Promise.all(
      sizes.map(async (messages) => {
        const copy = await library.copy(messages)
        const subject = await startParcours(copy.postgres, library.masterKey)
        return { messages, copy, subject, runs: [] as Measured[] }
      }),
    )
    for (const { subject, copy } of sides) {
      await talk('parcours', subject, { ...load, seconds: 3 })
      await analyse(copy.postgres)
    }
    for (let round = 0; round < rounds; round += 1)
      for (const { subject, runs } of sides) runs.push(await talk('parcours', subject, load))
    for (const { subject, copy } of sides) {
      await subject.stop()
      await copy.drop()
    }
    const [small, large] = sides
    if (small === undefined || large === undefined) throw new Error('two sizes')
    const ratios = small.runs.map((run, n) => run.turns / (large.runs[n]?.turns ?? Number.NaN)).sort((a, b) => a - b)
    return { small, large, growth: ratios[Math.floor((ratios.length - 1) / 2)] ?? Number.NaN }
  } finally {
    await library.close()
  }
}
