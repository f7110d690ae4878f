import { setTimeout as delay } from 'node:timers/promises'
import type { AgentView, InvitationView, QueueView } from '../../../api/types.ts'
import { eventually } from '../eventually.ts'
import type { Random } from '../seeded.ts'
import type { CanaryWords } from './canaryWords.ts'
import type { Delivered, Postman } from './delivery.ts'
import type { History } from './history.ts'
import type { World } from './world.ts'

/** An agent who is signed in. */
export interface DeskAgent {
  readonly id: string
  readonly name: string
  readonly cookie: string
}

/** Signs in the first administrator, who invites so many agents. */
export async function signInAgents(world: World, count: number): Promise<DeskAgent[]> {
  const url = (world.nodes[0] as World['nodes'][0]).url
  const links = () => world.nodes.flatMap((node) => /#sign-in=(\S+)/.exec(node.output())?.[1] ?? [])
  const administrator = await eventually('the first administrator’s link', async () => {
    for (const token of links()) {
      const signedIn = await signIn(url, token)
      if (signedIn !== undefined) return signedIn
    }
    return undefined
  })
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const name = `Camille ${String.fromCharCode(65 + i)}`
      const invitee = { name, role: 'agent', languages: ['fr'], region: null }
      const response = await fetch(`${url}/api/v1/agents`, {
        method: 'POST',
        headers: { cookie: administrator.cookie, 'content-type': 'application/json' },
        body: JSON.stringify(invitee),
      })
      const { link } = (await response.json()) as InvitationView
      const agent = await signIn(url, link.slice(link.indexOf('#sign-in=') + '#sign-in='.length))
      if (agent === undefined) throw new Error('an agent does not get in')
      return agent
    }),
  )
}

async function signIn(url: string, token: string): Promise<DeskAgent | undefined> {
  const response = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  })
  if (!response.ok) return undefined
  const cookie = (response.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const { agent } = (await (await fetch(`${url}/api/v1/me`, { headers: { cookie } })).json()) as { agent: AgentView }
  return { id: agent.id, name: agent.name, cookie }
}

/** What an agent did by the end. */
export interface Worked {
  taken: number
  tooLate: number
}

/**
 * An agent at work until told to stop: takes whoever of this run waits longest (others want the same), writes to them, gives
 * them back. Each command is delivered until it is answered; each reply is a canary of the person who gets it.
 */
export async function work(
  { history, words, post }: { history: History; words: CanaryWords; post: Postman },
  agent: DeskAgent,
  ownerOf: (conversation: string) => string | undefined,
  going: () => boolean,
  random: Random,
): Promise<Worked> {
  const worked: Worked = { taken: 0, tooLate: 0 }
  const headers = { cookie: agent.cookie }
  const who = agent.name
  const command = (what: 'take' | 'release' | 'reply', conversation: string, path: string, body: object, about = {}) =>
    post.deliver({
      what,
      who,
      method: 'POST',
      path: `/api/v1/conversations/${conversation}/${path}`,
      headers,
      body,
      about: { conversation, ...about },
      // Somebody else was first; or our own first try was, and its answer was lost.
      refusals: [403, 404, 409],
    })
  const done = ({ status }: Delivered): boolean => status < 300

  for (let replies = 0; going(); await delay(random() * 100)) {
    const queue = await post.attempt({ what: 'start', who, method: 'GET', path: '/api/v1/queue', headers })
    const waiting = ((queue?.json ?? {}) as Partial<QueueView>).waiting ?? []
    const card = waiting.find(({ id }) => ownerOf(id) !== undefined)
    if (card === undefined) continue
    if (!done(await command('take', card.id, 'take', {}))) {
      worked.tooLate += 1
      continue
    }
    worked.taken += 1
    for (let left = 1 + Math.floor(random() * 2); left > 0; left -= 1) {
      const mark = `${agent.id}-${(replies += 1)}`
      const text = `Bonjour, ${words.give('reply', ownerOf(card.id) ?? '')}.`
      const write = () => command('reply', card.id, 'messages', { text, clientMessageId: mark }, { mark, text })
      await write()
      if (random() < 0.2) await write()
    }
    await command('release', card.id, random() < 0.5 ? 'hand-back' : 'close', {})
  }
  history.note('finish', who)
  return worked
}
