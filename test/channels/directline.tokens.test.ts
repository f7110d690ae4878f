import { expect } from 'chai'
import { Temporal } from 'temporal-polyfill'
import type { Clock } from '../../services/platform/clock.ts'
import { forgetOldCounts } from '../../services/platform/rateLimits.ts'
import { forgetEndedSessions } from '../../services/visitors/index.ts'
import { SECRET, startChannelServer, type ChannelServer } from '../support/channelServer.ts'
import { call, listen, newCaller, startedCaller } from '../support/directLineWire.ts'

/** The real time, which a test may push forward. */
function movedClock(): Clock & { move(minutes: number): void } {
  let moved = 0
  return { now: () => Temporal.Now.instant().add({ minutes: moved }), move: (minutes) => void (moved += minutes) }
}

const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>

describe('Direct Line tokens', function () {
  this.timeout(20_000)
  const clock = movedClock()
  let server: ChannelServer
  let line: string
  before(async () => {
    server = await startChannelServer({
      clock,
      settings: { publicUrl: 'https://parcours.example', rateLimit: true, embedOrigins: ['https://partner.example'] },
    })
    line = `${server.url}/v3/directline`
  })
  after(() => server.stop())

  it('1: are generated for the secret, and refused to a token', async () => {
    const generated = await call(`${line}/tokens/generate`, 'POST', SECRET, {
      user: { id: 'someone' },
      trustedOrigins: [],
    })
    expect(generated.status).to.equal(200)
    expect(generated.json).to.have.all.keys('conversationId', 'token', 'expires_in')
    expect(claimsOf(generated.json['token'] as string)).to.include({
      user: 'someone',
      conv: generated.json['conversationId'],
      iss: 'https://parcours.example',
    })
    expect((await call(`${line}/tokens/generate`, 'POST', generated.json['token'] as string)).status).to.equal(403)
    expect((await call(`${line}/tokens/generate`, 'POST', 'another-secret-0123456789')).status).to.equal(403)
    expect((await call(`${line}/tokens/generate`, 'POST')).status).to.equal(401)
  })

  it('opens nothing but that with the secret', async () => {
    const caller = await newCaller(server.url)
    for (const [method, path] of [
      ['POST', '/conversations'],
      ['POST', '/tokens/refresh'],
      ['GET', `/conversations/${caller.id}/activities`],
    ] as const)
      expect((await call(line + path, method, SECRET)).status, path).to.equal(403)
  })

  it('generates a conversation for each token, even of one user', async () => {
    const two = await Promise.all(
      [1, 2].map(() => call(`${line}/tokens/generate`, 'POST', SECRET, { user: { id: 'same' } })),
    )
    const callers = await Promise.all(two.map((one) => startedCaller(server.url, one.json['token'] as string)))
    expect(callers[0]?.id).to.equal(two[0]?.json['conversationId'])
    expect(callers[1]?.id).to.equal(two[1]?.json['conversationId'])
    await callers[0]?.says('private')
    expect((await callers[1]?.messages())?.map((message) => message.text)).to.deep.equal(['Bonjour'])
  })

  it('5: keep user and conversation when refreshed, with no body and no content type', async () => {
    const caller = await newCaller(server.url)
    const refreshed = await caller.call('POST', '/tokens/refresh')
    expect(refreshed.status).to.equal(200)
    expect(refreshed.json).to.include({ conversationId: caller.id, expires_in: 1800 })
    const [before, now] = [claimsOf(caller.token), claimsOf(refreshed.json['token'] as string)]
    expect(now).to.include({ user: before['user'], conv: before['conv'], typ: 'conv' })
    expect(now['jti']).to.not.equal(before['jti'])
    expect(caller.userId).to.match(/^dl_[A-Za-z0-9_-]{22}$/)
  })

  it('7: are asked for (401), and refused when forged (403)', async () => {
    const { id, token } = await newCaller(server.url)
    const path = `${line}/conversations/${id}/activities`
    expect((await call(path, 'GET')).status).to.equal(401)
    const [head = '', payload = '', signature = ''] = token.split('.')
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url')
    const changed = Buffer.from(JSON.stringify({ ...claimsOf(token), user: 'dl_other' })).toString('base64url')
    for (const forged of [
      `${none}.${payload}.`,
      `${none}.${payload}.${signature}`,
      `${head}.${changed}.${signature}`,
      `${head}.${payload}.`,
      'x',
      `${token}x`,
    ])
      expect((await call(path, 'GET', forged)).status, forged).to.equal(403)
  })

  it('8: answer a conversation of somebody else like one that does not exist, byte for byte', async () => {
    const [mine, theirs] = [await newCaller(server.url), await newCaller(server.url)]
    const form = new FormData()
    form.append('file', new Blob(['x']), 'a.txt')
    const calls: [string, string, unknown?][] = [
      ['GET', ''],
      ['GET', '/activities'],
      ['POST', '/activities', { type: 'message', text: 'hello' }],
      ['POST', '/activities', { type: 'typing' }],
      ['POST', '/upload', form],
    ]
    for (const [method, path, body] of calls) {
      const [foreign, unknown] = await Promise.all(
        [theirs.id, 'nobody'].map((id) => mine.call(method, `/conversations/${id}${path}`, body)),
      )
      expect(foreign?.status, path).to.equal(404)
      expect(foreign?.json, path).to.deep.equal(unknown?.json)
    }
    const t = new URL(mine.streamUrl).searchParams.get('t')
    const socket = server.url.replace('http', 'ws')
    for (const id of [theirs.id, 'nobody'])
      expect(
        await listen(`${socket}/v3/directline/conversations/${id}/stream?t=${t}`).catch(
          (error: Error) => error.message,
        ),
      ).to.equal('refused 404')
    expect((await theirs.messages()).map((message) => message.text)).to.deep.equal(['Bonjour'])
  })

  it('9: open either calls or the stream, never both', async () => {
    const caller = await newCaller(server.url)
    const address = new URL(caller.streamUrl)
    const streamToken = address.searchParams.get('t') ?? ''
    expect((await call(`${line}/conversations/${caller.id}`, 'GET', streamToken)).status).to.equal(403)
    expect((await call(`${line}/tokens/refresh`, 'POST', streamToken)).status).to.equal(403)
    const local = `${server.url.replace('http', 'ws')}${address.pathname}?t=`
    expect(await listen(local + caller.token).catch((error: Error) => error.message)).to.equal('refused 403')
    expect(await listen(local).catch((error: Error) => error.message)).to.equal('refused 403')
    ;(await listen(local + streamToken)).close()
  })

  it('11: name the public origin for the stream, whatever the request says', async () => {
    const caller = await newCaller(server.url)
    expect(caller.streamUrl).to.match(
      /^wss:\/\/parcours\.example\/v3\/directline\/conversations\/[\w-]+\/stream\?watermark=-&t=/,
    )
  })

  it('36: are taken from pages of other origins, in a header', async () => {
    for (const path of [
      '/conversations',
      '/tokens/refresh',
      '/conversations/x/activities',
      '/conversations/x/upload',
      '/conversations/x',
    ]) {
      const preflight = await call(line + path, 'OPTIONS', undefined, undefined, { origin: 'https://anywhere.example' })
      expect(preflight.status, path).to.equal(204)
      expect(preflight.headers.get('access-control-allow-origin')).to.equal('*')
      for (const name of ['Authorization', 'Content-Type', 'X-Requested-With', 'x-ms-bot-agent'])
        expect(preflight.headers.get('access-control-allow-headers')).to.contain(name)
    }
    const refused = await call(`${line}/conversations`, 'POST', undefined, undefined, {
      origin: 'https://anywhere.example',
    })
    expect(refused.headers.get('access-control-allow-origin')).to.equal('*')
    expect(refused.headers.get('access-control-allow-credentials')).to.equal(null)
  })

  describe("of the newcomer's page", () => {
    const mint = (headers: Record<string, string> = {}, body?: unknown) =>
      call(`${server.url}/api/chat/tokens`, 'POST', undefined, body, headers)
    const cookieOf = (answer: { headers: Headers }) => answer.headers.getSetCookie()[0] ?? ''

    it('come with a cookie that no script reads, and find the person again after days', async () => {
      const first = await mint({ origin: 'https://parcours.example' })
      expect(cookieOf(first)).to.match(
        /^__Host-parcours_visitor=[\w-]{43}; Path=\/; Max-Age=15552000; HttpOnly; SameSite=Strict; Secure$/,
      )
      expect(first.json).to.not.have.property('conversationId')
      const caller = await startedCaller(server.url, first.json['token'] as string)
      await caller.says('me again')
      clock.move(60 * 24 * 100)
      const cookie = cookieOf(first).split(';')[0] ?? ''
      const second = await mint({ cookie })
      expect(second.json).to.include({ conversationId: caller.id, userId: first.json['userId'] })
      clock.move(60 * 24 * 100) // renewed at the second visit
      const third = await mint({ cookie })
      expect(third.json['conversationId']).to.equal(caller.id)
      const again = await startedCaller(server.url, third.json['token'] as string)
      expect((await again.messages()).map((message) => message.text)).to.include('me again')
      clock.move(60 * 24 * 181)
      expect((await mint({ cookie })).json['userId']).to.not.equal(first.json['userId'])
    })

    it('are refused to pages of other sites; a named one gets a token and no cookie', async () => {
      for (const [name, value] of [
        ['origin', 'https://evil.example'],
        ['origin', 'null'],
        ['sec-fetch-site', 'cross-site'],
        ['sec-fetch-site', 'same-site'],
      ] as const)
        expect((await mint({ [name]: value })).status, `${name}: ${value}`).to.equal(403)
      const own = cookieOf(await mint()).split(';')[0] ?? ''
      const embedded = await mint({ origin: 'https://partner.example', cookie: own })
      expect(embedded.status).to.equal(200)
      expect(embedded.headers.getSetCookie()).to.deep.equal([])
      expect((await mint({ cookie: own })).json['userId']).to.not.equal(embedded.json['userId'])
    })

    it('find nobody again once the session was ended on the device', async () => {
      clock.move(5)
      const end = (headers: Record<string, string>) =>
        call(`${server.url}/api/chat/session`, 'DELETE', undefined, undefined, headers)
      const first = await mint()
      const caller = await startedCaller(server.url, first.json['token'] as string)
      const cookie = cookieOf(first).split(';')[0] ?? ''
      for (const foreign of [
        { origin: 'https://evil.example' },
        { origin: 'https://partner.example' },
        { 'sec-fetch-site': 'cross-site' },
      ])
        expect((await end({ ...foreign, cookie })).status, JSON.stringify(foreign)).to.equal(403)
      expect((await mint({ cookie })).json['conversationId']).to.equal(caller.id)

      const ended = await end({ origin: 'https://parcours.example', cookie })
      expect(ended.status).to.equal(204)
      expect(cookieOf(ended)).to.equal('__Host-parcours_visitor=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure')
      // Even a copy of the cookie opens nothing now.
      const next = await mint({ cookie })
      expect(next.json).to.not.have.property('conversationId')
      expect(next.json['userId']).to.not.equal(first.json['userId'])
      expect((await end({})).status).to.equal(204)
    })

    it('last a visit on a device that others use: a cookie of the window, a session of hours', async () => {
      clock.move(5)
      const shared = await mint({}, { shared: true })
      expect(cookieOf(shared)).to.match(
        /^__Host-parcours_visitor=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
      )
      const cookie = cookieOf(shared).split(';')[0] ?? ''
      expect((await mint({ cookie })).json['userId']).to.equal(shared.json['userId'])
      await mint({ cookie }, { shared: true })
      clock.move(60 * 13)
      expect((await mint({ cookie })).json['userId']).to.not.equal(shared.json['userId'])
    })

    it('carry the language of the page into the conversation', async () => {
      const { id } = await newCaller(server.url, 'en-CA')
      const row = await server.platform.database.db
        .selectFrom('conversations')
        .select('language')
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
      expect(row.language).to.equal('en')
    })

    it('are limited by address, on both nodes together', async () => {
      clock.move(5)
      const other = await server.secondNode()
      const statuses: number[] = []
      for (let i = 0; i < 64; i += 1)
        statuses.push((await call(`${i % 2 === 0 ? server.url : other.url}/api/chat/tokens`, 'POST')).status)
      expect(statuses.filter((status) => status === 200)).to.have.length(60)
      const refused = await mint()
      expect(refused.status).to.equal(429)
      expect(Number(refused.headers.get('retry-after'))).to.be.within(1, 60)
      clock.move(1)
      expect((await mint()).status).to.equal(200)
      await other.stop()
    })

    it('leave nothing behind when they are over: counts of a day, sessions of 180 days', async () => {
      const { database } = server.platform
      const rows = async () => ({
        counts: (await database.db.selectFrom('rate_limits').select('count').execute()).length,
        sessions: (await database.db.selectFrom('visitor_sessions').select('user_id').execute()).length,
      })
      await mint()
      const sweep = () => Promise.all([forgetOldCounts(server.platform), forgetEndedSessions(server.platform)])
      await sweep()
      const before = await rows()
      expect(before.counts).to.be.above(0)
      expect(before.sessions).to.be.above(0)
      clock.move(60 * 24 * 2)
      await sweep()
      expect(await rows()).to.deep.equal({ ...before, counts: 0 })
      clock.move(60 * 24 * 180)
      await sweep()
      expect(await rows()).to.deep.equal({ counts: 0, sessions: 0 })
    })
  })

  it('6: are refused with 403 when they are over, like the stream of that time', async () => {
    const caller = await newCaller(server.url)
    clock.move(29)
    expect((await caller.call('POST', '/tokens/refresh')).status).to.equal(200)
    clock.move(2)
    const refused = await caller.call('POST', '/tokens/refresh')
    expect(refused.status).to.equal(403)
    expect(refused.json).to.have.nested.property('error.code', 'tokenExpired')
    const address = new URL(caller.streamUrl)
    const local = `${server.url.replace('http', 'ws')}${address.pathname}${address.search}`
    expect(await listen(local).catch((error: Error) => error.message)).to.equal('refused 403')
  })
})
