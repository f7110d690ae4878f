import { expect } from 'chai'
import { call, startedCaller, type Caller } from '../support/directLineWire.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

const PARTNER = 'https://partner.example'

/** A visitor of our own page: their conversation, and the cookie that finds it again. */
interface Visitor {
  caller: Caller
  cookie: string
}

describe('what the page’s token says of danger', function () {
  this.timeout(60_000)
  let server: TestServer
  before(async () => {
    server = await startTestServer({ env: { EMBED_ORIGINS: PARTNER } })
  })
  after(() => server.stop())

  const mint = (headers: Record<string, string>, body: object = {}) =>
    call(`${server.url}/api/chat/tokens`, 'POST', undefined, { language: 'fr', ...body }, headers)

  async function visitor(): Promise<Visitor> {
    const minted = await mint({})
    expect(minted.json['danger'], 'nobody has said anything').to.equal(false)
    return {
      caller: await startedCaller(server.url, String(minted.json['token'])),
      cookie: minted.headers.getSetCookie()[0]?.split(';')[0] ?? '',
    }
  }
  const dangerFor = async ({ cookie }: Visitor): Promise<unknown> => (await mint({ cookie })).json['danger']

  it('is that it was told, however long ago', async () => {
    const one = await visitor()
    await one.caller.says('bonjour')
    expect(await dangerFor(one)).to.equal(false)
    await one.caller.says('mon mari me frappe')
    expect(await dangerFor(one)).to.equal(true)
    for (let number = 1; number <= 30; number += 1) await one.caller.says(`message ${number}`)
    const last = (await one.caller.poll()).watermark
    expect(Number(last), 'more than the stream shows').to.be.above(55)
    expect(await dangerFor(one)).to.equal(true)
    expect(await dangerFor(await visitor()), 'of another conversation').to.equal(false)
  })

  it('is nothing where a message does not open; the token is given all the same', async () => {
    const one = await visitor()
    await one.caller.says('bonjour')
    await server.running.platform.database.pool.query(
      'update messages set body_sealed = set_byte(body_sealed, 30, get_byte(body_sealed, 30) # 1) where conversation_id = $1',
      [one.caller.id],
    )
    const { status, json } = await mint({ cookie: one.cookie })
    expect(status).to.equal(200)
    expect(json).to.include({ conversationId: one.caller.id }).and.not.to.have.property('danger')
  })

  it('is nothing within the page of another site, whose tab forgets in any case', async () => {
    const one = await visitor()
    await one.caller.says('mon mari me frappe')
    for (const answer of [await mint({ cookie: one.cookie }, { embedded: true }), await mint({ origin: PARTNER })]) {
      expect(answer.status).to.equal(200)
      expect(answer.json).to.not.have.property('danger')
    }
  })
})
