import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import pg from 'pg'
import { call, newCaller } from '../support/directLineWire.ts'
import { createTestDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import { openSocket, shakeHands } from '../support/handshake.ts'
import { otherOrigins } from '../support/otherOrigins.ts'
import { proves } from '../support/proofs.ts'
import { openRouteWorld, pathOf, type RouteWorld } from '../support/routeTable.ts'
import { startServerProcess } from '../support/serverProcess.ts'

describe('sockets that a page of another site opens', function () {
  this.timeout(60_000)
  let world: RouteWorld
  before(async () => (world = await openRouteWorld()))
  after(() => world.close())

  /** Sockets that a browser's cookie opens by itself. What stands in the address a foreign page has to know. */
  const ambient = () => world.sockets.filter(({ who }) => who !== 'directline' && who !== 'anyone')

  proves(
    'F6',
    'are refused before the upgrade where a cookie opens them, and open nothing by a cookie elsewhere',
    async (proof) => {
      const { port } = world.server.running
      const cookies = world.headersOf('holder')
      const own = new URL(world.server.url).origin
      const others: [string, string | string[] | undefined][] = [
        ['missing', undefined],
        ...Object.entries(otherOrigins(world.server.url)),
        ['twice, ours first', [own, 'https://evil.example']],
        ['twice, ours last', ['https://evil.example', own]],
      ]
      let refused = 0
      const upgraded: string[] = []
      expect(ambient()).to.not.deep.equal([])
      for (const { path } of ambient()) {
        for (const [name, origin] of others)
          for (const more of [
            {},
            { 'sec-websocket-origin': own, referer: `${own}/desk`, 'sec-fetch-site': 'same-origin' },
          ]) {
            const { status } = await shakeHands(port, path, {
              ...cookies,
              ...more,
              ...(origin === undefined ? {} : { origin }),
            })
            if (status === 403) refused += 1
            else upgraded.push(`${path} · ${name}: ${status}`)
          }
        expect((await shakeHands(port, path, { ...cookies, origin: own })).status, 'from our own page').to.equal(101)
      }
      expect(upgraded, upgraded.join('\n')).to.deep.equal([])

      // The others are opened by a token of one conversation in the address, which no browser adds by itself.
      const minted = await world.send({ method: 'POST', path: '/api/chat/tokens', headers: {} })
      const visitor = String(minted.headers['set-cookie']).split(';')[0] ?? ''
      for (const row of world.sockets.filter((one) => !ambient().includes(one))) {
        const { params = {} } = world.targetsOf(row, 'visitorA').find(({ name }) => name === 'ours') ?? {}
        const path = pathOf(row, params)
        for (const origin of ['https://evil.example', 'null', own])
          for (const cookie of [visitor, cookies['cookie'] ?? '', `${visitor}; ${cookies['cookie']}`]) {
            const { status } = await shakeHands(port, path, { origin, cookie })
            if (status === 403) refused += 1
            else upgraded.push(`${path} · ${origin}: ${status}`)
          }
        const t = world.streamTicketOf('visitorA')
        expect((await shakeHands(port, `${path}?t=${t}`, { origin: 'https://partner.example' })).status).to.equal(101)
      }
      expect(upgraded, upgraded.join('\n')).to.deep.equal([])
      proof.tried(
        `${refused} handshakes: ${others.length} Origins (none, null, twice, look-alikes) with the desk’s cookie; Direct Line by cookies alone`,
      )
      proof.figure('0 upgrades. Direct Line’s stream needs a token of one conversation, which is not ambient')
    },
  )

  proves('F6', 'no token or secret of an address is written to the log, at debug', async (proof) => {
    const database = await createTestDatabase()
    const { user, host, port, database: name } = database.connection
    const server = await startServerProcess({
      DATABASE_URL: `postgres://${user}@localhost:${port}/${name}?host=${encodeURIComponent(String(host))}`,
      MASTER_KEY: randomBytes(32).toString('base64'),
      LOG_LEVEL: 'debug',
    })
    const secrets: string[] = []
    try {
      await server.ready()
      const { port: listening } = new URL(server.url)
      const to = Number(listening)
      // The console shows it, once, and is no log.
      const shown = (await eventually('the first link', () => server.signInLink())).split('#sign-in=')[1] ?? ''
      const banner = server.output()
      const caller = await newCaller(server.url)
      const { pathname, search, searchParams } = new URL(caller.streamUrl)
      const stream = await openSocket(to, pathname + search)
      await caller.says('Bonjour')
      await eventually('a frame', () => stream.frames.length > 0)
      secrets.push(caller.token, searchParams.get('t') ?? '')
      const signedIn = await call(`${server.url}/api/v1/session`, 'POST', undefined, { token: shown })
      const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? ''
      secrets.push(shown, cookie.split('=')[1] ?? '')
      const live = await openSocket(to, '/api/v1/live', { cookie, origin: server.url })
      await eventually('hello', () => live.frames.length > 0)
      const form = new FormData()
      form.append('file', new Blob(['x']), 'a.txt')
      await caller.call('POST', `/conversations/${caller.id}/upload`, form)
      const link = (await caller.messages()).flatMap(({ attachments }) => attachments ?? [])[0]?.contentUrl ?? ''
      expect((await fetch(link)).status).to.equal(200)
      secrets.push(new URL(link).searchParams.get('t') ?? '')
      // Refusals and failures write more than what goes well: broken tokens, other paths, a session that ends.
      const t = searchParams.get('t') ?? ''
      for (const path of [`${pathname}x${search}`, `${pathname}?t=${t}x`, `/nope?t=${t}`, `//${pathname}${search}`])
        await shakeHands(to, path)
      for (const path of [
        `/files/x?t=${t}`,
        `/v3/directline/conversations/${caller.id}?t=${t}`,
        `/nope?t=${t}`,
        `/%zz?t=${t}`,
      ])
        await call(server.url + path, 'GET', `${caller.token}x`, undefined, { cookie })
      await call(`${server.url}/api/v1/session`, 'POST', undefined, { token: shown })
      // With both sockets open the database goes: that is what debug tells most of.
      const client = new pg.Client(database.connection)
      await client.connect()
      await client.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      )
      await client.end()
      await eventually('debug lines', () => server.output().includes('"level":20'))
      await call(`${server.url}/api/v1/session`, 'DELETE', undefined, undefined, { cookie })
      await eventually('signed out', () => live.end() !== undefined)
      stream.socket.terminate()
      await server.terminate()
      const log = server.output().slice(banner.length)
      expect(log, 'the log says something').to.include('"level":20')
      for (const secret of secrets) {
        expect(secret).to.have.length.above(20)
        for (const part of secret.split('.').filter((piece) => piece.length > 40 || secret.length < 50))
          expect(log, 'a secret in the log').to.not.include(part)
      }
      proof.tried(
        `${secrets.length} secrets (token, stream, file, sign-in link, session) used and misused; the log at debug, ${(log.length / 1024).toFixed(1)} KB`,
      )
      proof.figure('0 of them in the log')
    } finally {
      await server.dispose()
      await database.drop()
    }
  })
})
