import type { Measured } from '../../bench/people.ts'
import { residentMb } from '../../bench/processes.ts'
import { analyse, measure, startContender, startDatabase, startParcours, type Subject } from './machine.ts'

/** How hard: people who talk at once, and for how long each time. */
export interface Load {
  people: number
  seconds: number
}

/** One contender's best, worst and middle run are told by their turns a second; the middle run is the result. */
export interface Standing {
  contender: Contender
  runs: Measured[]
  middle: Measured
  rssMb: number
}

export type Contender = 'parcours' | 'sample' | 'limit'

/**
 * Runs the contenders by turns, `rounds` times, so that a machine that is slow for a while is slow for
 * all of them; the other two stand idle meanwhile.
 */
export async function contest(load: Load, rounds: number): Promise<Record<Contender, Standing>> {
  const databases = await Promise.all([startDatabase(), startDatabase()])
  const subjects: Record<Contender, Subject> = {
    sample: await startContender('sample'),
    limit: await startContender('limit', databases[0]),
    parcours: await startParcours(databases[1]),
  }
  const names = Object.keys(subjects) as Contender[]
  const runs: Record<Contender, Measured[]> = { sample: [], limit: [], parcours: [] }
  try {
    // Fills the tables, so that the statistics are of something, and warms what is compiled at first use.
    for (const name of names) await talk(name, subjects[name], { ...load, seconds: 3 })
    for (const database of databases) await analyse(database)
    for (let round = 0; round < rounds; round += 1)
      for (const name of names) runs[name].push(await talk(name, subjects[name], load))
    const standing = (contender: Contender): Standing => {
      const sorted = runs[contender].toSorted((a, b) => a.turns - b.turns)
      const middle = sorted[Math.floor((sorted.length - 1) / 2)]
      if (middle === undefined) throw new Error('nothing was measured')
      return { contender, runs: sorted, middle, rssMb: residentMb(subjects[contender].pid) }
    }
    return { sample: standing('sample'), limit: standing('limit'), parcours: standing('parcours') }
  } finally {
    for (const name of names) await subjects[name].stop()
    for (const database of databases) await database.dispose()
  }
}

/** People talk with a subject; resolves to what they measured. */
export const talk = (contender: Contender, { url, pid, postgres }: Subject, load: Load): Promise<Measured> =>
  measure<Measured>('people.ts', {
    contender,
    url,
    people: load.people,
    seconds: load.seconds,
    server: pid,
    postgres: postgres?.pid ?? 0,
  })
