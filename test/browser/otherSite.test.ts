import { expect } from 'chai'
import type { BrowserContext, Page } from 'playwright-core'
import { sql } from 'kysely'
import { browserSuite } from '../support/browserSuite.ts'
import { eventually } from '../support/eventually.ts'
import { openSite, type LoopbackSite } from '../support/loopbackSite.ts'
import { proves } from '../support/proofs.ts'
import { openRouteWorld, pathOf, type RouteWorld } from '../support/routeTable.ts'
import { bodiesOf, oneOf } from '../support/routeValues.ts'

/** Tables of which a change is a mutation; presence, limits and when a session was last seen change by being asked. */
const TABLES = (
  'agents agent_sessions sign_in_links conversations messages notes handoffs newcomers file_answers consents ' +
  'attachments visitor_sessions due_times'
).split(' ')

const LONG = process.env['TEST_LONG'] === '1'

interface Attempt {
  method: string
  url: string
  json: string
}

describe('an agent is signed in, and opens a page of another site', function () {
  this.timeout(120_000)
  const suite = browserSuite({ pages: false })
  let world: RouteWorld
  /** `127.0.0.1` is another site for the browser; another port of `localhost` only another origin, which gets the cookies. */
  const sites: LoopbackSite[] = []

  before(async () => {
    world = await openRouteWorld()
    const page = () => ({ type: 'text/html', body: '<!doctype html><title>Elsewhere</title><body>' })
    sites.push(await openSite(page), await openSite(page, 'localhost'))
  })
  after(async () => {
    await Promise.all(sites.map((site) => site.close()))
    await world?.close()
  })

  /** Everything that the database keeps, as one word. */
  async function kept(): Promise<string> {
    const { db } = world.server.running.platform.database
    const words = await Promise.all(
      TABLES.map(async (table) => {
        const all = sql<{
          digest: string | null
        }>`select md5(string_agg(kept, ',' order by kept)) as digest from (select (to_jsonb(t) - 'last_seen_at')::text as kept from ${sql.table(table)} t) all_of_it`
        return `${table} ${(await all.execute(db)).rows[0]?.digest ?? ''}`
      }),
    )
    return words.join('\n')
  }

  async function signedIn(who: 'holder' | 'administrator'): Promise<BrowserContext> {
    const context = await suite.person()
    const [name = '', value = ''] = (world.headersOf(who)['cookie'] ?? '').split('=')
    await context.addCookies([{ name, value, url: world.server.url, httpOnly: true, sameSite: 'Strict' }])
    return context
  }

  /** Every mutating row that this agent's cookie opens, with a body that it takes; in the long run about other things than theirs too. */
  const attempts = (who: 'holder' | 'administrator'): Attempt[] =>
    world.rows
      .filter(({ method, who: needs }) => method !== 'GET' && needs !== 'directline')
      .filter(({ who: needs }) => LONG || (who === 'holder') === (needs === 'agent' || needs === 'anyone'))
      .flatMap((row) =>
        world
          .targetsOf(row, who)
          .filter(({ name }) => LONG || name === 'none' || name === 'ours' || name === 'colleague')
          .map(({ params }) => {
            const bodies = bodiesOf(row, 'whole')
            const json = JSON.stringify((bodies === undefined ? undefined : oneOf(bodies)) ?? {})
            return { method: row.method, url: world.server.url + pathOf(row, params), json }
          }),
      )

  proves('F8', 'nothing that it asks for in their name is done', async (proof) => {
    const answered = new Map<number, number>()
    let asked = 0
    let targets = 0
    let cookies = 0
    for (const who of ['holder', 'administrator'] as const) {
      for (const site of sites) {
        const context = await signedIn(who)
        const page = await context.newPage()
        await page.goto(site.origin)
        const before = await kept()
        const all = attempts(who)
        targets += all.length
        context.on('request', (request) => {
          if (request.url().startsWith(world.server.url)) asked += 1
        })
        context.on('response', (response) => {
          if (!response.url().startsWith(world.server.url)) return
          answered.set(response.status(), (answered.get(response.status()) ?? 0) + 1)
        })
        page.on('request', (request) => {
          void request.allHeaders().then(
            (headers) => (cookies += 'cookie' in headers ? 1 : 0),
            () => {},
          )
        })
        for (const attempt of all) await page.evaluate(tryEverything, attempt)
        await eventually(
          'the forms have been answered',
          () => page.evaluate(() => document.querySelectorAll('iframe:not([data-loaded])').length === 0),
          15_000,
        )
        expect(await kept(), `the database after ${who} visited ${site.origin}`).to.equal(before)
        await context.close()
      }
    }
    const took = [...answered].filter(([status]) => status >= 200 && status < 300)
    // A form cannot send JSON or DELETE; what it is answered with 2xx are reads and preflights.
    await expectSameFromOwnPage()
    expect(asked).to.be.at.least(targets * 8)
    expect(cookies, 'requests that carried the cookie, from the same site').to.be.at.least(targets / 2)
    proof.tried(
      `${asked} requests from 2 other origins (form, fetch, no-cors, beacon, GET) to ${targets} routes and targets, ${cookies} with the cookie`,
    )
    proof.figure(
      `0 mutations; answers ${[...answered]
        .sort(([a], [b]) => a - b)
        .map(([status, count]) => `${status}×${count}`)
        .join(' ')}${took.length === 0 ? '' : ' (2xx: no change)'}`,
    )
  })

  /** The same requests do change things from our own page: so the above was not refused for another reason. */
  async function expectSameFromOwnPage(): Promise<void> {
    const context = await signedIn('holder')
    const page = await ownPage(context)
    const before = await kept()
    const note = attempts('holder').find(({ url }) => url.endsWith('/notes'))
    const status = await page.evaluate(
      async ({ url, json }) =>
        (await fetch(url, { method: 'POST', body: json, headers: { 'content-type': 'application/json' } })).status,
      note as Attempt,
    )
    expect(status).to.equal(201)
    expect(await kept()).to.not.equal(before)
    await context.close()
  }

  async function ownPage(context: BrowserContext): Promise<Page> {
    const page = await context.newPage()
    await page.goto(`${world.server.url}/healthz`)
    return page
  }

  proves('F6', 'no socket of the desk opens from it', async (proof) => {
    const live = `${world.server.url.replace(/^http/, 'ws')}/api/v1/live`
    let upgrades = 0
    let tried = 0
    for (const site of sites) {
      const context = await signedIn('holder')
      const page = await context.newPage()
      await page.goto(site.origin)
      const outcomes = await page.evaluate(openSockets, live)
      tried += outcomes.length
      upgrades += outcomes.filter((outcome) => outcome === 'open').length
      await context.close()
    }
    const context = await signedIn('holder')
    const own = await (await ownPage(context)).evaluate(openSockets, live)
    expect(own.slice(0, 2), 'from the desk’s own origin it does open').to.deep.equal(['open', 'open'])
    await context.close()
    expect(upgrades).to.equal(0)
    proof.tried(
      `${tried} sockets opened in Chromium from 2 other origins, sandboxed (Origin: null) too, with the agent’s cookie`,
    )
    proof.figure('0 upgrades')
  })
})

