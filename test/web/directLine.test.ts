import { expect } from 'chai'
import { EMPTY, openChat, shown, type Chat } from '../../web/chat/model/chat.ts'
import { deviceIn } from '../../web/chat/wire/device.ts'
import { unsentIn } from '../../web/chat/wire/unsent.ts'
import type { DeviceUse } from '../../web/chat/wire/session.ts'
import type { Connection } from '../../web/chat/wire/stream.ts'
import type { Held, HeldStore, Socket, SocketListener, World } from '../../web/chat/wire/world.ts'
import { directLineStandIn, type StandIn } from '../support/directLineStandIn.ts'
import { eventually } from '../support/eventually.ts'

describe('the page’s Direct Line client', () => {
  let server: StandIn
  let page: Page

  beforeEach(async () => {
    server = await directLineStandIn()
  })
  afterEach(async () => {
    page.chat.line.forget()
    await server.close()
  })

  const texts = (): string[] => shown(page.chat.state(), () => 'refused').map((message) => message.text)
  const shows = (...expected: string[]): Promise<unknown> =>
    eventually(
      `the page shows ${expected.join(' | ')}; it shows ${texts().join(' | ')}`,
      () => texts().join() === expected.join(),
    )
  /** Shown, acknowledged, and nothing left to send. */
  const logs = (...expected: string[]): Promise<unknown> =>
    eventually(`the log has ${expected.join(' | ')}; the page shows ${texts().join(' | ')}`, () => {
      const { log, outgoing } = page.chat.state()
      return outgoing.length === 0 && log.map((message) => message.text).join() === expected.join()
    })
  const online = (): Promise<unknown> => eventually('online', () => page.chat.state().connection === 'online')

  it('opens the conversation from the cookie and shows its last messages', async () => {
    for (let number = 1; number <= 60; number += 1) server.says(`m${number}`)
    page = openPage(server)
    await eventually('50 messages', () => texts().length === 50)
    expect(texts()[0]).to.equal('m11')
    expect(page.chat.state().hasOlder).to.equal(true)
    expect(server.requests).to.deep.equal([
      'POST /api/chat/tokens',
      'POST /v3/directline/conversations',
      `SOCKET /v3/directline/conversations/${server.conversationId}/stream`,
    ])
  })

  it('leaves the device for good: what waits is forgotten, and the session is ended', async () => {
    page = openPage(server)
    await online()
    server.fail({ method: 'POST', path: /activities$/, status: 503, times: 1_000 })
    page.chat.line.send('not for the next person')
    await eventually('kept', () => page.kept() !== null)
    page.chat.line.leave()
    expect(page.kept()).to.equal(null)
    await eventually('ended', () => server.requests.includes('DELETE /api/chat/session'))
  })

  describe('on leaving quickly', () => {
    const URGENT = { parcours: { author: 'bot', urgent: true } }
    const ends = (): number => server.requests.filter((asked) => asked === 'DELETE /api/chat/session').length

    /** How often the session was ended by the time another page has opened. */
    async function endsAfterLeaving(): Promise<number> {
      page.chat.leave()
      page = openPage(server)
      await online()
      return ends()
    }

    it('leaves a quiet conversation to this browser', async () => {
      server.says('hello')
      page = openPage(server, null, { danger: false })
      await logs('hello')
      expect(await endsAfterLeaving()).to.equal(0)
    })

    it('has the conversation forgotten where danger was told in what the page shows', async () => {
      page = openPage(server, null, { danger: false })
      await online()
      server.says('1 800 363-9010', URGENT)
      await logs('1 800 363-9010')
      expect(await endsAfterLeaving()).to.equal(1)
    })

    it('has it forgotten where the server knows of danger that is no longer shown', async () => {
      server.says('1 800 363-9010', URGENT)
      for (let number = 1; number <= 50; number += 1) server.says(`m${number}`)
      page = openPage(server, null, { danger: true })
      await eventually('50 messages', () => texts().length === 50)
      expect(texts()).to.not.include('1 800 363-9010')
      expect(await endsAfterLeaving()).to.equal(1)
    })

    it('has it forgotten where the page does not know: no token yet, none that says, or words on their way', async () => {
      server.fail({ method: 'POST', path: /tokens$/, status: 503, times: 1 })
      page = openPage(server, null, { danger: false })
      expect(await endsAfterLeaving()).to.equal(1)
      expect(await endsAfterLeaving(), 'the server did not say').to.equal(2)
      page.chat.line.forget()
      page = openPage(server, null, { danger: false })
      await online()
      server.fail({ method: 'POST', path: /activities$/, status: 503, times: 1_000 })
      page.chat.line.send('he hits me')
      expect(await endsAfterLeaving()).to.equal(3)
    })

    it('ends no session within another site’s page, where only the tab knows the conversation', async () => {
      let held: Held | null = null
      page = openPage(server, null, { held: { load: () => held, save: (next) => void (held = next) } })
      await eventually('held', () => held !== null)
      await online()
      expect(await endsAfterLeaving()).to.equal(0)
      expect(held).to.equal(null)
    })
  })

  describe('on a device that others use', () => {
    const lastUse = (): DeviceUse | undefined => page.uses.at(-1)

    it('shows what the server has confirmed, and asks until it has', async () => {
      page = openPage(server)
      await online()
      server.fail({ method: 'POST', path: /tokens$/, status: 503, times: 2 })
      page.chat.line.share(true)
      expect(lastUse()).to.deep.equal({ shared: true, change: 'asked' })
      await eventually('failed', () => page.uses.some(({ change }) => change === 'failed'))
      await eventually('heard', () => lastUse()?.change === 'done')
      expect(page.uses.slice(-4)).to.deep.equal([
        { shared: true, change: 'asked' },
        { shared: false, change: 'failed' },
        { shared: false, change: 'failed' },
        { shared: true, change: 'done' },
      ])
      expect(page.asked.at(-1)).to.include({ shared: true })
    })

    it('is asked for at once when the page is looked at again', async () => {
      page = openPage(server)
      await online()
      server.fail({ method: 'POST', path: /tokens$/, status: 503, times: 1, headers: { 'retry-after': '60' } })
      page.chat.line.share(true)
      await eventually('failed', () => lastUse()?.change === 'failed')
      page.chat.line.wake()
      await eventually('heard', () => lastUse()?.change === 'done')
    })

    it('is kept on the device while the server has not heard: the next page asks for it', async () => {
      const device = deviceStorage()
      page = openPage(server, null, { device })
      await online()
      server.fail({ method: 'POST', path: /tokens$/, status: 503, times: 1, headers: { 'retry-after': '60' } })
      page.chat.line.share(true)
      await eventually('failed', () => lastUse()?.change === 'failed')
      page.chat.line.forget()
      page = openPage(server, null, { device })
      expect(page.chat.state().device.shared, 'not confirmed yet').to.equal(false)
      await online()
      expect(page.asked).to.have.length(1)
      expect(page.asked[0]).to.include({ shared: true })
      expect(lastUse()).to.deep.equal({ shared: true, change: null })
    })

    it('asks one thing after the other: what was said last is what the server hears last', async () => {
      page = openPage(server)
      await online()
      page.chat.line.share(true)
      await new Promise(setImmediate)
      expect([page.asked.length, page.answered.length], 'the first is under way').to.deep.equal([2, 1])
      page.chat.line.share(false)
      await eventually('heard', () => lastUse()?.change === 'done')
      expect(lastUse()).to.deep.equal({ shared: false, change: 'done' })
      expect(page.asked.map(({ shared }) => shared)).to.deep.equal([undefined, true, undefined])
      expect(page.answered).to.deep.equal([0, 1, 2])
    })

    it('is forgotten on leaving as soon as it was asked for', async () => {
      page = openPage(server, null, { danger: false })
      await online()
      server.fail({ method: 'POST', path: /tokens$/, status: 503, times: 1_000 })
      page.chat.line.share(true)
      await eventually('failed', () => lastUse()?.change === 'failed')
      page.chat.leave()
      await eventually('ended', () => server.requests.includes('DELETE /api/chat/session'))
    })
  })

  it('does not let files that are over a quota hold up the words behind them', async () => {
    page = openPage(server)
    await online()
    server.fail({ method: 'POST', path: /upload$/, status: 429, times: 1, headers: { 'retry-after': '3000' } })
    page.chat.line.sendFiles([new File(['x'], 'a.txt')], 'see')
    page.chat.line.send('help')
    await eventually('the words are there', () => server.log.some(({ text }) => text === 'help'))
    const failed = page.chat.state().outgoing.find(({ text }) => text === 'see')
    expect(failed).to.include({ state: 'failed', status: 429 })
  })

  it('pages history backwards to the beginning', async () => {
    for (let number = 1; number <= 75; number += 1) server.says(`m${number}`)
    page = openPage(server)
    await eventually('50 messages', () => texts().length === 50)
    page.chat.older()
    await eventually('70 messages', () => texts().length === 70 && !page.chat.state().loadingOlder)
    expect(page.chat.state().hasOlder).to.equal(true)
    page.chat.older()
    await eventually('75 messages', () => texts().length === 75)
    expect(texts()[0]).to.equal('m1')
    expect(page.chat.state().hasOlder).to.equal(false)
  })

  it('sends in the order of writing, each once, and the echo takes the place of what was pending', async () => {
    page = openPage(server)
    await online()
    for (const text of ['one', 'two', 'three']) page.chat.line.send(text)
    await eventually('all logged', () => page.chat.state().log.length === 3)
    await logs('one', 'two', 'three')
    expect(page.kept()).to.equal(null)
  })

  it('keeps what is written without a server, through a reload, and sends it in order when it is back', async () => {
    page = openPage(server)
    await online()
    server.fail({ method: 'POST', path: /activities$/, status: 503, times: 1_000 })
    page.chat.line.send('first')
    page.chat.line.send('second')
    await shows('first', 'second')
    await eventually(
      'tried twice',
      () => server.requests.filter((asked) => /^POST .*activities$/.test(asked)).length >= 2,
    )
    expect(shown(page.chat.state(), () => '').map((message) => message.pending)).to.include('queued')
    const kept = page.kept()
    page.chat.line.forget()
    await server.close()

    server = await directLineStandIn()
    page = openPage(server, kept)
    await eventually('both logged', () => server.log.length === 2)
    expect(server.log.map((activity) => activity.text)).to.deep.equal(['first', 'second'])
    await eventually('erased once acknowledged', () => page.kept() === null)
  })

  it('does not double a message whose answer was lost', async () => {
    page = openPage(server)
    await online()
    server.fail({ method: 'POST', path: /activities$/, status: 0, times: 2, after: true })
    page.chat.line.send('only once')
    await eventually('acknowledged', () => page.chat.state().outgoing.length === 0 && server.log.length > 0)
    page.chat.line.send('then this')
    await logs('only once', 'then this')
    expect(server.log).to.have.length(2)
  })

  it('misses nothing and doubles nothing across a dropped socket', async () => {
    page = openPage(server)
    await online()
    server.says('before')
    await shows('before')
    server.dropSockets()
    server.says('meanwhile 1')
    server.says('meanwhile 2')
    await shows('before', 'meanwhile 1', 'meanwhile 2')
    expect(page.states).to.include('reconnecting')
    await online()
    server.says('after')
    await shows('before', 'meanwhile 1', 'meanwhile 2', 'after')
    expect(server.sockets()).to.equal(1)
  })

  it('shows a message that comes twice once', async () => {
    server.stutter(true)
    page = openPage(server)
    await online()
    server.says('a')
    server.says('b')
    await shows('a', 'b')
  })

  it('recovers from tokens that have expired, by the cookie, while sending and while listening', async () => {
    page = openPage(server)
    await online()
    server.expireTokens()
    page.chat.line.send('with an old token')
    await logs('with an old token')
    expect(server.log).to.have.length(1)
    server.expireTokens()
    server.dropSockets()
    server.says('with another')
    await logs('with an old token', 'with another')
  })

  it('waits as long as a 429 asks, then sends', async () => {
    page = openPage(server)
    await online()
    server.fail({ method: 'POST', path: /activities$/, status: 429, times: 1, headers: { 'retry-after': '7' } })
    page.chat.line.send('patient')
    await logs('patient')
    await eventually('sent', () => server.log.length === 1)
    expect(page.waits).to.include(7_000)
  })

  it('gives up on what can never pass, lets the next go, and sends it again when asked, under the same id', async () => {
    page = openPage(server)
    await online()
    server.fail({ method: 'POST', path: /activities$/, status: 400, times: 1 })
    page.chat.line.send('refused')
    page.chat.line.send('welcome')
    await eventually('the second is logged', () => server.log.length === 1 && page.chat.state().outgoing.length === 1)
    const [failed] = page.chat.state().outgoing
    expect(failed).to.include({ text: 'refused', state: 'failed', status: 400 })
    expect(shown(page.chat.state(), (status) => `failed ${status}`).at(-1)).to.include({
      pending: 'failed',
      failure: 'failed 400',
    })
    page.chat.line.retry(failed?.clientActivityID ?? '')
    await logs('welcome', 'refused')
    const channelData = server.log.at(-1)?.['channelData'] as { clientActivityID?: string }
    expect(channelData.clientActivityID).to.equal(failed?.clientActivityID)
  })

  it('lets a failed message be thrown away', async () => {
    page = openPage(server)
    await online()
    server.fail({ method: 'POST', path: /activities$/, status: 413, times: 1 })
    page.chat.line.send('too much')
    await eventually('failed', () => page.chat.state().outgoing[0]?.state === 'failed')
    page.chat.line.discard(page.chat.state().outgoing[0]?.clientActivityID ?? '')
    await shows()
    expect(page.kept()).to.equal(null)
  })

  it('asks by HTTP when no socket opens, and goes back to a socket later', async () => {
    server.blockSockets(true)
    for (let number = 1; number <= 30; number += 1) server.says(`m${number}`)
    page = openPage(server)
    await eventually('all 30, in two pages', () => texts().length === 30)
    expect(page.chat.state().connection).to.equal('online')
    server.says('by polling')
    await eventually('polled', () => texts().at(-1) === 'by polling')
    server.blockSockets(false)
    await eventually('a socket again', () => server.sockets() === 1)
  })

  it('starts from nothing when the cookie opens another conversation, and still sends what was written', async () => {
    page = openPage(server)
    await online()
    server.says('of the old conversation')
    await shows('of the old conversation')
    server.erase()
    page.chat.line.send('hello again')
    await logs('hello again')
    expect(server.log.map((activity) => activity.text)).to.deep.equal(['hello again'])
  })

  it('opens another stream when the server has a message and the stream does not show it', async () => {
    page = openPage(server, null, { deafAfter: 0 })
    await online()
    page.chat.line.send('heard?')
    await shows('heard?')
    await eventually(
      'the echo came by another socket',
      () => page.chat.state().outgoing.length === 0 && server.log.length === 1,
    )
    expect(server.requests.filter((asked) => asked.startsWith('SOCKET'))).to.have.length(2)
  })

  it('uploads files with their names and the words that go with them', async () => {
    page = openPage(server)
    await online()
    page.chat.line.sendFiles([new File(['abc'], 'réservé.txt'), new File(['defg'], 'b.txt')], 'two files')
    await logs('two files')
    expect(server.files).to.deep.equal([
      { name: 'réservé.txt', size: 3 },
      { name: 'b.txt', size: 4 },
    ])
    await eventually('echoed', () => page.chat.state().log[0]?.files?.length === 2)
  })

  it('says that the person is writing at most once in 3 seconds', async () => {
    page = openPage(server)
    await online()
    for (let key = 0; key < 20; key += 1) page.chat.line.typing()
    await eventually('typing heard', () => server.typings > 0)
    expect(server.typings).to.equal(1)
    page.clock.now += 3_001
    page.chat.line.typing()
    await eventually('again', () => server.typings === 2)
  })

  it('shows who writes until their message comes, and what mode the conversation is in', async () => {
    page = openPage(server)
    await online()
    server.passes({
      type: 'typing',
      from: { id: 'agent', name: 'Camille', role: 'bot' },
      channelData: { parcours: { author: 'agent' } },
    })
    await eventually('typing', () => page.chat.state().typing?.name === 'Camille')
    server.says('Bonjour', { parcours: { author: 'agent', agentName: 'Camille' } })
    await eventually('not typing', () => page.chat.state().typing === null)
    server.passes({ type: 'event', name: 'parcours/mode', value: { mode: 'human', holder: 'Camille' } })
    server.passes({ type: 'event', name: 'parcours/read', value: { seq: 4 } })
    await eventually('mode', () => page.chat.state().mode === 'human')
    expect(page.chat.state()).to.include({ holder: 'Camille', readUpTo: 4 })
  })

  it('knows what a button means beside what it says', async () => {
    page = openPage(server)
    await online()
    const actions = ['Oui', 'Quitter vite'].map((title) => ({ type: 'imBack', title, value: title }))
    server.says('Sans risque ?', {
      suggestedActions: { actions },
      parcours: { author: 'bot', choices: ['yes', 'quickExit'] },
    })
    server.says('Encore ?', { suggestedActions: { actions } })
    await shows('Sans risque ?', 'Encore ?')
    const [first, second] = page.chat.state().log
    expect(first?.choices?.map((choice) => choice.value)).to.deep.equal(['yes', 'quickExit'])
    expect(second?.choices?.map((choice) => choice.value)).to.deep.equal(['Oui', 'Quitter vite'])
  })

  it('refreshes its token before it ends', async () => {
    page = openPage(server)
    await online()
    expect(page.waits).to.include(15 * 60_000)
    page.elapse(15 * 60_000)
    await eventually('refreshed', () => server.requests.includes('POST /v3/directline/tokens/refresh'))
  })

  it('forgets everything when asked', async () => {
    page = openPage(server)
    await online()
    server.fail({ method: 'POST', path: /activities$/, status: 503, times: 1_000 })
    page.chat.line.send('secret')
    await eventually('kept', () => page.kept() !== null)
    page.chat.line.forget()
    expect(page.kept()).to.equal(null)
    await eventually('no socket', () => server.sockets() === 0)
  })

  it('knows nothing before it starts', () => {
    page = openPage(server, null, { start: false })
    expect(page.chat.state()).to.deep.equal(EMPTY)
  })
})

