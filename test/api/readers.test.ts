import { expect } from 'chai'
import {
  closeConversation,
  releaseToBot,
  requestPerson,
  takeConversation,
  writeAsAgent,
  type Actor,
} from '../../services/handoff/index.ts'
import type { ConversationId } from '../../services/platform/ids.ts'
import { asking } from '../support/asking.ts'
import { deskPeople, type DeskPeople } from '../support/deskWorld.ts'
import { eventually } from '../support/eventually.ts'
import { openSocket, type Heard } from '../support/handshake.ts'
import { proves } from '../support/proofs.ts'
import { startTestServer, type SignedIn, type TestServer } from '../support/server.ts'

const LONG = process.env['TEST_LONG'] === '1'
const ROUNDS = LONG ? 100 : 12
const AT_ONCE = 12
const SETTLED_MS = 1_000
const CANARY = 'canary-for-who-holds'

type Name = 'first' | 'second' | 'taker' | 'supervisor'
type Round = {
  watchers: Name[]
  loses: Name[]
  keeps: Name
  act(id: ConversationId): Promise<void>
  before?(id: ConversationId): Promise<void>
}

describe('a reader whose right ends while they watch', function () {
  this.timeout(LONG ? 240_000 : 60_000)
  let server: TestServer
  let people: DeskPeople
  const signedIn = {} as Record<Name, SignedIn>
  before(async () => {
    server = await startTestServer()
    people = deskPeople(server.running.platform)
    for (const name of ['first', 'second', 'taker', 'supervisor'] as const)
      signedIn[name] = await server.signInAgent({ name, role: name === 'supervisor' ? 'supervisor' : 'agent' })
  })
  after(() => server.stop())

  const ask = asking(() => server.url)
  const actor = (name: Name): Actor => ({
    id: signedIn[name].agentId,
    name,
    role: name === 'supervisor' ? 'supervisor' : 'agent',
  })
  const take = (name: Name) => (id: ConversationId) => takeConversation(server.running.platform, actor(name), id)

  /** How a right ends: who watches, what is done, who then may not read any more, and who still does. */
  const rounds: Record<string, Round> = {
    'taken by another': {
      watchers: ['first', 'second'],
      act: take('taker'),
      loses: ['first', 'second'],
      keeps: 'taker',
    },
    'a supervisor steps in': {
      before: take('first'),
      watchers: ['first'],
      act: take('supervisor'),
      loses: ['first'],
      keeps: 'supervisor',
    },
    'leaves the queue': {
      watchers: ['first', 'second'],
      act: (id) => people.turn(id, (tx, c, at) => releaseToBot(tx, c, at)),
      loses: ['first', 'second'],
      keeps: 'supervisor',
    },
    'closed, and taken by another': {
      async before(id) {
        await take('first')(id)
        await closeConversation(server.running.platform, actor('first'), id)
        await people.turn(id, (tx, c, at) =>
          requestPerson(tx, c, { reason: 'asked', lastWords: 'encore', known: {}, at }),
        )
      },
      watchers: ['first', 'second'],
      act: take('taker'),
      loses: ['first', 'second'],
      keeps: 'taker',
    },
  }

  interface Outcome {
    how: string
    late: string[]
    lastMs: number
    goneMs: number
    refused: number
  }

  async function watch(name: Name, id: ConversationId): Promise<Heard> {
    const headers = { cookie: signedIn[name].cookie, origin: server.url }
    const heard = await openSocket(server.running.port, '/api/v1/live', headers)
    heard.socket.send(JSON.stringify({ watch: id }))
    await eventually(`${name} watches`, () => heard.frames.some((frame) => frame.includes('"news"')))
    return heard
  }

  /** Everything that a desk may be told of: words, a note of the agent, typing; by whom holds it now. */
  async function stir(id: ConversationId, how: string): Promise<void> {
    const { platform } = server.running
    await people.says(id, `${CANARY} ${how}`)
    const holder = rounds[how]?.keeps ?? 'taker'
    if ((await people.state(id)).heldBy === signedIn[holder].agentId)
      await writeAsAgent(platform, actor(holder), id, {
        text: CANARY,
        clientMessageId: `m${performance.now()}`.replace('.', '_'),
      })
    platform.bell.whisper(`typing:${id}`, 'newcomer')
  }

  async function play(how: string): Promise<Outcome> {
    const round = rounds[how]
    if (round === undefined) throw new Error(how)
    const id = await people.waiting()
    await round.before?.(id)
    const losers = await Promise.all(round.watchers.map((name) => watch(name, id)))
    const keeper = await watch('supervisor', id)
    try {
      await round.act(id)
      const committed = performance.now()
      let refused = 0
      for (const name of round.loses)
        for (const path of ['', '/messages']) {
          const { status, text } = await ask(signedIn[name], 'GET', `/conversations/${id}${path}`)
          expect(status, `${how}: ${name} reads`).to.equal(404)
          expect(text).to.not.include(CANARY)
          refused += 1
        }
      await stir(id, how)
      for (const heard of losers)
        await eventually(`${how}: gone`, () => heard.frames.some((frame) => frame.includes('"gone"')))
      await eventually('a second', () => performance.now() - committed > SETTLED_MS)
      for (const heard of losers) heard.socket.send(JSON.stringify({ watch: id }))
      const told = keeper.frames.length
      await stir(id, how)
      // Whoever may still read is told: so there was something to tell.
      await eventually('who may read hears it', () => keeper.frames.length > told)
      for (const heard of losers)
        await eventually('refused again', () => heard.frames.filter((frame) => frame.includes('"gone"')).length === 2)
      const firstGone = ({ frames, times }: Heard): number =>
        times[frames.findIndex((frame) => frame.includes('"gone"'))] ?? Infinity
      const about = losers.flatMap(({ frames, times }) =>
        frames.flatMap((frame, i) => (frame.includes(id) ? [{ frame, ms: (times[i] ?? 0) - committed }] : [])),
      )
      const after = about.filter(({ frame, ms }) => ms > 0 && !frame.includes('"gone"'))
      expect(losers.map(({ frames }) => frames.join()).join(), 'words on the socket').to.not.include(CANARY)
      return {
        how,
        late: after.filter(({ ms }) => ms > SETTLED_MS).map(({ frame }) => `${how}: ${frame}`),
        lastMs: Math.max(0, ...after.map(({ ms }) => ms)),
        goneMs: Math.max(...losers.map(firstGone)) - committed,
        refused,
      }
    } finally {
      for (const { socket } of [...losers, keeper]) socket.terminate()
    }
  }

  proves('F5', 'hears nothing of it after a second, and reads nothing at once', async (proof) => {
    const kinds = Object.keys(rounds)
    const outcomes: Outcome[] = []
    for (let from = 0; from < ROUNDS; from += AT_ONCE) {
      const some = Array.from(
        { length: Math.min(AT_ONCE, ROUNDS - from) },
        (_, i) => kinds[(from + i) % kinds.length] ?? '',
      )
      outcomes.push(...(await Promise.all(some.map(play))))
    }
    const late = outcomes.flatMap((one) => one.late)
    expect(late, late.join('\n')).to.deep.equal([])
    expect(outcomes).to.have.length(ROUNDS)
    const refused = outcomes.reduce((sum, one) => sum + one.refused, 0)
    const worst = (of: 'lastMs' | 'goneMs'): number => Math.round(Math.max(...outcomes.map((one) => one[of])))
    proof.tried(
      `${ROUNDS} rounds, ${kinds.length} ways: ${kinds.join(', ')}; then words and typing, and ${refused} reads by HTTP`,
    )
    proof.figure(
      `0 frames of it after commit + 1 s, 0 with words ever; last hint ${worst('lastMs')} ms, told gone in ${worst('goneMs')} ms; 0 reads`,
    )
  })
})
