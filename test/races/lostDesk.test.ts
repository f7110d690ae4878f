import { expect } from 'chai'
import type { WebSocket } from 'ws'
import { PRESENT_SECONDS } from '../../services/agents/presence.ts'
import { requeueAbsent, takeConversation, writeAsAgent, type Actor } from '../../services/handoff/index.ts'
import { toDate } from '../../services/platform/clock.ts'
import type { ConversationId } from '../../services/platform/ids.ts'
import { testClock } from '../support/clock.ts'
import { refusal } from '../support/deskWorld.ts'
import { eventually } from '../support/eventually.ts'
import { linesOf } from '../support/parrot.ts'
import { proves } from '../support/proofs.ts'
import { startQuickDesks, type QuickDesks } from '../support/quickDesks.ts'
import type { SignedIn } from '../support/server.ts'
import { startTwoNodes, type TwoNodes } from '../support/twoNodes.ts'

const long = process.env['TEST_LONG'] === '1'
const CONVERSATIONS = long ? 200 : 8
const GRACE = 120
/** Many desks that looked often would keep the database from everything else. */
const LOOK_MS = long ? 400 : 20
/** How an agent is lost; each is tried by some who come back in time and by some who do not. */
const LOSSES = ['line cut', 'tab closed', 'laptop asleep', 'one of two tabs closed'] as const

/** A conversation in an agent's hands, and the tabs in which they look at it. */
interface Seat {
  id: ConversationId
  agent: Actor
  signedIn: SignedIn
  node: number
  loss: (typeof LOSSES)[number]
  comesBack: boolean
  tabs: WebSocket[]
}