describe('what the device keeps', () => {
  it('that others use it holds while the page is open where storage is forbidden or full', () => {
    const refuse = (): never => {
      throw new DOMException('no', 'SecurityError')
    }
    for (const storage of [refuse, () => ({ ...deviceStorage(), setItem: refuse })]) {
      const device = deviceIn(storage)
      expect(device.isShared()).to.equal(false)
      device.share(true)
      expect(device.isShared()).to.equal(true)
      device.share(false)
      expect(device.isShared()).to.equal(false)
    }
  })
})

interface Page {
  chat: Chat
  states: Connection[]
  /** What the page could say of the device, one after the other. */
  uses: DeviceUse[]
  /** What was asked for with each token, and, as they came, which of the requests were answered. */
  asked: Record<string, unknown>[]
  answered: number[]
  /** Each wait that was asked for, in ms; waits longer than a second are cut to 30 ms, very long ones never end by themselves. */
  waits: number[]
  clock: { now: number }
  kept(): string | null
  /** Ends every wait of this length. */
  elapse(milliseconds: number): void
}

interface PageOptions {
  /** The first socket lets this many frames through and then swallows all. */
  deafAfter?: number
  start?: boolean
  /** What the tab holds, within another site's page. */
  held?: HeldStore
  device?: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  /** What each token's answer says of danger; nothing unless told. */
  danger?: boolean
}

