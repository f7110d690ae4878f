import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from '../seeded.ts'
import type { CanaryWords } from './canaryWords.ts'
import type { Postman } from './delivery.ts'
import type { History } from './history.ts'
import { watchStream, type Watched } from './watching.ts'
import type { World } from './world.ts'

/** How people of a world talk. */
export interface Manner {
  /** The least that each of them says: at random from the first to the second. */
  messages: readonly [number, number]
  /** They go on talking until this is true, so that no fault falls on silence. */
  until(): boolean
  /** The longest pause between two messages, in ms. */
  pauseMs: number
  /** Share of the messages that are delivered twice though nobody asked: at once, or once more after the answer. */
  duplicates: number
  /** Share of the people who listen to a stream. */
  listening: number
  /** Share of the people who ask for a person of flesh and blood. */
  asking: number
}

/** Somebody who talks to the assistant. */
export interface Person {
  readonly name: string
  readonly conversation: string
  /** Ms from the first delivery of each message to its acknowledgement. */
  readonly waits: readonly number[]
  readonly watched: Watched | undefined
  /** Said all that they had to say. */
  readonly talked: Promise<void>
}

const MOST_MESSAGES = 400

/** The talk of a newcomer: onboarding with words of their own, then what they want to know. */
function* script(say: (field: string) => string, asks: boolean): Generator<string> {
  yield 'Français'
  yield 'Oui, j’accepte'
  yield say('name')
  yield 'À l’étranger'
  yield 'le 12 mars'
  yield 'Je ne sais pas'
  yield 'Passer'
  yield 'Je ne sais pas encore'
  for (let i = 0; i < 4; i += 1) yield 'Passer'
  yield 'C’est exact'
  if (asks) yield `je veux parler à une personne, ${say('ask')}`
  for (;;) yield `et pour ${say('word')} ?`
}

/** Brings one person: opens their conversation, and lets them talk. */
export async function bringPerson(
  { world, history, words, post }: { world: World; history: History; words: CanaryWords; post: Postman },
  name: string,
  manner: Manner,
  random: Random,
): Promise<Person> {
  const minted = await post.deliver({
    what: 'start',
    who: name,
    method: 'POST',
    path: '/api/chat/tokens',
    headers: {},
    body: { language: 'fr' },
  })
  const headers = { authorization: `Bearer ${String(minted.json['token'])}` }
  const base = '/v3/directline/conversations'
  const start = {
    what: 'start' as const,
    who: name,
    method: 'POST' as const,
    path: base,
    headers,
    body: { locale: 'fr' },
  }
  const conversation = String((await post.deliver(start)).json['conversationId'])
  const listens = random() < manner.listening
  const watched = listens ? watchStream({ world, history, random }, name, conversation, headers) : undefined
  const waits: number[] = []

  async function say(text: string, n: number): Promise<void> {
    const mark = `${name}-${n}`
    const activity = { type: 'message', text, channelData: { clientActivityID: mark } }
    const path = `${base}/${conversation}/activities`
    const about = { conversation, mark, text }
    const delivery = { what: 'say' as const, who: name, method: 'POST' as const, path, headers, body: activity, about }
    const twice = random() < manner.duplicates ? random() : undefined
    if (twice !== undefined && twice < 0.5) void post.attempt(delivery).catch(() => {})
    const { ms } = await post.deliver(delivery)
    waits.push(ms)
    if (twice !== undefined && twice >= 0.5) await post.attempt(delivery)
  }

  async function talk(): Promise<void> {
    const [least, most] = manner.messages
    const count = least + Math.floor(random() * (most - least + 1))
    let n = 0
    for (const text of script((field) => words.give(field, name), random() < manner.asking)) {
      await say(text, (n += 1))
      if ((n >= count && manner.until()) || n >= MOST_MESSAGES) break
      await delay(random() * manner.pauseMs)
    }
    history.note('finish', name, { conversation })
  }
  return { name, conversation, waits, watched, talked: talk() }
}
