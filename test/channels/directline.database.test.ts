import { expect } from 'chai'
import { directLine } from '../../bots/channels/directline/index.ts'
import type { Turns } from '../../bots/inbound.ts'
import type { ConversationId } from '../../services/platform/ids.ts'
import type { Platform } from '../../services/platform/platform.ts'
import { openTokens } from '../../services/platform/tokens.ts'
import { startChannelServer, type ChannelServer } from '../support/channelServer.ts'
import { call, newCaller } from '../support/directLineWire.ts'
import { eventually } from '../support/eventually.ts'

/** What the official client takes as final is never answered while the database is away. */
describe('Direct Line while the database is away', function () {
  this.timeout(20_000)
  let server: ChannelServer
  before(async () => {
    server = await startChannelServer({ times: { holdMs: 300 } })
  })
  afterEach(() => server.restoreDatabase())
  after(() => server.stop())

  it('32: holds a start, and a post, until it is back', async () => {
    const token = (await call(`${server.url}/api/chat/tokens`, 'POST')).json['token'] as string
    const known = await newCaller(server.url)
    const refused = server.refusedConnections()
    server.cutDatabase()
    const start = call(`${server.url}/v3/directline/conversations`, 'POST', token)
    const post = known.says('held')
    await eventually('two refused connections', () => server.refusedConnections() >= refused + 2)
    server.restoreDatabase()
    expect((await start).status).to.equal(201)
    await post
    expect((await known.messages()).filter((message) => message.text === 'held')).to.have.length(1)
  })

  it('32: gives the steps of a start one time together, which is shorter than a client waits', async () => {
    const { keys, settings, clock, database } = server.platform
    const given: (number | undefined)[] = []
    const turns: Turns = {
      async take(_inbound, holdMs) {
        given.push(holdMs)
        return { id: 'x', seq: 1, copy: false }
      },
      takeReceived: () => Promise.resolve(0),
      handBack: () => Promise.resolve(),
    }
    // The first step finds the database away for a while, and uses up a part of the time.
    const slowly: Platform = {
      ...server.platform,
      database: {
        ...database,
        async hold(work, holdMs) {
          given.push(holdMs)
          const begun = performance.now()
          await eventually('60 ms are over', () => performance.now() - begun > 60)
          return work()
        },
      },
    }
    const line = directLine(slowly, {
      turns,
      tokens: openTokens(keys, settings.publicUrl, clock),
      times: { holdMs: 5_000 },
    })
    const { token } = line.door.mint({ conversationId: 'held' as ConversationId, userId: 'dl_held' })
    expect((await line.start(`Bearer ${token}`, {})).status).to.equal(201)
    expect(given).to.have.length(2)
    expect(given[0]).to.be.within(4_500, 5_000)
    expect(given[1]).to.be.within(0, (given[0] ?? 0) - 60)
    line.close()
  })

  it('32: says "later" (429) when it is away for long: no 5xx', async () => {
    const caller = await newCaller(server.url)
    server.cutDatabase()
    for (const answered of [
      await caller.call('POST', '/conversations'),
      await caller.call('GET', `/conversations/${caller.id}`),
    ]) {
      expect(answered.status).to.equal(429)
      expect(answered.json).to.have.nested.property('error.code', 'tooMany')
      expect(Number(answered.headers.get('retry-after'))).to.be.above(0)
    }
    expect((await caller.call('POST', '/tokens/refresh')).status).to.equal(200)
  })

  it('33: answers a poll with nothing, and the same watermark', async () => {
    const caller = await newCaller(server.url)
    server.cutDatabase()
    const answered = await caller.call('GET', `/conversations/${caller.id}/activities?watermark=2`)
    expect(answered.status).to.equal(200)
    expect(answered.json).to.deep.equal({ activities: [], watermark: '2' })
  })

  it('mints no token of the page while addresses cannot be counted', async () => {
    const refused = server.refusedConnections()
    server.cutDatabase()
    const minted = call(`${server.url}/api/chat/tokens`, 'POST')
    await eventually('it waits', () => server.refusedConnections() > refused)
    server.restoreDatabase()
    expect((await minted).status).to.equal(200)
  })
})
