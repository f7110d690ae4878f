import { expect } from 'chai'
import { connect } from 'node:net'
import type { AgentId } from '../../services/platform/ids.ts'
import { startChannelServer, type ChannelServer } from '../support/channelServer.ts'
import { listen, newCaller } from '../support/directLineWire.ts'
import { eventually } from '../support/eventually.ts'

describe('Direct Line stream', function () {
  this.timeout(20_000)
  let server: ChannelServer
  before(async () => {
    // Only the bell tells of news here: what is told by the look has its own test.
    server = await startChannelServer({ times: { lookMs: 600_000 } })
  })
  after(() => server.stop())

  it('16: replays what was said before the socket opened', async () => {
    const caller = await newCaller(server.url)
    await caller.says('early')
    const listener = await listen(caller.streamUrl)
    await listener.hears('echo: early')
    expect(listener.texts()).to.deep.equal(['Bonjour', 'early', 'echo: early'])
    listener.close()
  })

  it('13, 14, 20, 21: sends every tab each message once, in order, with a watermark in each frame', async () => {
    const caller = await newCaller(server.url)
    const tabs = await Promise.all([listen(caller.streamUrl), listen(caller.streamUrl)])
    for (const text of ['one', 'two', 'three']) await caller.says(text, `mark-${text}`)
    for (const tab of tabs) {
      await tab.hears('echo: three')
      expect(tab.texts()).to.deep.equal(['Bonjour', 'one', 'echo: one', 'two', 'echo: two', 'three', 'echo: three'])
      const echo = tab.activities().find((activity) => activity.text === 'two')
      expect(echo?.channelData.clientActivityID).to.equal('mark-two')
      expect(echo?.from.role).to.equal('user')
      for (const frame of tab.frames) {
        expect(frame.activities).to.be.an('array').that.is.not.empty
        expect(frame.watermark).to.match(/^\d+$/)
      }
      tab.close()
    }
  })

  it('hears the other node', async () => {
    const other = await server.secondNode()
    const caller = await newCaller(server.url)
    const address = new URL(caller.streamUrl)
    const listener = await listen(`${other.url.replace('http', 'ws')}${address.pathname}${address.search}`)
    await caller.says('across', 'across')
    await listener.hears('echo: across')
    await other.stop()
    expect(await listener.closed).to.equal(1012)
  })

  it('10, 15: is opened again at the same address, or from a watermark; nothing is lost or doubled', async () => {
    const caller = await newCaller(server.url)
    const first = await listen(caller.streamUrl)
    await caller.says('before')
    await first.hears('echo: before')
    const watermark = first.frames.at(-1)?.watermark ?? ''
    first.socket.terminate()
    await caller.says('meanwhile')
    const resumed = await caller.call('GET', `/conversations/${caller.id}?watermark=${watermark}`)
    const second = await listen(resumed.json['streamUrl'] as string)
    await second.hears('echo: meanwhile')
    expect(second.texts()).to.deep.equal(['meanwhile', 'echo: meanwhile'])
    second.close()
    const again = await listen(caller.streamUrl)
    await again.hears('echo: meanwhile')
    expect(again.texts()).to.have.length(5)
    again.close()
  })

  it('17: replays the last 50 to a client without a watermark, everything after one', async () => {
    const caller = await newCaller(server.url)
    await server.write(
      caller.id,
      Array.from({ length: 120 }, (_, i) => ({ author: 'bot' as const, body: { text: `n${i}` } })),
    )
    const listener = await listen(caller.streamUrl)
    await listener.hears('n119')
    expect(listener.texts()).to.deep.equal(Array.from({ length: 50 }, (_, i) => `n${i + 70}`))
    listener.close()
    const all = await listen(caller.streamUrl.replace('watermark=-', 'watermark=0'))
    await all.hears('n119')
    expect(all.texts()).to.have.length(121)
    all.close()
  })

  it('12: ignores what the client sends, closes on more than a kilobyte', async () => {
    const caller = await newCaller(server.url)
    const listener = await listen(caller.streamUrl)
    for (const frame of ['', 'x', '{"activities":[{"type":"message","text":"forged"}]}']) listener.socket.send(frame)
    await caller.says('still here')
    await listener.hears('echo: still here')
    expect(listener.texts()).to.not.include('forged')
    listener.socket.send('x'.repeat(2_000))
    expect(await listener.closed).to.equal(1009)
  })

  it('22: echoes typing and the join of the page without moving the watermark; shows who else types', async () => {
    const caller = await newCaller(server.url)
    const listener = await listen(caller.streamUrl)
    await listener.hears('Bonjour')
    const watermark = listener.frames.at(-1)?.watermark
    await caller.post({ type: 'typing', from: { id: 'x' }, channelData: { clientActivityID: 'typed' } })
    const echo = await eventually('the echo', () =>
      listener.activities().find((activity) => activity.channelData.clientActivityID === 'typed'),
    )
    expect(echo).to.deep.include({ type: 'typing', from: { id: caller.userId, name: '', role: 'user' } })
    expect(echo.id).to.be.a('string')
    expect(listener.frames.at(-1)?.watermark).to.equal(watermark)
    server.platform.bell.whisper(`typing:${caller.id}`, 'agent a-secret-id')
    const typing = await eventually('the agent types', () =>
      listener.activities().find((activity) => activity.channelData.parcours.author === 'agent'),
    )
    expect(typing).to.deep.include({ type: 'typing', from: { id: 'agent', name: '', role: 'bot' } })
    expect(JSON.stringify(listener.frames)).to.not.contain('a-secret-id')
    listener.close()
  })

  it('tells the desk that the newcomer types, at most twice a second', async () => {
    const caller = await newCaller(server.url)
    const heard: string[] = []
    const stop = server.platform.bell.onWhisper(`typing:${caller.id}`, (word) => heard.push(word))
    for (let i = 0; i < 5; i += 1) await caller.post({ type: 'typing' })
    await eventually('a whisper', () => heard.length > 0)
    await caller.says('done')
    expect(heard).to.deep.equal(['newcomer'])
    stop()
  })

  it("shows an agent by name only, and the system's events", async () => {
    const caller = await newCaller(server.url)
    await server.platform.database.db
      .insertInto('agents')
      .values({ id: 'agent-internal-id', name: 'Maude', role: 'agent', region: null, created_by: null })
      .execute()
    const listener = await listen(caller.streamUrl)
    await server.write(caller.id, [
      {
        author: 'system',
        kind: 'event',
        body: { text: '', name: 'parcours/mode', value: { mode: 'human', holder: 'Maude' } },
      },
      { author: 'agent', agentId: 'agent-internal-id' as AgentId, body: { text: 'Bonjour, ici Maude' } },
      { author: 'bot', body: { text: 'Choose', choices: [{ title: 'Yes', value: 'yes' }], urgent: true } },
    ])
    await listener.hears('Choose')
    const [event, message, choice] = listener.activities().slice(-3)
    expect(event).to.deep.include({ type: 'event', name: 'parcours/mode', value: { mode: 'human', holder: 'Maude' } })
    expect(message).to.deep.include({ from: { id: 'agent', name: 'Maude', role: 'bot' } })
    expect(message?.channelData.parcours).to.deep.equal({ author: 'agent', agentName: 'Maude' })
    expect(choice?.suggestedActions).to.deep.equal({ actions: [{ type: 'imBack', title: 'Yes', value: 'Yes' }] })
    expect(choice?.channelData.parcours).to.deep.equal({ author: 'bot', urgent: true, choices: ['yes'] })
    expect(JSON.stringify([listener.frames, await caller.poll()])).to.not.contain('agent-internal-id')
    listener.close()
  })

  it('tells how far an agent has read', async () => {
    const caller = await newCaller(server.url)
    const listener = await listen(caller.streamUrl)
    await listener.hears('Bonjour')
    await server.platform.database.db
      .updateTable('conversations')
      .set({ agent_read_seq: 2 })
      .where('id', '=', caller.id)
      .execute()
    server.platform.bell.ring(`conversation:${caller.id}`)
    const read = await eventually('the read mark', () =>
      listener.activities().find((activity) => activity.name === 'parcours/read'),
    )
    expect(read.value).to.deep.equal({ seq: 2 })
    listener.close()
  })

  it('makes up for a ring that was lost, and for an erasure that nobody rang', async () => {
    const vigilant = await startChannelServer({ times: { lookMs: 100 } })
    const caller = await newCaller(vigilant.url)
    const listener = await listen(caller.streamUrl)
    await listener.hears('Bonjour')
    await vigilant.write(caller.id, [{ author: 'bot', body: { text: 'unheard' } }], { ring: false })
    await listener.hears('unheard')
    await vigilant.platform.database.db.deleteFrom('conversations').where('id', '=', caller.id).execute()
    expect(await listener.closed).to.equal(4404)
    await vigilant.stop()
  })

  it('survives a database that goes and comes back', async () => {
    const caller = await newCaller(server.url)
    const listener = await listen(caller.streamUrl)
    await listener.hears('Bonjour')
    server.cutDatabase()
    const posted = caller.says('through the cut', 'through')
    await eventually('a refused connection', () => server.refusedConnections() > 0)
    server.restoreDatabase()
    await posted
    await listener.hears('echo: through the cut')
    expect(listener.texts()).to.deep.equal(['Bonjour', 'through the cut', 'echo: through the cut'])
    listener.close()
  })

  it('37: is ended when the client does not answer two pings', async () => {
    const impatient = await startChannelServer({ times: { pingMs: 50 } })
    const caller = await newCaller(impatient.url)
    const listener = await listen(caller.streamUrl, { autoPong: false })
    expect(await listener.closed).to.equal(1006)
    await impatient.stop()
  })

  it('38: is closed when its conversation is erased', async () => {
    const caller = await newCaller(server.url)
    const tabs = await Promise.all([listen(caller.streamUrl), listen(caller.streamUrl)])
    for (const tab of tabs) await tab.hears('Bonjour')
    await server.platform.database.db.deleteFrom('conversations').where('id', '=', caller.id).execute()
    server.platform.bell.ring(`conversation:${caller.id}`)
    for (const tab of tabs) expect(await tab.closed).to.equal(4404)
    expect((await caller.call('GET', `/conversations/${caller.id}`)).status).to.equal(404)
  })

  it('keeps five sockets a conversation; the oldest makes room', async () => {
    const caller = await newCaller(server.url)
    const listeners = []
    for (let i = 0; i < 6; i += 1) listeners.push(await listen(caller.streamUrl))
    expect(await listeners[0]?.closed).to.equal(4429)
    await caller.says('to all')
    for (const listener of listeners.slice(1)) {
      await listener.hears('echo: to all')
      listener.close()
    }
  })

  it('ends a client that neither reads nor answers', async () => {
    const strict = await startChannelServer({ times: { pingMs: 500 } })
    const caller = await newCaller(strict.url)
    const address = new URL(caller.streamUrl)
    const raw = connect(Number(address.port), '127.0.0.1')
    raw.write(
      `GET ${address.pathname}${address.search} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    )
    await new Promise((resolve) => raw.once('data', resolve))
    raw.pause()
    const long = '\u20ac'.repeat(4_000)
    for (let round = 0; round < 8; round += 1)
      await strict.write(
        caller.id,
        Array.from({ length: 100 }, () => ({ author: 'bot' as const, body: { text: long } })),
      )
    // 9.6 MB are in the log; a reader at the same time gets them all.
    const other = await listen(caller.streamUrl.replace('watermark=-', 'watermark=0'))
    await eventually('all of it', () => other.activities().length === 801, 8_000)
    raw.on('error', () => {})
    raw.resume()
    let received = 0
    raw.on('data', (chunk: Buffer) => (received += chunk.length))
    await new Promise((resolve) => raw.once('close', resolve))
    expect(received).to.be.below(9_600_000)
    await strict.stop()
  })
})
