import { expect } from 'chai'
import { WebSocket } from 'ws'
import type { LiveFrame } from '../../api/types.ts'
import { deactivateAgent, listAgents } from '../../services/agents/index.ts'
import { settleOverdue } from '../../services/due/index.ts'
import {
  alertDanger,
  DANGER_UNREAD,
  dangerUnread,
  markRead,
  takeConversation,
  writeAsAgent,
  type Actor,
} from '../../services/handoff/index.ts'
import { signOut } from '../../services/sign-in/index.ts'
import { testClock, type TestClock } from '../support/clock.ts'
import { deskPeople, type DeskPeople } from '../support/deskWorld.ts'
import { eventually } from '../support/eventually.ts'
import { startTestServer, type SignedIn, type TestServer } from '../support/server.ts'

interface Desk {
  frames: LiveFrame[]
  socket: WebSocket
  closed: Promise<number>
  /** Closed by a ring; fails when only the poll would have closed it. */
  closedAtOnce(): Promise<number>
  /** Resolves with the first frame of the type, from `since` on; too soon for the poll to have told it. */
  hears<T extends LiveFrame['type']>(type: T, since?: number): Promise<Extract<LiveFrame, { type: T }>>
  watch(id: string | null): void
}

/** The slow poll comes every 5 s: what ends sooner was ended by a ring. */
const SOONER_THAN_THE_POLL_MS = 2_500

