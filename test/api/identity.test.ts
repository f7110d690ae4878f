import { expect } from 'chai'
import type { Route } from '../../api/route.ts'
import { randomId } from '../../services/platform/ids.ts'
import { forgedSessions } from '../support/forgedSessions.ts'
import { forgedTokens, identityHeaders } from '../support/forgedTokens.ts'
import { shakeHands } from '../support/handshake.ts'
import { proves } from '../support/proofs.ts'
import { openRouteWorld, pathOf, SECRET, type ActorName, type RouteWorld } from '../support/routeTable.ts'
import { bodiesOf, MULTIPART, oneOf, queriesOf, upload } from '../support/routeValues.ts'
import { wholeDatabase } from '../support/wholeDatabase.ts'

type Headers = Record<string, string>
/** What a request says of who asks: in headers, and in the query where the row reads it there. */
type Said = { headers: Headers; query?: Headers }

describe('who is not who they say', function () {
  this.timeout(60_000)
  let world: RouteWorld
  before(async () => (world = await openRouteWorld()))
  after(() => world.close())

  /** Who may ask for a row, about a target of theirs. */
  function rightful(row: Pick<Route, 'path' | 'who'>): { actor: ActorName; params: Headers } {
    const actor: ActorName =
      row.who === 'directline'
        ? 'visitorA'
        : row.who === 'supervisor' || row.path.startsWith('/api/v1/agents')
          ? 'administrator'
          : 'holder'
    const all = world.targetsOf(row, actor)
    return { actor, params: (all.find(({ name }) => name === 'ours' || name === 'colleague') ?? all[0])?.params ?? {} }
  }

  /** A request that the row takes, from whoever `said` says. */
  function request(row: Route, params: Headers, { headers, query }: Said) {
    const bodies = bodiesOf(row, 'dull')
    const raw = row.body !== undefined && 'raw' in row.body
    const asked = { ...(oneOf(queriesOf(row, 'dull')) as Headers), ...query }
    return world.send({
      method: row.method,
      path: `${pathOf(row, params)}?${new URLSearchParams(asked).toString()}`,
      headers: {
        ...headers,
        ...(row.method === 'GET' ? {} : { 'content-type': raw ? MULTIPART : 'application/json' }),
      },
      body: raw ? upload('{"type":"message"}', 'a.txt', 'words') : bodies && JSON.stringify(oneOf(bodies)),
    })
  }

  const conversationOf = () =>
    rightful({ path: '/v3/directline/conversations/:id', who: 'directline' }).params['id'] ?? ''

  /** Everybody who is no bearer of a Direct Line token. */
  function bearers(row: Route): Record<string, Said> {
    const conv = conversationOf()
    const { platform } = world.server.running
    const right = world.headersOf('visitorA')['authorization'] ?? ''
    const token = right.split(' ')[1] ?? ''
    const forged = Object.entries(forgedTokens(platform, 'conv', { conv, user: `dl_${conv}` })).map(
      ([name, value]) => [name, { headers: { authorization: `Bearer ${value}` } }] as const,
    )
    const secret = row.path.endsWith('/generate')
    return {
      'no header': { headers: {} },
      ...Object.fromEntries(forged),
      'another scheme': { headers: { authorization: `Basic ${token}` } },
      'without a scheme': { headers: { authorization: token } },
      'in the query': { headers: {}, query: { t: token, token, access_token: token } },
      'in a cookie': { headers: { cookie: `token=${token}; parcours_visitor=${token}` } },
      'the session of an agent': { headers: world.headersOf('administrator') },
      'an agent’s session as a token': {
        headers: { authorization: `Bearer ${world.headersOf('holder')['cookie']?.split('=')[1] ?? ''}` },
      },
      ...(secret
        ? { 'a right token, which is no secret': { headers: { authorization: right } } }
        : { 'the secret of the server': { headers: { authorization: `Bearer ${SECRET}` } } }),
      ...(row.path.includes(':id')
        ? {
            'a conversation that is no more': {
              headers: {
                authorization: `Bearer ${world.tokens.issue('conv', { conv: randomId(), user: 'dl_x' }, 1800)}`,
              },
            },
          }
        : {}),
      ...Object.fromEntries(
        identityHeaders(`dl_${conv}`).map((headers) => [`the header ${Object.keys(headers).join()}`, { headers }]),
      ),
    }
  }

  proves('F1', 'no forged, old, foreign or missing credential is taken by any route or socket', async (proof) => {
    const { database } = world.server.running.platform
    const sessions = Object.fromEntries(
      Object.entries(await forgedSessions(world)).map(([name, headers]) => [name, { headers } satisfies Said]),
    )
    const guarded = world.rows.filter(({ who }) => who !== 'anyone')
    const before = await wholeDatabase(database)
    const accepted: string[] = []
    let cells = 0
    for (const row of guarded) {
      const { params } = rightful(row)
      const cases = Object.entries(row.who === 'directline' ? bearers(row) : sessions)
      cells += cases.length
      await Promise.all(
        cases.map(async ([name, said]) => {
          const { status } = await request(row, params, said)
          // The body and query are right: 400 would be a refusal of something else.
          if (![401, 403, 404].includes(status)) accepted.push(`${row.method} ${row.path} · ${name}: ${status}`)
        }),
      )
    }

    const { port } = world.server.running
    let handshakes = 0
    const knock = async (what: string, path: string, headers: Headers): Promise<void> => {
      const { status } = await shakeHands(port, path, headers)
      handshakes += 1
      if (![401, 403, 404].includes(status)) accepted.push(`${what}: ${status}`)
    }
    for (const row of world.sockets) {
      const { params } = rightful(row)
      const path = pathOf(row, params)
      if (row.who !== 'directline')
        for (const [name, { headers }] of Object.entries(sessions))
          await knock(`${path} · ${name}`, path, { ...headers, origin: world.server.url })
      else {
        const conv = params['id'] ?? ''
        const claims = { conv, user: `dl_${conv}` }
        for (const [name, t] of Object.entries(forgedTokens(world.server.running.platform, 'stream', claims)))
          await knock(`${path} · ${name}`, `${path}?t=${encodeURIComponent(t)}`, {})
        // A stream's token counts in the address and nowhere else.
        const right = world.tokens.issue('stream', claims, 1800)
        await knock(`${path} · in a header`, path, { authorization: `Bearer ${right}` })
        await knock(`${path} · in a cookie`, path, { cookie: `t=${right}; parcours_visitor=${right}` })
        await knock(`${path} · the calls’ token`, path, world.headersOf('visitorA'))
        for (const headers of identityHeaders(claims.user))
          await knock(`${path} · ${Object.keys(headers).join()}`, path, headers)
      }
    }
    expect(accepted, accepted.join('\n')).to.deep.equal([])
    expect(await wholeDatabase(database), 'side effects').to.deep.equal(before)

    // The same requests from whom they should come are taken: nothing above was refused for another reason.
    for (const row of guarded) {
      const { actor, params } = rightful(row)
      const headers = row.path.endsWith('/generate') ? { authorization: `Bearer ${SECRET}` } : world.headersOf(actor)
      const { status, text } = await request(row, params, { headers })
      expect(status, `${row.method} ${row.path} ${text}`).to.be.within(200, 399)
      if (row.method !== 'GET') await world.renew()
    }
    proof.tried(
      `${guarded.length} routes and ${world.sockets.length} sockets × 26–40 forgeries: ${cells} requests, ${handshakes} handshakes`,
    )
    proof.figure(`0 accepted; ${Object.keys(before).length} tables unchanged to the byte`)
  })

  proves('F1', 'a header of a proxy changes nobody’s identity', async (proof) => {
    const administrator = await world.server.signInAgent({ name: 'Named in headers', role: 'administrator' })
    let tried = 0
    for (const headers of identityHeaders(administrator.agentId)) {
      const { text } = await world.send({
        method: 'GET',
        path: '/api/v1/me',
        headers: { ...world.headersOf('holder'), ...headers },
      })
      expect((JSON.parse(text) as { agent: { name: string } }).agent.name).to.equal('Holder')
      const { status } = await world.send({
        method: 'POST',
        path: '/api/v1/agents',
        headers: { ...world.headersOf('bystander'), ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'X', role: 'agent', languages: ['fr'], region: null }),
      })
      expect(status).to.equal(403)
      tried += 2
    }
    proof.tried(`${tried} requests of agents with a header that names an administrator`)
    proof.figure('0 taken for somebody else')
  })

  proves('F1', 'no old or foreign one-time link signs in, and no such link opens a file', async (proof) => {
    const { database } = world.server.running.platform
    const file = rightful({ path: '/files/:id', who: 'directline' }).params['id'] ?? ''
    const links = await spentLinks()
    const before = await wholeDatabase(database)
    const json = { 'content-type': 'application/json' }
    let tried = 0
    for (const [name, token] of Object.entries(links)) {
      const body = JSON.stringify({ token })
      const { status, headers } = await world.send({ method: 'POST', path: '/api/v1/session', headers: json, body })
      expect(status, name).to.be.oneOf([400, 401])
      expect(headers['set-cookie'], name).to.equal(undefined)
      tried += 1
    }
    for (const [name, t] of Object.entries(forgedTokens(world.server.running.platform, 'file', { file }))) {
      const { status } = await world.send({
        method: 'GET',
        path: `/files/${file}?t=${encodeURIComponent(t)}`,
        headers: world.headersOf('visitorA'),
      })
      expect(status, name).to.be.oneOf([400, 403, 404])
      tried += 1
    }
    expect(await wholeDatabase(database)).to.deep.equal(before)
    const right = world.tokens.issueShared('file', { file }, 3600)
    expect((await world.send({ method: 'GET', path: `/files/${file}?t=${right}`, headers: {} })).status).to.equal(200)
    proof.tried(`${tried} links: used, voided, expired, of a closed account, of another environment, forged`)
    proof.figure(`0 accepted; ${Object.keys(before).length} tables unchanged`)
  })

  /** One-time links that no longer open, or never did. */
  async function spentLinks(): Promise<Headers> {
    const tokenOf = ({ link }: { link: string }): string => link.split('#sign-in=')[1] ?? ''
    const ask = async <T>(path: string, body: object): Promise<T> => {
      const headers = { ...world.headersOf('administrator'), 'content-type': 'application/json' }
      return JSON.parse(
        (await world.send({ method: 'POST', path, headers, body: JSON.stringify(body) })).text || '{}',
      ) as T
    }
    const invite = () =>
      ask<{ link: string; agent: { id: string } }>('/api/v1/agents', {
        name: 'Invited',
        role: 'agent',
        languages: ['fr'],
        region: null,
      })
    const { db } = world.server.running.platform.database
    const [used, voided, expired, closed] = [await invite(), await invite(), await invite(), await invite()]
    const sent = { method: 'POST', path: '/api/v1/session', headers: { 'content-type': 'application/json' } }
    expect((await world.send({ ...sent, body: JSON.stringify({ token: tokenOf(used) }) })).status).to.equal(204)
    await ask(`/api/v1/agents/${voided.agent.id}/link`, {})
    await db
      .updateTable('sign_in_links')
      .set({ expires_at: new Date(Date.now() - 1_000) })
      .where('agent_id', '=', expired.agent.id)
      .execute()
    await db.updateTable('agents').set({ active: false }).where('id', '=', closed.agent.id).execute()
    return {
      used: tokenOf(used),
      voided: tokenOf(voided),
      expired: tokenOf(expired),
      'of a closed account': tokenOf(closed),
      'a guess': 'A'.repeat(43),
      'no token': 'x',
      'a session': world.headersOf('holder')['cookie']?.split('=')[1] ?? '',
    }
  }
})
