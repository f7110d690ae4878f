import { expect } from 'chai'
import { takeConversation, type Actor } from '../../services/handoff/index.ts'
import type { ConversationId } from '../../services/platform/ids.ts'
import { asking } from '../support/asking.ts'
import { refusal } from '../support/deskWorld.ts'
import { proves } from '../support/proofs.ts'
import type { SignedIn } from '../support/server.ts'
import { startTwoNodes, type TwoNodes } from '../support/twoNodes.ts'

const long = process.env['TEST_LONG'] === '1'
const AGENTS = 50
const ROUNDS = long ? 1_000 : 8
/** One round in so many goes through the HTTP routes of the desk. */
const BY_HTTP = long ? 10 : 4
const CONTROL_ROUNDS = long ? 300 : 8

type Agent = Actor & { signedIn: SignedIn }

describe('many agents at one conversation', function () {
  this.timeout(long ? 600_000 : 60_000)
  let two: TwoNodes
  const agents: Agent[] = []
  before(async () => {
    two = await startTwoNodes()
    for (let i = 0; i < AGENTS; i += 1) {
      const name = `Agent ${i}`
      const signedIn = await two.signInAgent({ name })
      agents.push({ id: signedIn.agentId, name, role: 'agent', signedIn })
    }
  })
  after(() => two.stop())

  proves('C4', 'has one winner of 50 at once on two nodes; the others are told 409', async (proof) => {
    const conflicts = { http: 0, calls: 0 }
    let doubleSeats = 0
    for (let round = 0; round < ROUNDS; round += 1) {
      const id = await two.people.waiting()
      const byHttp = round % BY_HTTP === 0
      const said = await Promise.all(agents.map((_, i) => (byHttp ? askToTake(i, id) : callToTake(i, id))))
      const winners = agents.filter((_, i) => said[i] === (byHttp ? '204' : 'done'))
      const losers = said.filter((word) => word === (byHttp ? '409 alreadyTaken' : 'alreadyTaken'))
      conflicts[byHttp ? 'http' : 'calls'] += losers.length
      doubleSeats += winners.length - 1
      expect(winners, said.join()).to.have.lengthOf(1)
      expect(losers, said.join()).to.have.lengthOf(AGENTS - 1)
      await expectSeated(id, winners[0]?.id)
    }
    const control = await doubleSeatsOfCheckThenTake()
    expect(control, 'rounds in which the racers really raced').to.be.above(0)
    expect(conflicts.http).to.equal(Math.ceil(ROUNDS / BY_HTTP) * (AGENTS - 1))
    proof.tried(`${AGENTS} agents × ${ROUNDS} conversations on 2 nodes, ${Math.ceil(ROUNDS / BY_HTTP)} of them by HTTP`)
    proof.figure(
      `${doubleSeats} double seats, ${conflicts.http + conflicts.calls} told of the conflict (${conflicts.http} × 409); check-then-take: ${control}/${CONTROL_ROUNDS} double-seated`,
    )
  })

  const askToTake = async (i: number, id: ConversationId): Promise<string> => {
    const answer = await asking(() => two.url(i))(agents[i]?.signedIn, 'POST', `/conversations/${id}/take`)
    return answer.status === 204 ? '204' : `${answer.status} ${answer.json.error.code}`
  }

  const callToTake = (i: number, id: ConversationId): Promise<string> =>
    refusal(takeConversation(two.node(i).platform, agents[i] as Agent, id))

  async function expectSeated(id: ConversationId, winner: string | undefined): Promise<void> {
    const seat = { mode: 'human', heldBy: winner, agentId: winner, epoch: 1, handoff: 'taken' }
    expect(await two.people.state(id)).to.deep.equal(seat)
    expect((await two.people.lines(id)).filter((line) => line.includes('a rejoint'))).to.have.lengthOf(1)
  }

  /** What a desk without the lock does, on the same conversations: it looks, then it sits down. */
  async function doubleSeatsOfCheckThenTake(): Promise<number> {
    let doubled = 0
    for (let round = 0; round < CONTROL_ROUNDS; round += 1) {
      const id = await two.people.waiting()
      const seated = await Promise.all(
        agents.map(async (agent, i) => {
          const { pool } = two.node(i).platform.database
          const { rows } = await pool.query<{ mode: string }>('select mode from conversations where id = $1', [id])
          if (rows[0]?.mode !== 'waiting') return false
          await pool.query(`update conversations set mode = 'human', held_by = $2 where id = $1`, [id, agent.id])
          return true
        }),
      )
      if (seated.filter(Boolean).length > 1) doubled += 1
    }
    return doubled
  }
})
