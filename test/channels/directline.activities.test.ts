import { expect } from 'chai'
import { Temporal } from 'temporal-polyfill'
import type { Clock } from '../../services/platform/clock.ts'
import { startChannelServer, TURN_SLEEPS, type ChannelServer } from '../support/channelServer.ts'
import { call, newCaller, startedCaller } from '../support/directLineWire.ts'
import { eventually } from '../support/eventually.ts'

/** A node whose clock jumps back and forth. */
function skewedClock(): Clock {
  let turn = 0
  return { now: () => Temporal.Now.instant().subtract({ seconds: ((turn += 1) ** 2 * 7) % 31 }) }
}

describe('Direct Line conversations and activities', function () {
  this.timeout(20_000)
  let server: ChannelServer
  before(async () => {
    server = await startChannelServer({ clock: skewedClock() })
  })
  after(() => server.stop())

  it('2: start with 201, then 200 for the same one, greeted once', async () => {
    const minted = await call(`${server.url}/api/chat/tokens`, 'POST')
    const token = minted.json['token'] as string
    const starts = []
    for (let i = 0; i < 2; i += 1)
      starts.push(
        await call(`${server.url}/v3/directline/conversations`, 'POST', token, {
          user: { id: 'dl_other' },
          locale: 'en-US',
        }),
      )
    expect(starts.map((start) => start.status)).to.deep.equal([201, 200])
    expect(starts[1]?.json['conversationId']).to.equal(starts[0]?.json['conversationId'])
    expect(starts[0]?.json).to.have.all.keys('conversationId', 'token', 'expires_in', 'streamUrl')
    const caller = await startedCaller(server.url, token)
    expect((await caller.messages()).map((message) => message.text)).to.deep.equal(['Bonjour'])
  })

  it('2: start once when five tabs start at the same moment', async () => {
    const minted = await call(`${server.url}/api/chat/tokens`, 'POST')
    const callers = await Promise.all(
      [1, 2, 3, 4, 5].map(() => startedCaller(server.url, minted.json['token'] as string)),
    )
    expect(new Set(callers.map((caller) => caller.id)).size).to.equal(1)
    expect((await callers[0]?.messages())?.map((message) => message.text)).to.deep.equal(['Bonjour'])
  })

  it('3: start without a body', async () => {
    const minted = await call(`${server.url}/api/chat/tokens`, 'POST')
    expect(
      (await call(`${server.url}/v3/directline/conversations`, 'POST', minted.json['token'] as string)).status,
    ).to.equal(201)
  })

  it('4: are found again with a fresh token and a stream address that goes on from the watermark', async () => {
    const caller = await newCaller(server.url)
    const resumed = await caller.call('GET', `/conversations/${caller.id}?watermark=7`)
    expect(resumed.status).to.equal(200)
    expect(resumed.json['token']).to.be.a('string')
    expect(resumed.json['streamUrl']).to.contain('watermark=7&')
    const empty = await caller.call('GET', `/conversations/${caller.id}?watermark=`)
    expect(empty.json['streamUrl']).to.contain('watermark=-&')
  })

  it('are not found before they are started', async () => {
    const minted = await call(`${server.url}/api/chat/tokens`, 'POST')
    const id = JSON.parse(Buffer.from((minted.json['token'] as string).split('.')[1] ?? '', 'base64url').toString())
      .conv as string
    for (const path of ['', '/activities'])
      expect(
        (await call(`${server.url}/v3/directline/conversations/${id}${path}`, 'GET', minted.json['token'] as string))
          .status,
      ).to.equal(404)
    expect(
      (
        await call(
          `${server.url}/v3/directline/conversations/${id}/activities`,
          'POST',
          minted.json['token'] as string,
          { type: 'message', text: 'x' },
        )
      ).status,
    ).to.equal(404)
  })

  it('18: are paged from the start to the end, 100 at a time', async () => {
    const caller = await newCaller(server.url)
    await server.write(
      caller.id,
      Array.from({ length: 110 }, (_, i) => ({ author: 'bot' as const, body: { text: `n${i}` } })),
    )
    const first = await caller.poll()
    expect(first.activities).to.have.length(100)
    const second = await caller.poll(first.watermark)
    expect(second.activities).to.have.length(11)
    const third = await caller.poll(second.watermark)
    expect(third).to.deep.equal({ activities: [], watermark: second.watermark })
    const positions = [...first.activities, ...second.activities].map(
      (activity) => activity.channelData['webchat:sequence-id'],
    )
    expect(positions).to.deep.equal(positions.map((_, i) => i + 1))
    const page = await call(`${server.url}/api/chat/history?before=61`, 'GET', caller.token)
    expect(
      (page.json['activities'] as { channelData: Record<string, number> }[]).map(
        (one) => one.channelData['webchat:sequence-id'],
      ),
    ).to.deep.equal(Array.from({ length: 50 }, (_, i) => i + 11))
    expect(page.json['more']).to.equal(true)
    expect((await call(`${server.url}/api/chat/history?before=11`, 'GET', caller.token)).json['more']).to.equal(false)
    expect((await call(`${server.url}/api/chat/history?before=11`, 'GET')).status).to.equal(401)
  })

  it('19, 14: show no typing when polled, and always a watermark that is not empty', async () => {
    const caller = await newCaller(server.url)
    expect((await caller.post({ type: 'typing', from: { id: caller.userId } })).json['id']).to.be.a('string')
    const { activities, watermark } = await caller.poll()
    expect(activities.map((activity) => activity.type)).to.not.include('typing')
    expect(watermark).to.equal('1')
    for (const odd of ['-', 'null', 'undefined', '-1', '1e3', '9999999999', 'x'.repeat(100)])
      expect((await caller.poll(odd)).activities, odd).to.have.length(1)
    expect(await caller.poll('999')).to.deep.equal({ activities: [], watermark: '999' })
  })

  it('20, 26: echo what was sent with its mark, an id and a role; who it is from is what the token says', async () => {
    const caller = await newCaller(server.url)
    const answered = await caller.post({
      type: 'message',
      text: 'hello',
      id: 'forged',
      timestamp: '1999-01-01T00:00:00Z',
      replyToId: 'x',
      serviceUrl: 'http://evil',
      conversation: { id: 'other' },
      recipient: { id: 'x' },
      from: { id: 'parcours', name: 'The Agent', role: 'bot' },
      channelData: {
        clientActivityID: 'abc.123',
        'webchat:sequence-id': 1,
        parcours: { author: 'agent', agentName: 'Boss' },
      },
      localTimezone: 'America/Toronto',
      entities: [{ type: 'ClientCapabilities' }],
    })
    expect(answered.status).to.equal(200)
    const echo = (await caller.messages()).find((message) => message.text === 'hello')
    expect(echo).to.deep.include({
      id: answered.json['id'],
      from: { id: caller.userId, name: '', role: 'user' },
      conversation: { id: caller.id },
      channelId: 'directline',
      textFormat: 'plain',
    })
    expect(echo?.channelData).to.deep.equal({
      'webchat:sequence-id': 2,
      clientActivityID: 'abc.123',
      parcours: { author: 'newcomer' },
    })
    expect(echo).to.not.have.any.keys('replyToId', 'serviceUrl', 'recipient')
    expect(Math.abs(Date.parse(echo?.timestamp ?? '') - Date.now())).to.be.below(60_000)
    const reply = (await caller.messages()).at(-1)
    expect(reply).to.deep.include({ text: 'echo: hello', from: { id: 'parcours', name: 'Parcours', role: 'bot' } })
  })

  it('23: take three copies at once as one, with one id', async () => {
    const caller = await newCaller(server.url)
    const ids = await Promise.all([1, 2, 3].map(() => caller.says('slow and once', 'same')))
    expect(new Set(ids).size).to.equal(1)
    expect((await caller.messages()).filter((message) => message.text === 'slow and once')).to.have.length(1)
    expect((await caller.messages()).filter((message) => message.text === 'echo: slow and once')).to.have.length(1)
  })

  it('24: take what is sent again after a cut connection once', async () => {
    const caller = await newCaller(server.url)
    const cut = new AbortController()
    const body = JSON.stringify({ type: 'message', text: 'slow, then cut', channelData: { clientActivityID: 'cut' } })
    const url = `${server.url}/v3/directline/conversations/${caller.id}/activities`
    const first = fetch(url, {
      method: 'POST',
      body,
      signal: cut.signal,
      headers: { authorization: `Bearer ${caller.token}`, 'content-type': 'application/json' },
    }).catch((error: Error) => error.name)
    await eventually(
      'its turn is running',
      async () => (await server.platform.database.pool.query(TURN_SLEEPS)).rowCount === 1,
    )
    cut.abort()
    expect(await first).to.equal('AbortError')
    await caller.says('slow, then cut', 'cut')
    expect((await caller.messages()).filter((message) => message.text === 'slow, then cut')).to.have.length(1)
  })

  it('25: keep the same mark apart in two conversations', async () => {
    const callers = [await newCaller(server.url), await newCaller(server.url)]
    const ids = await Promise.all(callers.map((caller) => caller.says('hi', 'same')))
    expect(ids[0]).to.not.equal(ids[1])
    for (const caller of callers)
      expect((await caller.messages()).filter((message) => message.text === 'hi')).to.have.length(1)
  })

  it('cannot pretend to be the start of their conversation', async () => {
    const caller = await newCaller(server.url)
    await caller.says('my mark is start', 'start')
    expect((await caller.messages()).map((message) => message.text)).to.include('my mark is start')
  })

  it('27: are numbered in order though clocks are not', async () => {
    const caller = await newCaller(server.url)
    for (const text of ['a', 'b', 'c', 'd']) await caller.says(text)
    const { activities } = await caller.poll()
    const times = activities.map((activity) => Date.parse(activity.timestamp))
    expect(times).to.not.deep.equal([...times].sort((a, b) => a - b))
    expect(activities.map((activity) => activity.channelData['webchat:sequence-id'])).to.deep.equal(
      activities.map((_, i) => i + 1),
    )
  })

  it('take button presses: what was pressed is said, what should be shown is kept', async () => {
    const caller = await newCaller(server.url)
    await caller.post({
      type: 'message',
      text: 'yes',
      value: { chosen: 1 },
      channelData: { messageBack: { displayText: 'Yes!' } },
    })
    await caller.post({ type: 'message', value: 'go', channelData: { postBack: true } })
    const own = (await caller.messages()).filter((message) => message.from.role === 'user')
    expect(own[0]).to.deep.include({ text: 'yes', value: { chosen: 1 } })
    expect(own[0]?.channelData).to.deep.include({ messageBack: { displayText: 'Yes!' } })
    expect(own[1]).to.include({ text: 'go' })
    expect(own[1]?.channelData).to.include({ postBack: true })
  })

  it('keep no event of a page: each is answered with an id, none is taken in our name', async () => {
    const caller = await newCaller(server.url)
    for (const name of ['page/opened', 'webchat/join']) {
      const answered = await caller.post({ type: 'event', name, value: { a: 1 } })
      expect(answered.status, name).to.equal(200)
      expect(answered.json['id'], name).to.be.a('string')
    }
    expect((await caller.post({ type: 'event', name: 'parcours/mode', value: { mode: 'human' } })).status).to.equal(400)
    const rows = await server.platform.database.db
      .selectFrom('messages')
      .select('kind')
      .where('conversation_id', '=', caller.id)
      .execute()
    expect(rows).to.deep.equal([{ kind: 'message' }]) // the greeting
  })

  it('31: are refused with a code and a sentence when they cannot be read', async () => {
    const caller = await newCaller(server.url)
    const refused: [unknown, number][] = [
      [{ type: 'message' }, 400],
      [{ type: 'message', text: '  ' }, 400],
      [{ type: 'message', text: 5 }, 400],
      [{ type: 'trace', text: 'x' }, 400],
      [{ type: 'conversationUpdate' }, 400],
      [
        {
          type: 'message',
          text: 'see',
          attachments: [{ contentType: 'image/png', contentUrl: 'http://169.254.169.254/x', name: 'x' }],
        },
        400,
      ],
      [
        {
          type: 'message',
          text: 'see',
          attachments: [{ contentType: 'image/png', contentUrl: 'data:image/png;base64,AAAA' }],
        },
        400,
      ],
      [[], 400],
      [{ type: 'message', text: 'x'.repeat(70_000) }, 413],
    ]
    for (const [activity, status] of refused) {
      const answered = await caller.post(activity)
      expect(answered.status, JSON.stringify(activity).slice(0, 80)).to.equal(status)
      expect(answered.json).to.have.nested.property('error.code')
      expect(answered.json).to.have.nested.property('error.message').that.is.a('string')
    }
    const path = `/conversations/${caller.id}/activities`
    expect((await caller.call('POST', path, '{"type":', { 'content-type': 'application/json' })).status).to.equal(400)
    expect((await caller.call('POST', path, 'x', { 'content-type': 'text/plain' })).status).to.equal(415)
  })

  it('are normalised: no U+0000, no lone surrogate, NFC', async () => {
    const caller = await newCaller(server.url)
    const path = `/conversations/${caller.id}/activities`
    await caller.call(
      'POST',
      path,
      '{"type":"message","text":"a\\u0000b\\ud800c e\\u0301","value":{"k\\u0000":"\\udfff"}}',
      { 'content-type': 'application/json' },
    )
    const own = (await caller.messages()).find((message) => message.from.role === 'user')
    expect(own).to.deep.include({ text: 'ab\ufffdc é', value: { k: '\ufffd' } })
  })

  it('hold 4,000 characters, emoji or not; what is longer is refused with the limit, never cut', async () => {
    const caller = await newCaller(server.url)
    const longest = '😀'.repeat(4_000)
    await caller.says(longest)
    for (const activity of [
      { text: `${longest}!` },
      { text: 'é'.repeat(4_001) },
      { value: 'x'.repeat(4_001) },
      { text: 'x', channelData: { messageBack: { displayText: 'x'.repeat(4_001) } } },
    ]) {
      const refused = await caller.post({ type: 'message', ...activity })
      expect(refused.status).to.equal(400)
      expect(refused.json).to.have.nested.property('error.message').that.contains('4000')
    }
    await caller.says('e\u0301'.repeat(4_000)) // what counts is what is kept: NFC
    const own = (await caller.messages()).filter((message) => message.from.role === 'user')
    expect(own.map((message) => message.text)).to.deep.equal([longest, 'é'.repeat(4_000)])
  })
})
