import { expect } from 'chai'
import { ApiError, deskApi } from '../../web/desk/wire/api.ts'
import { backoff } from '../../web/backoff.ts'
import { live, readFrame } from '../../web/desk/wire/live.ts'
import type { Live } from '../../web/desk/wire/live.ts'
import { refresher } from '../../web/desk/wire/refresher.ts'
import { fakeWorld } from '../support/deskPageWorld.ts'
import type { FakeSocket, FakeWorld } from '../support/deskPageWorld.ts'

type Asked = { url: string; init: RequestInit }

function answering(status: number, body: string, headers: Record<string, string> = {}) {
  const asked: Asked[] = []
  const call = async (url: unknown, init: RequestInit = {}): Promise<Response> => {
    asked.push({ url: String(url), init })
    return new Response(body, { status, headers })
  }
  return {
    asked,
    api: deskApi(
      call,
      () => 'fr',
      () => 'mark',
    ),
  }
}

async function refusalOf(work: Promise<unknown>): Promise<ApiError> {
  try {
    await work
  } catch (error) {
    if (error instanceof ApiError) return error
    throw error
  }
  throw new Error('it was not refused')
}

describe('desk: the API client', () => {
  it('sends mutations as JSON with the session, even without a body', async () => {
    const { asked, api } = answering(200, '{}')
    await api.take('c/1')
    await api.signOut()
    expect(asked.map(({ url, init }) => [init.method, url])).to.deep.equal([
      ['POST', '/api/v1/conversations/c%2F1/take'],
      ['DELETE', '/api/v1/session'],
    ])
    for (const { init } of asked) {
      expect(new Headers(init.headers).get('content-type')).to.equal('application/json')
      expect(init.credentials).to.equal('same-origin')
    }
  })

  it('asks for parts of the log by position', async () => {
    const { asked, api } = answering(200, '{"messages":[],"more":false}')
    await api.messages('c', {})
    await api.messages('c', { after: 7 })
    await api.messages('c', { before: 3 })
    const start = '/api/v1/conversations/c/messages'
    expect(asked.map((a) => a.url)).to.deep.equal([start, `${start}?after=7`, `${start}?before=3`])
  })

  it('tells refusals by code, and which of them may pass', async () => {
    const taken = answering(409, '{"error":{"code":"alreadyTaken","message":"Trop tard."}}')
    const refusal = await refusalOf(taken.api.take('c'))
    expect([refusal.status, refusal.code, refusal.message, refusal.mayPass]).to.deep.equal([
      409,
      'alreadyTaken',
      'Trop tard.',
      false,
    ])
    const busy = answering(429, '{"error":{"code":"tooMany","message":""}}', { 'retry-after': '3' })
    const later = await refusalOf(busy.api.me())
    expect([later.mayPass, later.retryAfterSeconds]).to.deep.equal([true, 3])
  })

  it('takes a page of a proxy for a refusal, not for an answer', async () => {
    const { api } = answering(502, '<html>Bad gateway</html>')
    const refusal = await refusalOf(api.me())
    expect([refusal.status, refusal.code, refusal.mayPass]).to.deep.equal([502, 'unknown', true])
  })

  it('takes silence for something to try again', async () => {
    const api = deskApi(
      () => Promise.reject(new TypeError('Failed to fetch')),
      () => 'fr',
      () => 'mark',
    )
    const refusal = await refusalOf(api.queue())
    expect([refusal.status, refusal.mayPass]).to.deep.equal([0, true])
  })
})

describe('desk: what must not be kept twice', () => {
  it('bears the same mark until its answer is heard, then another', async () => {
    const asked: Record<string, unknown>[] = []
    let count = 0
    const api = deskApi(
      async (_url, init) => {
        asked.push(JSON.parse(typeof init?.body === 'string' ? init.body : '{}') as Record<string, unknown>)
        if (asked.length === 1) throw new TypeError('Failed to fetch')
        return new Response('{}', { status: 201 })
      },
      () => 'fr',
      () => `mark-${(count += 1)}`,
    )
    expect((await refusalOf(api.note('c', 'Two children'))).status).to.equal(0)
    await api.note('c', 'Two children')
    await api.note('c', 'Two children')
    await api.invite({ name: 'Zoé', role: 'agent', languages: ['fr'], region: null })
    expect(asked.map(({ clientNoteId, clientInvitationId }) => clientNoteId ?? clientInvitationId)).to.deep.equal([
      'mark-1',
      'mark-1',
      'mark-2',
      'mark-3',
    ])
  })
})

