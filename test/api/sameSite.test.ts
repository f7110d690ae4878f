import { expect } from 'chai'
import type { Route } from '../../api/route.ts'
import { asking } from '../support/asking.ts'
import { otherOrigins } from '../support/otherOrigins.ts'
import { proves } from '../support/proofs.ts'
import { openRouteWorld, pathOf, type ActorName, type RouteWorld } from '../support/routeTable.ts'
import { bodiesOf, oneOf } from '../support/routeValues.ts'
import { startTestServer } from '../support/server.ts'
import { wholeDatabase } from '../support/wholeDatabase.ts'

type Headers = Record<string, string>
const JSON_TYPE = { 'content-type': 'application/json' }
/** Types that a form can send, and what servers have taken for them. */
const FORM_TYPES = [
  'text/plain',
  'text/plain; application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/csp-report',
  '',
]

describe('requests that a page of another site makes in an agent’s name', function () {
  this.timeout(60_000)
  let world: RouteWorld
  before(async () => (world = await openRouteWorld()))
  after(() => world.close())

  /** Rows that change something and that a cookie authorises: the desk’s, the sign-in, and the visitor’s own session. */
  const mutations = (): Route[] =>
    world.rows.filter(({ method, who }) => method !== 'GET' && method !== 'OPTIONS' && who !== 'directline')

  const actorOf = ({ path }: Route): ActorName => (path.startsWith('/api/v1/agents') ? 'administrator' : 'holder')

  function rightful(row: Route): { path: string; headers: Headers; body: string } {
    const actor = actorOf(row)
    const all = world.targetsOf(row, actor)
    const params = (all.find(({ name }) => name === 'ours' || name === 'colleague') ?? all[0])?.params ?? {}
    const bodies = bodiesOf(row, 'dull')
    const cookie = `${world.headersOf(actor)['cookie']}; parcours_visitor=${visitor}`
    return {
      path: pathOf(row, params),
      headers: { cookie },
      body: JSON.stringify((bodies === undefined ? undefined : oneOf(bodies)) ?? {}),
    }
  }
  let visitor = ''

  /** A page session of a newcomer and a link not yet used, so that there is something to end and to use up. */
  async function prepare(): Promise<string> {
    const minted = await world.send({ method: 'POST', path: '/api/chat/tokens', headers: {} })
    visitor = /parcours_visitor=([\w-]+)/.exec(String(minted.headers['set-cookie']))?.[1] ?? ''
    const invitee = { name: 'Newly invited', role: 'agent', languages: ['fr'], region: null }
    const { text } = await world.send({
      method: 'POST',
      path: '/api/v1/agents',
      headers: { ...world.headersOf('administrator'), ...JSON_TYPE },
      body: JSON.stringify(invitee),
    })
    return (JSON.parse(text) as { link: string }).link.split('#sign-in=')[1] ?? ''
  }

  proves('F8', 'nothing is done, whatever the page sends and however it sends it', async (proof) => {
    const link = await prepare()
    const { database } = world.server.running.platform
    const before = await wholeDatabase(database)
    const wrong: string[] = []
    let requests = 0
    const rows = mutations()
    const own = new URL(world.server.url).origin
    for (const row of rows) {
      const { path, headers, body: usual } = rightful(row)
      const body = row.path === '/api/v1/session' && row.method === 'POST' ? JSON.stringify({ token: link }) : usual
      const sites: Headers[] = [
        ...Object.values(otherOrigins(world.server.url)).map((origin) => ({ origin })),
        ...['cross-site', 'same-site', 'CROSS-SITE', 'nonsense'].map((site) => ({ 'sec-fetch-site': site })),
        // What another site's page may send besides must not speak for it.
        { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
        { origin: 'https://evil.example', referer: `${own}/desk`, host: 'evil.example' },
        { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
      ]
      const send = async (what: string, method: string, to: string, more: Headers, sent?: string, codes = [403]) => {
        requests += 1
        const { status, headers: answered } = await world.send({
          method,
          path: to,
          headers: { ...headers, ...more },
          body: sent,
        })
        if (!codes.includes(status)) wrong.push(`${row.method} ${row.path} · ${what}: ${status}`)
        const allowed = answered['access-control-allow-origin']
        // Direct Line's star goes without cookies; nobody's origin is given back, and no page is let read with cookies.
        if ((allowed !== undefined && allowed !== '*') || answered['access-control-allow-credentials'] !== undefined)
          wrong.push(`${row.method} ${row.path} · ${what}: lets ${String(allowed)} read`)
        if (answered['set-cookie'] !== undefined) wrong.push(`${row.method} ${row.path} · ${what}: sets a cookie`)
      }
      // A webhook's own proof comes before its type.
      const isSigned = row.path.startsWith('/channels/')
      await Promise.all([
        ...sites.map((site) => send(JSON.stringify(site), row.method, path, { ...JSON_TYPE, ...site }, body)),
        ...FORM_TYPES.map((type) =>
          send(
            `form ${type}`,
            row.method,
            path,
            { 'content-type': type, origin: 'https://evil.example' },
            body,
            [403, 415],
          ),
        ),
        // A browser that says nothing of where it comes from: the type alone keeps a form out.
        ...(row.body === undefined
          ? []
          : FORM_TYPES.map((type) =>
              send(`plain ${type}`, row.method, path, { 'content-type': type }, body, isSigned ? [403] : [415]),
            )),
        // A page of the same site, or a link: GET asks, and never does.
        ...[`?_method=${row.method}`, `?method=${row.method}`].map((query) =>
          send(
            `GET ${query}`,
            'GET',
            `${path}${query}`,
            { 'x-http-method-override': row.method, 'x-method-override': row.method },
            undefined,
            isSigned ? [403, 405] : [200, 400, 404, 405],
          ),
        ),
        // A form sends POST; nothing makes DELETE of it.
        ...(row.method === 'POST'
          ? []
          : [
              send(
                'override',
                'POST',
                `${path}?_method=${row.method}`,
                { ...JSON_TYPE, 'x-http-method-override': row.method },
                body,
                [400, 401, 403, 404, 405],
              ),
            ]),
        send(
          'preflight',
          'OPTIONS',
          path,
          {
            origin: 'https://evil.example',
            'access-control-request-method': row.method,
            'access-control-request-headers': 'content-type',
          },
          undefined,
          [204, 404, 405],
        ),
      ])
    }
    expect(wrong, wrong.join('\n')).to.deep.equal([])
    expect(await wholeDatabase(database), 'the database').to.deep.equal(before)

    // From our own page the same requests do what they say.
    let done = 0
    const ours = rows.filter(({ path }) => !path.startsWith('/channels/'))
    for (const row of ours) {
      const token = await prepare()
      const { path, headers, body } = rightful(row)
      const signIn = row.path === '/api/v1/session' && row.method === 'POST'
      const state = await wholeDatabase(database)
      const { status } = await world.send({
        method: row.method,
        path,
        headers: { ...headers, ...JSON_TYPE, origin: own, 'sec-fetch-site': 'same-origin' },
        body: signIn ? JSON.stringify({ token }) : body,
      })
      expect(status, `${row.method} ${row.path}`).to.be.within(200, 204)
      if (JSON.stringify(await wholeDatabase(database)) !== JSON.stringify(state)) done += 1
      await world.renew()
    }
    // To say that one writes, and to have read nothing new, change no row.
    expect(done).to.be.at.least(ours.length - 2)
    proof.tried(
      `${rows.length} mutating routes × origins, Sec-Fetch-Site, form types, GET, overrides, preflights: ${requests} requests`,
    )
    proof.figure(`0 mutations, 0 readable answers; from our own page ${done} of ${ours.length} change something`)
  })

  proves(
    'F8',
    'cookies of https are of this host alone, no script reads them, no other site sends them',
    async (proof) => {
      const server = await startTestServer({ env: { PUBLIC_URL: 'https://parcours.example', RATE_LIMIT: 'on' } })
      try {
        const ask = asking(() => `http://127.0.0.1:${server.running.port}`)
        const link = (await server.running.firstAdministratorLink()) ?? ''
        const signedIn = await ask(undefined, 'POST', '/session', { token: link.split('#sign-in=')[1] })
        const desk = signedIn.headers.getSetCookie()
        expect(desk.join()).to.match(
          /^__Host-parcours_desk=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200; Secure$/,
        )
        const cookie = desk[0]?.split(';')[0] ?? ''
        const plain = { agentId: '', cookie: cookie.replace('__Host-', '') }
        expect((await ask({ agentId: '', cookie }, 'GET', '/me')).status).to.equal(200)
        expect((await ask(plain, 'GET', '/me')).status, 'without the prefix').to.equal(401)
        const out = await ask({ agentId: '', cookie }, 'DELETE', '/session')
        expect(out.headers.getSetCookie().join()).to.match(
          /^__Host-parcours_desk=; Path=\/; HttpOnly; SameSite=Strict; Max-Age=0; Secure$/,
        )
        const minted = await fetch(`http://127.0.0.1:${server.running.port}/api/chat/tokens`, { method: 'POST' })
        expect(minted.headers.getSetCookie().join()).to.match(
          /^__Host-parcours_visitor=[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict; Secure$/,
        )
      } finally {
        await server.stop()
      }
      proof.tried('desk and visitor cookies, set and cleared, at an https PUBLIC_URL; the cookie without its prefix')
      proof.figure('all __Host-, Path=/, HttpOnly, Secure, SameSite=Strict; 0 taken without the prefix')
    },
  )
})