describe('the desk’s live socket', () => {
  let server: TestServer
  let people: DeskPeople
  let clock: TestClock
  let me: SignedIn, other: SignedIn, supervisor: SignedIn
  const desks: Desk[] = []

  beforeEach(async () => {
    clock = testClock('2026-11-24T15:00:00Z')
    server = await startTestServer({ clock })
    people = deskPeople(server.running.platform)
    me = await server.signInAgent({ name: 'Amélie' })
    other = await server.signInAgent({ name: 'Bruno' })
    supervisor = await server.signInAgent({ name: 'Sam', role: 'supervisor' })
  })
  afterEach(async () => {
    for (const desk of desks.splice(0)) desk.socket.terminate()
    await server.stop()
  })

  const platform = () => server.running.platform
  const actor = (who: SignedIn, role: Actor['role'] = 'agent'): Actor => ({ id: who.agentId, name: 'X', role })

  function dial(cookie: string | undefined, origin: string | undefined): WebSocket {
    return new WebSocket(`${server.url.replace('http', 'ws')}/api/v1/live`, {
      headers: { ...(cookie === undefined ? {} : { cookie }), ...(origin === undefined ? {} : { origin }) },
    })
  }

  /** The status with which an upgrade was refused, or 101. */
  const knock = (cookie: string | undefined, origin: string | undefined): Promise<number> =>
    new Promise((resolve) => {
      const socket = dial(cookie, origin)
      socket.on('unexpected-response', (_request, response) => {
        resolve(response.statusCode ?? 0)
        response.destroy()
      })
      socket.on('open', () => {
        resolve(101)
        socket.terminate()
      })
      socket.on('error', () => {})
    })

  async function open(who: SignedIn): Promise<Desk> {
    const socket = dial(who.cookie, server.url)
    const frames: LiveFrame[] = []
    let code: number | undefined
    socket.on('close', (given: number) => (code = given))
    socket.on('message', (bytes: Buffer) => void frames.push(JSON.parse(bytes.toString()) as LiveFrame))
    const desk: Desk = {
      frames,
      socket,
      closed: new Promise((resolve) => socket.on('close', resolve)),
      closedAtOnce: () => eventually('closed', () => code, SOONER_THAN_THE_POLL_MS),
      hears: <T extends LiveFrame['type']>(type: T, since = 0) =>
        eventually(
          `a frame ${type}`,
          () => frames.slice(since).find((frame): frame is Extract<LiveFrame, { type: T }> => frame.type === type),
          SOONER_THAN_THE_POLL_MS,
        ),
      watch: (id) => socket.send(JSON.stringify({ watch: id })),
    }
    desks.push(desk)
    await desk.hears('hello')
    return desk
  }

  it('opens to a signed-in agent’s own page and to nobody else, before the upgrade', async () => {
    const { url } = server
    expect(await knock(me.cookie, url)).to.equal(101)
    for (const origin of [
      undefined,
      'null',
      'https://evil.example',
      `${url}.evil.example`,
      `${url}0`,
      url.replace('http', 'https'),
      `https://x${url.slice(7)}`,
    ])
      expect(await knock(me.cookie, origin), String(origin)).to.equal(403)
    expect(await knock(undefined, url)).to.equal(401)
    expect(await knock(`parcours_desk=${'A'.repeat(43)}`, url)).to.equal(401)
  })

  it('tells of the queue, of one’s people, of news and typing in what is watched, without content', async () => {
    const desk = await open(me)
    const id = await people.waiting()
    await desk.hears('queue')
    await takeConversation(platform(), actor(me), id)
    await desk.hears('people')
    desk.watch(id)
    const seen = (await desk.hears('news')).seq
    const since = desk.frames.length
    const seq = await people.says(id, 'Ceci est privé')
    expect(seq).to.equal(seen + 1)
    expect((await desk.hears('news', since)).seq).to.equal(seq)
    platform().bell.whisper(`typing:${id}`, `agent ${me.agentId}`)
    platform().bell.whisper(`typing:${id}`, 'bot')
    platform().bell.whisper(`typing:${id}`, 'newcomer')
    expect(await desk.hears('typing')).to.deep.include({ conversationId: id, who: 'newcomer' })
    expect(JSON.stringify(desk.frames)).to.not.include('privé')
  })

  it('lets nobody watch what they may not read', async () => {
    const id = await people.waiting()
    await takeConversation(platform(), actor(other), id)
    const desk = await open(me)
    desk.watch(id)
    await desk.hears('gone')
    await people.says(id, 'privé')
    platform().bell.whisper(`typing:${id}`, 'newcomer')
    desk.watch('AAAAAAAAAAAAAAAAAAAAAA')
    await eventually('the second refusal', () => desk.frames.filter(({ type }) => type === 'gone').length === 2)
    expect(desk.frames.filter(({ type }) => type === 'news' || type === 'typing')).to.deep.equal([])
  })

  it('takes the live view from a reader whose right ends, and says nothing of it afterwards', async () => {
    const id = await people.waiting()
    const [mine, theirs] = [await open(me), await open(other)]
    mine.watch(id)
    theirs.watch(id)
    await Promise.all([mine.hears('news'), theirs.hears('news')])
    await takeConversation(platform(), actor(other), id)
    expect(await mine.hears('gone')).to.deep.equal({ type: 'gone', conversationId: id })
    const since = theirs.frames.length
    await writeAsAgent(platform(), actor(other), id, { text: 'Bonjour', clientMessageId: 'c' })
    platform().bell.whisper(`typing:${id}`, 'newcomer')
    await theirs.hears('news', since)
    await theirs.hears('typing', since)
    const after = mine.frames.slice(mine.frames.findIndex(({ type }) => type === 'gone') + 1)
    expect(after.filter(({ type }) => type === 'news' || type === 'typing')).to.deep.equal([])
  })

  it('closes at once when the account is closed, and one signs out, and after idling', async () => {
    const founder = (await listAgents(platform())).find(({ role }) => role === 'administrator')
    if (founder === undefined) throw new Error('there is a founder')
    const [mine, theirs, idle] = [await open(me), await open(other), await open(supervisor)]
    await deactivateAgent(platform(), founder, me.agentId)
    expect(await mine.closedAtOnce()).to.equal(4401)
    expect(mine.frames.at(-1)).to.deep.equal({ type: 'signedOut' })

    const { rows } = await platform().database.pool.query<{ id: string }>(
      'select id from agent_sessions where agent_id = $1',
      [other.agentId],
    )
    await signOut(platform(), { id: other.agentId, sessionId: rows[0]?.id ?? '' })
    expect(await theirs.closedAtOnce()).to.equal(4401)

    clock.advance({ hours: 2 })
    platform().bell.ring(`agent:${supervisor.agentId}`)
    expect(await idle.closedAtOnce()).to.equal(4401)
    expect(await knock(supervisor.cookie, server.url)).to.equal(401)
  })

  it('makes its agent present while it is open and absent once it is closed', async () => {
    const desk = await open(me)
    const present = async () => (await listAgents(platform())).find(({ id }) => id === me.agentId)?.present
    await eventually('present', present)
    desk.socket.close()
    await eventually('absent', async () => !(await present()))
  })

  it('alarms the holder of danger, and the supervisor when it stays unread; a desk that opens later too', async () => {
    const id = await people.waiting()
    await takeConversation(platform(), actor(me), id)
    const [mine, above] = [await open(me), await open(supervisor)]
    const seq = await people.says(id, 'danger')
    await people.turn(id, (tx, c, at) => alertDanger(tx, c, { seq, situation: 'violence', at }))
    expect(await mine.hears('danger')).to.deep.equal({ type: 'danger', conversationId: id, unread: false })
    expect(above.frames.filter(({ type }) => type === 'danger')).to.deep.equal([])
    clock.advance({ seconds: 61 })
    await settleOverdue(platform(), { [DANGER_UNREAD]: dangerUnread(platform()) })
    expect(await above.hears('danger')).to.deep.equal({ type: 'danger', conversationId: id, unread: true })
    expect(await (await open(supervisor)).hears('danger')).to.deep.include({ unread: true })
    await markRead(platform(), actor(supervisor, 'supervisor'), id, seq)
    const late = await open(supervisor)
    late.watch(id)
    await late.hears('news')
    expect(late.frames.filter(({ type }) => type === 'danger')).to.deep.equal([])
  })

  it('cuts off who sends what is not a frame', async () => {
    for (const words of ['nonsense', '{"watch":1}', '{"watch":null,"x":1}', '[]']) {
      const desk = await open(me)
      desk.socket.send(words)
      expect(await desk.closed, words).to.equal(1008)
    }
    const desk = await open(me)
    desk.socket.send(JSON.stringify({ watch: 'x'.repeat(2_000) }))
    expect(await desk.closed).to.equal(1009)
  })
})
