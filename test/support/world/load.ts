import { expect } from 'chai'
import { eventually } from '../eventually.ts'
import type { Random } from '../seeded.ts'
import { signInAgents, work, type DeskAgent } from './agents.ts'
import { canaryWords } from './canaryWords.ts'
import { postman, type Attempts } from './delivery.ts'
import { openHistory, type History } from './history.ts'
import { judge } from './invariants.ts'
import { readKept } from './kept.ts'
import { bringPerson, type Manner, type Person } from './people.ts'
import type { World } from './world.ts'

/** Who is there while faults happen. */
export interface Crowd {
  people: number
  agents: number
  manner?: Partial<Omit<Manner, 'until'>>
  /** How long after the last fault everybody has finished. */
  withinMs?: number
}

/** What came of it. All invariants held, or it would have thrown. */
export interface Outcome {
  /** Messages of people and replies of agents that were acknowledged. */
  acknowledged: number
  /** Acknowledgements of copies, beyond the first of each message. */
  again: number
  /** Ms from the first delivery of a message to its acknowledgement. */
  waits: Waits
  attempts: Attempts
  taken: number
  /** People who listened to a stream, and saw all of their log on it. */
  watching: number
  /** How their streams ended, each time. */
  closes: number[]
  /** "12 people, 3,041 messages, 2 agents": for the table. */
  summary: string
}

export interface Waits {
  p50: number
  p99: number
  max: number
}

const MANNER: Omit<Manner, 'until'> = {
  messages: [8, 12],
  pauseMs: 150,
  duplicates: 0.15,
  listening: 0.3,
  asking: 0.2,
}

/**
 * People talk and agents work while `faults` run; when those are over, everybody finishes, and the invariants
 * are judged over the history and what is held. If one is broken the history is saved, and its path is in the error.
 */
export async function underLoad(
  world: World,
  { people: count, agents: agentCount, manner = {}, withinMs = 30_000 }: Crowd,
  random: Random,
  faults: (history: History) => Promise<void>,
): Promise<Outcome> {
  const history = openHistory()
  const words = canaryWords()
  const post = postman(world, history, random)
  const with_ = { world, history, words, post }
  const agents = await agentsOf(world, agentCount)
  let over = false
  const whole: Manner = { ...MANNER, ...manner, until: () => over }
  const people = await Promise.all(
    Array.from({ length: count }, (_, i) => bringPerson(with_, `person-${i}`, whole, random)),
  )
  const owners = new Map(people.map(({ conversation, name }) => [conversation, name]))
  const ownerOf = (conversation: string): string => owners.get(conversation) ?? 'nobody'
  const mine = { history, words, post }
  let talking = true
  const working = agents.map((agent) =>
    work(
      mine,
      agent,
      (conversation) => owners.get(conversation),
      () => talking,
      random,
    ),
  )
  const talked = Promise.all(people.map((person) => person.talked))
  try {
    await Promise.all([
      faults(history)
        .then(() => history.note('fault', 'over'))
        .finally(() => (over = true)),
      talked,
    ])
    talking = false
    const worked = await Promise.all(working)
    await world.ready()
    const kept = await readKept(world, [...owners.keys()])
    await untilSeen(people, kept.conversations)
    for (const { watched } of people) watched?.stop()
    const judged = judge({ entries: history.entries, kept, words, ownerOf, withinMs })
    expect(judged).to.deep.equal(NOTHING)
    const heard = history.entries.filter(({ what, phase }) => (what === 'say' || what === 'reply') && phase === 'ok')
    const acknowledged = new Set(heard.map(({ mark }) => mark)).size
    const taken = worked.reduce((sum, one) => sum + one.taken, 0)
    return {
      acknowledged,
      again: heard.length - acknowledged,
      waits: waitsOf(people.flatMap(({ waits }) => waits)),
      attempts: post.attempts,
      taken,
      watching: people.filter(({ watched }) => watched !== undefined).length,
      closes: people.flatMap(({ watched }) => watched?.closes ?? []),
      summary: `${count} people, ${thousands(acknowledged)} messages, ${agentCount} agents took ${taken}`,
    }
  } catch (error) {
    over = true
    talking = false
    for (const { watched } of people) watched?.stop()
    const message = error instanceof Error ? error.message : 'failed'
    throw Object.assign(error instanceof Error ? error : new Error(message), {
      message: `${message}\nthe history: ${history.save()}`,
    })
  }
}

const NOTHING = { lost: [], doubled: [], reordered: [], stuck: [], crossed: [], shared: [], leaked: [], unaudited: [] }

/** Those who listen have seen their log to its end. */
async function untilSeen(
  people: readonly Person[],
  kept: readonly { id: string; log: readonly unknown[] }[],
): Promise<void> {
  const length = new Map(kept.map(({ id, log }) => [id, log.length]))
  for (const { name, conversation, watched } of people)
    if (watched !== undefined)
      await eventually(
        `${name} sees their log to its end`,
        () => watched.position() >= (length.get(conversation) ?? 0),
        20_000,
      )
}

const signedIn = new WeakMap<World, DeskAgent[]>()

/** The agents of a world; they sign in once. */
async function agentsOf(world: World, count: number): Promise<DeskAgent[]> {
  if (count === 0) return []
  const agents = signedIn.get(world) ?? (await signInAgents(world, 4))
  signedIn.set(world, agents)
  return agents.slice(0, count)
}

/** The middle, the slowest but one in a hundred, and the slowest, in ms. */
export function waitsOf(all: readonly number[]): Waits {
  const sorted = [...all].sort((a, b) => a - b)
  const at = (share: number): number =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
  return { p50: at(0.5), p99: at(0.99), max: at(1) }
}

export const thousands = (n: number): string => n.toLocaleString('en-CA')