describe('desk: the delay between tries', () => {
  it('doubles up to 20 s and never comes all at once', () => {
    expect([1, 2, 3, 30].map((n) => backoff(n, 0))).to.deep.equal([250, 500, 1000, 10_000])
    expect([1, 2, 3, 30].map((n) => backoff(n, 1))).to.deep.equal([500, 1000, 2000, 20_000])
  })
})

describe('desk: the live link', () => {
  let world: FakeWorld
  let heard: string[]
  let link: Live

  beforeEach(() => {
    world = fakeWorld()
    heard = []
    link = live(world, {
      opened: () => heard.push('opened'),
      lost: () => heard.push('lost'),
      frame: (frame) => heard.push(frame.type),
    })
  })
  const last = (): FakeSocket => world.sockets.at(-1) as FakeSocket

  it('names the conversation on screen, again after each reconnection', async () => {
    link.watch('c1')
    link.start()
    last().says({ type: 'hello' })
    expect(last().sent).to.deep.equal(['{"watch":"c1"}'])
    link.watch('c2')
    last().drops()
    await world.pass(500)
    expect(world.sockets).to.have.length(2)
    last().says({ type: 'hello' })
    expect(last().sent).to.deep.equal(['{"watch":"c2"}'])
    expect(heard).to.deep.equal(['opened', 'lost', 'opened'])
  })

  it('waits longer after each failure, and from the start again after a success', async () => {
    link.start()
    last().drops()
    await world.pass(250)
    last().drops()
    await world.pass(499)
    expect(world.sockets).to.have.length(2)
    await world.pass(1)
    expect(world.sockets).to.have.length(3)
    last().says({ type: 'hello' })
    last().drops()
    await world.pass(250)
    expect(world.sockets).to.have.length(4)
  })

  it('gives up a socket that opens and is never greeted', async () => {
    link.start()
    await world.pass(15_000)
    expect(world.sockets[0]?.closed).to.equal(true)
    await world.pass(250)
    expect(world.sockets).to.have.length(2)
  })

  it('tries at once when asked, and only one socket lives', async () => {
    link.start()
    link.retryNow()
    expect(world.sockets).to.have.length(1)
    last().drops()
    link.retryNow()
    expect(world.sockets).to.have.length(2)
    await world.pass(300)
    expect(world.sockets).to.have.length(2)
  })

  it('says nothing after it was stopped', async () => {
    link.start()
    last().says({ type: 'hello' })
    const old = last()
    link.stop()
    old.says({ type: 'queue' })
    await world.pass(60_000)
    expect(heard).to.deep.equal(['opened'])
    expect(world.sockets).to.have.length(1)
  })

  it('passes by what it does not know', () => {
    for (const raw of ['{', 'null', '3', '{"type":"tomorrow"}', '{"kind":"queue"}', 4, null]) {
      expect(readFrame(raw)).to.equal(null)
    }
    expect(readFrame('{"type":"queue"}')).to.deep.equal({ type: 'queue' })
  })
})

describe('desk: asking again', () => {
  it('asks once more after the request under way, however many hints came', async () => {
    const waitingFor: (() => void)[] = []
    const refresh = refresher(() => new Promise((answered) => waitingFor.push(answered)))
    const all = [refresh(), refresh(), refresh()]
    expect(waitingFor).to.have.length(1)
    waitingFor[0]?.()
    await Promise.resolve()
    await Promise.resolve()
    expect(waitingFor).to.have.length(2)
    waitingFor[1]?.()
    await Promise.all(all)
    expect(waitingFor).to.have.length(2)
  })
})