/** Runs on the hostile page: one request in each way that a page has. */
async function tryEverything({ method, url, json }: Attempt): Promise<void> {
  const quiet = (sent: Promise<unknown>): Promise<unknown> => sent.catch(() => undefined)
  const form = (enctype: string, name: string, value: string, verb = 'POST'): void => {
    const frame = document.createElement('iframe')
    frame.name = `f${Math.random()}`
    frame.addEventListener('load', () => (frame.dataset['loaded'] = ''))
    const made = document.createElement('form')
    Object.assign(made, { action: url, method: verb, enctype, target: frame.name })
    const field = document.createElement('input')
    Object.assign(field, { name, value })
    made.append(field)
    document.body.append(frame, made)
    made.submit()
  }
  form('application/x-www-form-urlencoded', 'text', 'x')
  form('multipart/form-data', 'text', 'x')
  // JSON that a form can write: its name, an equals sign, its value.
  form('text/plain', `${json.slice(0, -1)}${json === '{}' ? '' : ','}"x":"`, '"}')
  form('application/x-www-form-urlencoded', '_method', method, 'GET')
  await Promise.all([
    quiet(fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include' })),
    quiet(fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include', body: json })),
    quiet(fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include', body: new Blob([json]) })),
    quiet(
      fetch(url, { method: 'POST', credentials: 'include', headers: { 'content-type': 'text/plain' }, body: json }),
    ),
    quiet(fetch(url, { method, credentials: 'include', headers: { 'content-type': 'application/json' }, body: json })),
    quiet(fetch(url, { method, credentials: 'include', body: json })),
    quiet(fetch(`${url}?_method=${method}`, { credentials: 'include', mode: 'no-cors' })),
  ])
  navigator.sendBeacon(url, json)
  navigator.sendBeacon(url, new URLSearchParams({ text: 'x' }))
}

/** Runs on a page: opens the socket plainly, with a protocol, and from a frame without an origin; says what came of each. */
async function openSockets(url: string): Promise<string[]> {
  const opening = (protocols: string[]): Promise<string> =>
    new Promise((resolve) => {
      const socket = new WebSocket(url, protocols)
      socket.addEventListener('open', () => {
        resolve('open')
        socket.close()
      })
      socket.addEventListener('error', () => resolve('refused'))
    })
  const sandboxed = new Promise<string>((resolve) => {
    const frame = document.createElement('iframe')
    frame.setAttribute('sandbox', 'allow-scripts')
    frame.srcdoc = `<script>const s = new WebSocket(${JSON.stringify(url)}); s.onopen = () => parent.postMessage('open', '*'); s.onerror = () => parent.postMessage('refused', '*')</script>`
    addEventListener('message', ({ data }) => resolve(String(data)))
    document.body.append(frame)
  })
  return [await opening([]), await opening([]), await sandboxed]
}
