import { expect } from 'chai'
import { sql } from 'kysely'
import type { SignInLink } from '../../services/sign-in/index.ts'
import { renewLink } from '../../services/agents/index.ts'
import { takeConversation } from '../../services/handoff/index.ts'
import type { ConversationId } from '../../services/platform/ids.ts'
import { asking } from '../support/asking.ts'
import { testClock, type TestClock } from '../support/clock.ts'
import { deskPeople, type DeskPeople } from '../support/deskWorld.ts'
import { newCaller } from '../support/directLineWire.ts'
import { eventually } from '../support/eventually.ts'
import { openSocket, type Heard } from '../support/handshake.ts'
import { proves } from '../support/proofs.ts'
import { startTestServer, type SignedIn, type TestServer } from '../support/server.ts'

const LONG = process.env['TEST_LONG'] === '1'
/** Sockets that each way of ending is tried on. */
const EACH = LONG ? 16 : 4
const WITHIN_MS = 5_000

type Role = 'agent' | 'supervisor' | 'administrator'
interface Desk extends SignedIn {
  heard: Heard
}

describe('a session that ends while it is used', function () {
  this.timeout(LONG ? 240_000 : 60_000)
  let server: TestServer
  let clock: TestClock
  let people: DeskPeople
  let chief: SignedIn
  const open: Heard[] = []

  beforeEach(async () => {
    clock = testClock('2026-11-24T06:00:00Z')
    server = await startTestServer({ clock, env: { DESK_GRACE_SECONDS: '3600' } })
    people = deskPeople(server.running.platform)
    chief = await server.signInAgent({ name: 'Chief', role: 'administrator' })
  })
  afterEach(async () => {
    for (const { socket } of open.splice(0)) socket.terminate()
    await server.stop()
  })

  const ask = asking(() => server.url)
  const secretOf = ({ url }: SignInLink): string => url.split('#sign-in=')[1] ?? ''

  /** Agents at their desks, each watching `id`. */
  async function desks(id: ConversationId, role: Role = 'agent'): Promise<Desk[]> {
    const made: Desk[] = []
    for (let i = 0; i < EACH; i += 1) {
      const who = await server.signInAgent({ name: `Agent ${i}`, role })
      const heard = await openSocket(server.running.port, '/api/v1/live', { cookie: who.cookie, origin: server.url })
      open.push(heard)
      made.push({ ...who, heard })
    }
    for (const { heard } of made) heard.socket.send(JSON.stringify({ watch: id }))
    for (const { heard } of made)
      await eventually('watching', () => heard.frames.some((frame) => frame.includes('"news"')))
    return made
  }

  const closedBy = (codes: number) => (heard: Heard) => heard.end()?.code === codes
  const gone = (heard: Heard) => heard.frames.some((frame) => frame.includes('"gone"'))

  proves('F3', 'nothing more is told and no command is taken; its sockets close within 5 s', async (proof) => {
    const { platform } = server.running
    const { db } = platform.database
    const founder = { id: chief.agentId, role: 'administrator' as const }
    const queue = await people.waiting()

    // 12 hours of a session in use, and 2 of one that is not, end at the same instant; a third goes on.
    const absolute = await desks(queue)
    const use = async (hours: number): Promise<void> => {
      clock.advance({ minutes: hours * 60 })
      for (const who of [...absolute, chief]) expect((await ask(who, 'GET', '/me')).status).to.equal(200)
    }
    for (let i = 0; i < 6; i += 1) await use(1.65)
    const idle = await desks(queue)
    await use(1.5)
    const [standing] = await desks(queue)
    const others = {
      'signed out': await desks(queue),
      'the account closed': await desks(queue),
      'a link used elsewhere': await desks(queue),
      'the row gone, no ring': await desks(queue),
    }
    const held = await people.waiting()
    const holder = await server.signInAgent({ name: 'Holder' })
    await takeConversation(platform, { id: holder.agentId, name: 'Holder', role: 'agent' }, held)
    const demoted = await desks(held, 'supervisor')
    const visitors = await Promise.all(
      Array.from({ length: EACH }, async () => {
        const caller = await newCaller(server.url)
        const { pathname, search } = new URL(caller.streamUrl)
        const heard = await openSocket(server.running.port, pathname + search)
        open.push(heard)
        await eventually('a stream', () => heard.frames.length > 0)
        return { caller, heard }
      }),
    )
    if (standing === undefined) throw new Error('somebody goes on')

    interface Ended {
      how: string
      heard: Heard
      at: number
      frames: number
      closed(heard: Heard): boolean
    }
    const ended: Ended[] = []
    const end = (how: string, heard: Heard, closed = closedBy(4401)): void =>
      void ended.push({ how, heard, at: performance.now(), frames: heard.frames.length, closed })

    for (const desk of others['signed out']) {
      expect((await ask(desk, 'DELETE', '/session')).status).to.equal(204)
      end('signed out', desk.heard)
    }
    for (const desk of others['the account closed']) {
      expect((await ask(chief, 'POST', `/agents/${desk.agentId}/deactivate`, {})).status).to.equal(204)
      end('the account closed', desk.heard)
    }
    for (const desk of others['a link used elsewhere']) {
      const { link } = await renewLink(platform, founder, desk.agentId)
      expect((await ask(undefined, 'POST', '/session', { token: secretOf(link) })).status).to.equal(204)
      end('a link used elsewhere', desk.heard)
    }
    for (const desk of others['the row gone, no ring']) {
      await db.deleteFrom('agent_sessions').where('agent_id', '=', desk.agentId).execute()
      end('the row gone, no ring', desk.heard)
    }
    for (const desk of demoted) {
      await db.updateTable('agents').set({ role: 'agent' }).where('id', '=', desk.agentId).execute()
      end('no longer a supervisor', desk.heard, gone)
    }
    for (const { caller, heard } of visitors) {
      await sql`delete from conversations where id = ${caller.id}`.execute(db)
      end('the conversation erased', heard, closedBy(4404))
      // At once too: the clock that moves below would end their tokens by themselves.
      expect((await caller.post({ type: 'message', text: 'x' })).status).to.equal(404)
    }
    clock.advance({ minutes: 40 })
    for (const desk of absolute) end('12 hours', desk.heard)
    for (const desk of idle) end('2 hours idle', desk.heard)
    // There is something to tell before any look can have found out.
    await people.says(queue, 'après')

    // The next command, at once, long before the look that closes the socket.
    let refused = visitors.length
    const ends = [absolute, idle, ...Object.values(others)].flat()
    for (const desk of ends)
      for (const [method, path, body] of [
        ['GET', '/me'],
        ['GET', '/queue'],
        ['POST', `/conversations/${queue}/take`, {}],
      ] as const) {
        expect((await ask(desk, method, path, body)).status, path).to.equal(401)
        refused += 1
      }
    for (const desk of demoted) {
      expect((await ask(desk, 'GET', `/conversations/${held}/messages`)).status).to.equal(404)
      expect((await ask(desk, 'POST', `/agents/${holder.agentId}/link`, {})).status).to.equal(403)
      refused += 2
    }
    // Something to tell of, and a command on each socket: none must be heard of it.
    // (Every second one is silent, so that what finds out by itself is measured too.)
    for (const [i, { heard, closed }] of ended.entries())
      if (i % 2 === 0 && heard.socket.readyState === 1)
        heard.socket.send(JSON.stringify({ watch: closed === gone ? held : queue }))
    const seq = await people.says(queue, 'après')
    await people.says(held, 'après')
    await eventually('who goes on hears of it', () =>
      standing.heard.frames.some((frame) => frame.includes(`"seq":${seq}`)),
    )

    const ms: number[] = []
    const late: string[] = []
    for (const { how, heard, at, closed } of ended) {
      const left = Math.max(0, WITHIN_MS + 1_000 - (performance.now() - at))
      await eventually(`${how}: closed`, () => closed(heard), left)
      const when =
        heard.end()?.at ?? heard.times[heard.frames.findIndex((frame) => frame.includes('"gone"'))] ?? Infinity
      ms.push(Math.max(0, when - at))
      // The half second is this machine's, on which the tests of others run.
      if (when - at > WITHIN_MS + 500) late.push(`${how}: ${Math.round(when - at)} ms`)
    }
    expect(late, late.join()).to.deep.equal([])
    expect(standing.heard.end()).to.equal(undefined)
    // Of what was rung or known beforehand nothing at all; where only a look can find out, no content.
    const told = ended.flatMap(({ how, heard, frames }) =>
      heard.frames
        .slice(frames)
        .filter((frame) => !/"signedOut"|"gone"/.test(frame))
        .map((frame) => `${how}: ${frame}`),
    )
    const content = told.filter((line) => /après|"text"/.test(line))
    const blind = told.filter((line) => !/^(?:no longer|the row gone|2 hours idle)/.test(line))
    expect(content).to.deep.equal([])
    expect(blind, blind.join('\n')).to.deep.equal([])
    const p99 = ms.sort((a, b) => a - b)[Math.ceil(ms.length * 0.99) - 1] ?? 0
    proof.tried(
      `${ended.length} open sockets ended in 8 ways (sign-out, closing, new link, role, erased, 12 h, 2 h idle); ${refused} commands after it`,
    )
    proof.figure(
      `${refused} refused at once; p99 ${(p99 / 1000).toFixed(1)} s to close; 0 frames with content after it (${told.length} hints within the look)`,
    )
  })

  proves('F3', 'a sign-in never takes a session that somebody prepared, and ends the one before', async (proof) => {
    const { platform } = server.running
    const founder = { id: chief.agentId, role: 'administrator' as const }
    const victim = await server.signInAgent({ name: 'Victim' })
    const attacker = await server.signInAgent({ name: 'Attacker' })
    const planted = ['A'.repeat(43), attacker.cookie.split('=')[1] ?? '', victim.cookie.split('=')[1] ?? '', '']
    const given = new Set<string>()
    let before = victim.cookie
    for (const token of planted) {
      const { link } = await renewLink(platform, founder, victim.agentId)
      const signedIn = await ask(
        undefined,
        'POST',
        '/session',
        { token: secretOf(link) },
        { cookie: `parcours_desk=${token}` },
      )
      const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? ''
      expect(cookie).to.match(/^parcours_desk=[\w-]{43}$/)
      expect(cookie).to.not.equal(`parcours_desk=${token}`)
      given.add(cookie)
      expect((await ask({ agentId: '', cookie: before }, 'GET', '/me')).status, 'the session before').to.equal(401)
      expect((await ask({ agentId: '', cookie: `parcours_desk=${'A'.repeat(43)}` }, 'GET', '/me')).status).to.equal(401)
      before = cookie
    }
    expect(given.size).to.equal(planted.length)
    const { text } = await ask(attacker, 'GET', '/me')
    expect(text).to.include('Attacker')
    proof.tried(
      `${planted.length} sign-ins with a planted cookie: a guess, the attacker’s own, the session before, none`,
    )
    proof.figure('0 taken over: each time a new token of 256 bits, and the session before ended')
  })
})