/** A browser with one tab: its storage holds `kept`, its clock runs fast. */
function openPage(server: StandIn, kept: string | null = null, options: PageOptions = {}): Page {
  const clock = { now: Date.parse('2026-11-24T15:00:00Z') }
  const waits: number[] = []
  const long = new Map<() => void, number>()
  const states: Connection[] = []
  const uses: DeviceUse[] = []
  const asked: Page['asked'] = []
  const answered: number[] = []
  const device = options.device ?? deviceStorage()
  let storage = kept
  let sockets = 0
  const world: World = {
    origin: server.origin,
    async fetch(input, init) {
      if (input !== `${server.origin}/api/chat/tokens`) return fetch(input, init)
      const place = asked.push(JSON.parse(init?.body as string) as Record<string, unknown>) - 1
      const response = await fetch(input, init)
      answered.push(place)
      if (!response.ok || options.danger === undefined) return response
      return Response.json({ ...((await response.json()) as object), danger: options.danger })
    },
    connect(url, listener) {
      sockets += 1
      return openSocket(url, listener, sockets === 1 ? options.deafAfter : undefined)
    },
    later(then, milliseconds) {
      waits.push(milliseconds)
      if (milliseconds >= 10_000) {
        long.set(then, milliseconds)
        return () => void long.delete(then)
      }
      const timer = setTimeout(then, Math.min(milliseconds, 30))
      return () => clearTimeout(timer)
    },
    now: () => clock.now,
    chance: () => 0.5,
    newId: () => crypto.randomUUID(),
    networkUp: () => true,
    unsent: unsentIn({
      getItem: () => storage,
      setItem: (_key, value) => void (storage = value),
      removeItem: () => void (storage = null),
    }),
    device: deviceIn(() => device),
    held: options.held ?? null,
  }
  const chat = openChat(world, 'fr', () => {
    const { connection, device } = chat.state()
    states.push(connection)
    if (device !== uses.at(-1)) uses.push(device)
  })
  if (options.start !== false) chat.line.start()
  return {
    chat,
    states,
    uses,
    asked,
    answered,
    waits,
    clock,
    kept: () => storage,
    elapse(milliseconds) {
      for (const [then, length] of long) {
        if (length !== milliseconds) continue
        long.delete(then)
        then()
      }
    },
  }
}

function openSocket(url: string, listener: SocketListener, deafAfter = Infinity): Socket {
  const socket = new WebSocket(url)
  let frames = 0
  socket.addEventListener('open', () => listener.opened())
  socket.addEventListener('close', () => listener.closed())
  socket.addEventListener('message', (event) => {
    frames += 1
    if (frames <= deafAfter) listener.message(event.data)
  })
  return { send: (text) => socket.send(text), close: () => socket.close() }
}

/** What a device keeps. */
function deviceStorage(): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
  const kept = new Map<string, string>()
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  }
}
