import { expect } from 'chai'
import type { Route, Who } from '../../api/route.ts'
import { proves } from '../support/proofs.ts'
import {
  ACTORS,
  canaryOf,
  openRouteWorld,
  pathOf,
  type ActorName,
  type RouteWorld,
  type Target,
} from '../support/routeTable.ts'
import { bodiesOf, MULTIPART, oneOf, queriesOf, upload } from '../support/routeValues.ts'

/**
 * What must come back: a refusal by its status and code, or `passes`: whatever is neither a refusal of
 * who asks, nor of what they ask for, nor a failure.
 */
type Expected = 'passes' | `${number} ${string}`

const UNAUTHENTICATED: Expected = '401 unauthenticated'
const ABSENT: Expected = '404 notFound'

/** Whom the word in a row's `who` lets in, said a second time: the router's own table proves nothing about itself. */
const LETS_IN: Record<Who, readonly ActorName[]> = {
  anyone: ACTORS,
  directline: ['visitorA', 'visitorB'],
  agent: ['holder', 'bystander', 'supervisor', 'administrator'],
  supervisor: ['supervisor', 'administrator'],
  administrator: ['administrator'],
}

type Rule = (actor: ActorName, target: Target) => Expected

/** What an agent may do with a conversation, by what the command needs; the rest is `notYours` or unknown to them. */
const allowed = (need: 'read' | 'note' | 'take' | 'hold'): Rule => {
  return (actor, { name }) => {
    if (name === 'absent' || name === 'mixed') return ABSENT
    if (name === 'ours' && actor === 'holder') return 'passes'
    const held = name !== 'waiting'
    const reads = !held || actor === 'supervisor'
    if (need === 'take') return reads ? 'passes' : '409 alreadyTaken'
    if (!reads) return ABSENT
    if (need === 'read' || (need === 'note' && actor === 'supervisor')) return 'passes'
    return '409 notYours'
  }
}

/** Their own conversation, or file; all else is like nothing. */
const ownOnly: Rule = (actor, { name }) => (name === (actor === 'visitorA' ? 'ours' : 'theirs') ? 'passes' : ABSENT)

/** Accounts are listed to every agent, so one that is not theirs to manage may be told from one that is not there. */
const account =
  (command: 'link' | 'deactivate'): Rule =>
  (actor, { name }) => {
    if (name === 'absent') return ABSENT
    if (name === 'self' && command === 'deactivate') return '409 ownAccount'
    return actor === 'administrator' || name === 'colleague' ? 'passes' : '403 forbidden'
  }

const DESK = '/api/v1/conversations/:id'
const LINE = '/v3/directline/conversations/:id'

/** Rows about nothing of anybody's but the caller's: `who` is their whole rule. */
const OF_NOBODY = [
  'GET /',
  'GET /embed',
  'GET /embed.js',
  'GET /desk',
  'GET /desk/*',
  'GET /assets/:file',
  'GET /favicon.ico',
  'GET /healthz',
  'GET /readyz',
  'GET /api/v1/openapi.json',
  'POST /api/chat/tokens',
  'DELETE /api/chat/session',
  'GET /api/chat/history',
  'POST /v3/directline/tokens/refresh',
  'POST /v3/directline/conversations',
  'DELETE /api/v1/session',
  'GET /api/v1/me',
  'GET /api/v1/queue',
  'GET /api/v1/my-people',
  'GET /api/v1/unanswered-questions',
  'GET /api/v1/agents',
  'POST /api/v1/agents',
]

/** A webhook: nobody whom its signature does not prove. */
const signed: Rule = () => '403 forbidden'

/** Rules of the other rows, for those whom `who` lets in. */
const RULES: Record<string, Rule> = {
  'GET /channels/messenger/webhook': signed,
  'POST /channels/messenger/webhook': signed,
  'POST /channels/sms/webhook': signed,
  'POST /channels/sms/status': signed,
  [`GET ${DESK}`]: allowed('read'),
  [`GET ${DESK}/messages`]: allowed('read'),
  [`GET ${DESK}/files/:file`]: allowed('read'),
  [`POST ${DESK}/read`]: allowed('read'),
  [`POST ${DESK}/send-again`]: allowed('hold'),
  [`POST ${DESK}/notes`]: allowed('note'),
  [`POST ${DESK}/take`]: allowed('take'),
  [`POST ${DESK}/messages`]: allowed('hold'),
  [`POST ${DESK}/typing`]: allowed('hold'),
  [`POST ${DESK}/hand-back`]: allowed('hold'),
  [`POST ${DESK}/close`]: allowed('hold'),
  'POST /api/v1/agents/:id/link': account('link'),
  'POST /api/v1/agents/:id/deactivate': account('deactivate'),
  [`GET ${LINE}`]: ownOnly,
  [`GET ${LINE}/activities`]: ownOnly,
  [`POST ${LINE}/activities`]: ownOnly,
  [`POST ${LINE}/upload`]: ownOnly,
  // The link that was shown with the message opens it, whoever holds it.
  'GET /files/:id': (actor, target) =>
    actor === 'visitorA' || actor === 'visitorB' ? ownOnly(actor, target) : '403 tokenInvalid',
  // Only the server-to-server secret, which none of these has.
  'POST /v3/directline/tokens/generate': () => '403 forbidden',
  'POST /api/v1/session': () => '401 linkSpent',
}

