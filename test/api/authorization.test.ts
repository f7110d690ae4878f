import { expect } from 'chai'
import type { Route, Who } from '../../api/route.ts'
import { ACTORS, openRouteWorld, pathOf, type ActorName, type RouteWorld, type Target } from '../support/routeTable.ts'
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

/** Rules of rows about a thing, for those whom `who` lets in. A row with parameters that is not here must refuse everybody. */
const RULES: Record<string, Rule> = {
  [`GET ${DESK}`]: allowed('read'),
  [`GET ${DESK}/messages`]: allowed('read'),
  [`GET ${DESK}/files/:file`]: allowed('read'),
  [`POST ${DESK}/read`]: allowed('read'),
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

const nameOf = (row: Route): string => `${row.method} ${row.path}`

function expectedOf(row: Route, actor: ActorName, target: Target): Expected {
  const lets = LETS_IN[row.who]
  const signedIn = LETS_IN.agent.includes(actor)
  if (!lets.includes(actor)) return row.who !== 'directline' && signedIn ? '403 forbidden' : UNAUTHENTICATED
  const rule = RULES[nameOf(row)]
  if (rule !== undefined) return rule(actor, target)
  return target.name === 'none' ? 'passes' : ABSENT
}

describe('who may do what, on every row of the table of routes', () => {
  let world: RouteWorld
  before(async () => {
    world = await openRouteWorld()
  })
  after(() => world.close())

  async function ask(row: Route, actor: ActorName, target: Target): Promise<{ got: string; text: string }> {
    const bodies = bodiesOf(row, 'dull')
    const raw = row.body !== undefined && 'raw' in row.body
    const query = { ...(oneOf(queriesOf(row, 'dull')) as Record<string, string>) }
    if ('t' in query) query['t'] = world.ticketOf(actor)
    const { status, text } = await world.send({
      method: row.method,
      path: `${pathOf(row, target.params)}?${new URLSearchParams(query).toString()}`,
      headers: {
        ...world.headersOf(actor),
        ...(row.method === 'GET' ? {} : { 'content-type': raw ? MULTIPART : 'application/json' }),
      },
      body: raw ? upload('{"type":"message"}', 'a.txt', 'words') : bodies && JSON.stringify(oneOf(bodies)),
    })
    if (status >= 200 && status < 300 && row.method !== 'GET' && row.who !== 'anyone') await world.renew()
    if (status < 400) return { got: 'passes', text }
    return { got: `${status} ${(JSON.parse(text) as { error: { code: string } }).error.code}`, text }
  }

  it('is answered as its `who` and the rules say, and what is foreign like what is absent', async function () {
    this.timeout(60_000)
    const wrong: string[] = []
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
          const { got, text } = await ask(row, actor, target)
          // A page that was not built is absent to all alike.
          const page = row.who === 'anyone' && name === 'none' && !row.path.startsWith('/api') && got === ABSENT
          if (got !== expected && !page) wrong.push(`${nameOf(row)} · ${actor} · ${name}: ${got}, not ${expected}`)
          if (got === ABSENT && name !== 'none') unknown.add(text)
        }
        if (unknown.size > 1) wrong.push(`${nameOf(row)} · ${actor}: foreign and absent differ`)
      }
    console.log(`      ${world.rows.length} rows, ${cells} cells, ${wrong.length} mismatches`)
    expect(wrong, wrong.join('\n')).to.deep.equal([])
    expect(cells).to.be.above(world.rows.length * ACTORS.length)
  })

  it('has no rule for a row that is no longer there', () => {
    expect(world.rows.map(nameOf)).to.include.members(Object.keys(RULES))
  })
})