describe('an agent whose connection is lost', function () {
  this.timeout(long ? 600_000 : 60_000)
  const clock = testClock('2026-11-24T15:00:00Z')
  let two: TwoNodes
  let desks: readonly [QuickDesks, QuickDesks]
  before(async () => {
    two = await startTwoNodes({ clock, env: { DESK_GRACE_SECONDS: String(GRACE) } })
    desks = [await startQuickDesks(two.node(0), LOOK_MS), await startQuickDesks(two.node(1), LOOK_MS)]
  })
  after(async () => {
    for (const one of desks) await one.close()
    await two.stop()
  })

  proves(
    'C7',
    'keeps the seat through the grace, loses it once after it; no word is lost or doubled',
    async (proof) => {
      const seats = await Promise.all(Array.from({ length: CONVERSATIONS }, (_, i) => sitDown(i)))
      const staying = seats.filter(({ loss }) => loss === 'one of two tabs closed')
      const gone = seats.filter((seat) => !staying.includes(seat))
      const [back, never] = [gone.filter(({ comesBack }) => comesBack), gone.filter(({ comesBack }) => !comesBack)]
      seats.forEach(loseConnection)
      await Promise.all(gone.map(({ agent }) => isAbsent(agent)))
      await Promise.all(seats.map(({ id, node }) => says(id, 'Allô ?', node)))

      clock.advance({ seconds: GRACE - 10 })
      await sweep()
      expect((await held(seats)).length, 'through the grace everybody keeps the seat').to.equal(seats.length)
      for (const seat of back) seat.tabs.push(await desk(seat.node + 1).open(seat.signedIn))
      await Promise.all([...back, ...staying].map(({ agent }) => isSeen(agent)))
      const delays = await secondsUntilRequeued(never, [...back, ...staying])

      await Promise.all(seats.map(({ id, node }) => says(id, 'Toujours là ?', node)))
      const late = { text: 'Me revoici', clientMessageId: 'reply' }
      for (const { agent, id, node } of never) {
        expect(await refusal(writeAsAgent(two.node(node).platform, agent, id, late))).to.equal('notYours')
        await takeConversation(two.node(node).platform, agent, id)
      }
      // A page that heard no answer sends again, from this tab or the other.
      for (const { agent, id } of seats)
        await Promise.all([0, 1, 0, 1].map((node) => writeAsAgent(two.node(node).platform, agent, id, late)))

      for (const seat of seats) {
        const lines = linesOf(await two.log(seat.id))
        const count = (pattern: RegExp): number => lines.filter((line) => pattern.test(line)).length
        expect([count(/^newcomer: Allô/), count(/^newcomer: Toujours/)], 'words of the person').to.deep.equal([1, 1])
        expect(count(/^agent: Me revoici/), 'the reply').to.equal(1)
        expect(count(/plus en ligne/), `${seat.loss}: returned to the queue`).to.equal(never.includes(seat) ? 1 : 0)
      }
      proof.tried(
        `${CONVERSATIONS} conversations: ${LOSSES.map((loss) => `${loss} ${seats.filter((seat) => seat.loss === loss).length}`).join(', ')}; ${back.length} back in time; 2 nodes sweep`,
      )
      proof.figure(
        `0 words lost or doubled, ${never.length} requeued once, ${seats.length - never.length} kept; requeued ${Math.min(...delays)}–${Math.max(...delays)} s after the loss (grace ${GRACE} s) + a sweep`,
      )
    },
  )

  async function sitDown(i: number): Promise<Seat> {
    const loss = LOSSES[i % LOSSES.length] ?? 'line cut'
    const name = `Agent ${i}`
    const signedIn = await two.signInAgent({ name })
    const agent: Actor = { id: signedIn.agentId, name, role: 'agent' }
    const id = await two.people.waiting()
    await takeConversation(two.node(i).platform, agent, id)
    const deaf = loss === 'laptop asleep'
    const tabs = [await desk(i).open(signedIn, deaf ? 'deaf' : 'awake')]
    if (loss === 'one of two tabs closed') tabs.push(await desk(i + 1).open(signedIn))
    return { id, agent, signedIn, node: i, loss, comesBack: Math.floor(i / LOSSES.length) % 2 === 0, tabs }
  }

  const desk = (i: number): QuickDesks => desks[i % 2 === 0 ? 0 : 1]

  const loseConnection = ({ loss, tabs }: Seat): void => {
    if (loss === 'line cut') tabs[0]?.terminate()
    else if (loss !== 'laptop asleep') tabs[0]?.close() // who sleeps does nothing at all
  }

  const lastSeen = async (agent: Actor): Promise<Date> => {
    const { db } = two.node(0).platform.database
    const row = await db
      .selectFrom('desks')
      .select((desks) => desks.fn.max('seen_at').as('seen'))
      .where('agent_id', '=', agent.id)
      .executeTakeFirstOrThrow()
    return row.seen
  }
  const isAbsent = (agent: Actor): Promise<unknown> =>
    eventually(
      `${agent.name} is absent`,
      async () => {
        return (await lastSeen(agent)) <= toDate(clock.now().subtract({ seconds: PRESENT_SECONDS }))
      },
      20_000,
    )
  const isSeen = (agent: Actor): Promise<unknown> =>
    eventually(`${agent.name} is seen`, async () => (await lastSeen(agent)) >= toDate(clock.now()), 20_000)

  const says = (id: ConversationId, text: string, node: number): Promise<unknown> =>
    two.node(node).turns.take({ conversationId: id, externalId: `${id}/${text}`, kind: 'message', body: { text } })

  /** Every node at once, more than once. */
  const sweep = (): Promise<unknown> => Promise.all([0, 1, 0, 1].map((node) => requeueAbsent(two.node(node).platform)))

  const held = async (seats: Seat[]): Promise<Seat[]> => {
    const states = await Promise.all(seats.map(({ id }) => two.people.state(id)))
    return seats.filter((_, i) => states[i]?.mode === 'human')
  }

  /** Lets the clock run past the grace, second by second around it; resolves to when each lost seat was given up. */
  async function secondsUntilRequeued(lost: Seat[], kept: Seat[]): Promise<number[]> {
    const delays: number[] = []
    let now = GRACE - 10
    for (const after of [GRACE - 1, GRACE, GRACE + 1, GRACE + 2]) {
      clock.advance({ seconds: after - now })
      now = after
      await Promise.all(kept.map(({ agent }) => isSeen(agent)))
      await sweep()
      const free = lost.length - (await held(lost)).length
      while (delays.length < free) delays.push(after)
    }
    expect(delays.length, 'given up').to.equal(lost.length)
    expect((await held(kept)).length, 'who is there keeps it').to.equal(kept.length)
    return delays
  }
})