/** Who may ever be shown the words and the file of a conversation. */
const MAY_SEE: Record<'ours' | 'theirs' | 'waiting', readonly ActorName[]> = {
  ours: ['visitorA', 'holder', 'supervisor'],
  theirs: ['visitorB', 'supervisor'],
  waiting: LETS_IN.agent,
}

const nameOf = (row: Route): string => `${row.method} ${row.path}`

function expectedOf(row: Route, actor: ActorName, target: Target): Expected {
  const lets = LETS_IN[row.who]
  const signedIn = LETS_IN.agent.includes(actor)
  if (!lets.includes(actor)) return row.who !== 'directline' && signedIn ? '403 forbidden' : UNAUTHENTICATED
  const rule = RULES[nameOf(row)]
  if (rule !== undefined) return rule(actor, target)
  return target.name === 'none' ? 'passes' : ABSENT
}

describe('who may do what, on every row of the table of routes', function () {
  this.timeout(60_000)
  let world: RouteWorld
  before(async () => {
    world = await openRouteWorld()
  })
  after(() => world.close())

  async function ask(row: Route, actor: ActorName, target: Target): Promise<{ got: string; text: string; ms: number }> {
    const bodies = bodiesOf(row, 'dull')
    const raw = row.body !== undefined && 'raw' in row.body
    const query = { ...(oneOf(queriesOf(row, 'dull')) as Record<string, string>) }
    if ('t' in query) query['t'] = world.ticketOf(actor)
    const { status, text, ms } = await world.send({
      method: row.method,
      path: `${pathOf(row, target.params)}?${new URLSearchParams(query).toString()}`,
      headers: {
        ...world.headersOf(actor),
        ...(row.method === 'GET' ? {} : { 'content-type': raw ? MULTIPART : 'application/json' }),
      },
      body: raw ? upload('{"type":"message"}', 'a.txt', 'words') : bodies && JSON.stringify(oneOf(bodies)),
    })
    if (status >= 200 && status < 300 && row.method !== 'GET' && row.who !== 'anyone') await world.renew()
    if (status < 400) return { got: 'passes', text, ms }
    return { got: `${status} ${(JSON.parse(text) as { error: { code: string } }).error.code}`, text, ms }
  }

  proves(
    'F4',
    'each row answers as its `who` and the rules say, and what is foreign like what is absent',
    async (proof) => {
      const wrong: string[] = []
      const seen = new Map<string, number>()
      const ms: Record<'foreign' | 'absent', number[]> = { foreign: [], absent: [] }
      let cells = 0
      for (const row of world.rows)
        for (const actor of ACTORS) {
          const names = world.targetsOf(row, actor).map(({ name }) => name)
          const unknown = new Set<string>()
          for (const name of names) {
            // Looked up each time: what the last request changed has been made anew.
            const target = world.targetsOf(row, actor).find((one) => one.name === name)
            if (target === undefined) throw new Error(`no ${name}`)
            cells += 1
            const expected = expectedOf(row, actor, target)
            const asked = await ask(row, actor, target)
            const { got, text } = asked
            // A page that was not built is absent to all alike.
            const page = row.who === 'anyone' && name === 'none' && !row.path.startsWith('/api') && got === ABSENT
            if (got !== expected && !page) wrong.push(`${nameOf(row)} · ${actor} · ${name}: ${got}, not ${expected}`)
            if (got === ABSENT && name !== 'none') {
              unknown.add(text)
              ms[name === 'absent' ? 'absent' : 'foreign'].push(asked.ms)
            }
            for (const whose of ['ours', 'theirs', 'waiting'] as const) {
              if (!text.includes(canaryOf(whose))) continue
              seen.set(whose, (seen.get(whose) ?? 0) + 1)
              if (!MAY_SEE[whose].includes(actor))
                wrong.push(`${nameOf(row)} · ${actor} · ${name}: shows words of ${whose}`)
            }
          }
          if (unknown.size > 1) wrong.push(`${nameOf(row)} · ${actor}: foreign and absent differ`)
        }
      expect(wrong, wrong.join('\n')).to.deep.equal([])
      expect(cells).to.be.above(world.rows.length * ACTORS.length)
      expect([...seen.keys()], 'words that were shown to those who may see them').to.have.members([
        'ours',
        'theirs',
        'waiting',
      ])
      const shown = [...seen.values()].reduce((sum, count) => sum + count, 0)
      const median = (all: number[]): string => (all.sort((a, b) => a - b)[all.length >> 1] ?? 0).toFixed(1)
      proof.tried(`${world.rows.length} routes × ${ACTORS.length} actors × each id: ${cells} cells; 3 canaries`)
      proof.figure(
        `0 mismatches; canaries in ${shown} answers, 0 to others; medians: foreign ${median(ms.foreign)}, absent ${median(ms.absent)} ms`,
      )
    },
  )

  it('has a rule for each row that is there, and none for another', () => {
    expect([...OF_NOBODY, ...Object.keys(RULES)]).to.have.members(world.rows.map(nameOf))
  })
})
