import { expect } from 'chai'
import { readConversation } from '../../services/handoff/index.ts'
import { randomId, type AgentId, type ConversationId } from '../../services/platform/ids.ts'
import type { Exit } from '../support/crash/exitAt.ts'
import { startDrivers, type Drivers } from '../support/crashDriver.ts'
import { openDeskWorld, type DeskWorld, type TestAgent } from '../support/deskWorld.ts'
import { proves } from '../support/proofs.ts'
import { randomFrom, seedOfThisRun, type Random } from '../support/seeded.ts'

const long = process.env['TEST_LONG'] === '1'
/** Of all points, how many a short run tries. */
const SAMPLE = 2
const LANES = long ? 2 : 1

/** One line of processes, with a database of its own: nobody else is in its queue. */
interface Lane {
  world: DeskWorld
  agent: TestAgent
  drivers: Drivers
}

describe('a process that ends at any statement', function () {
  this.timeout(long ? 1_200_000 : 90_000)
  const lanes: Lane[] = []
  before(async () => {
    for (let i = 0; i < LANES; i += 1) {
      const world = await openDeskWorld()
      const agent = await world.agent('Amélie')
      const masterKey = world.platform.settings.masterKey.toString('base64')
      lanes.push({ world, agent, drivers: startDrivers({ connection: world.connection, masterKey, agent }) })
    }
  })
  after(async () => {
    for (const { world, drivers } of lanes) {
      await drivers.stop()
      await world.close()
    }
  })

  proves('A3', 'loses and doubles nothing: the conversation ends as without the crash', async (proof) => {
    const seed = seedOfThisRun()
    proof.seed(seed)
    const whole = await Promise.all(lanes.map((lane) => wholeConversation(lane)))
    const [first] = whole
    if (first === undefined) throw new Error('a lane')
    for (const { end } of whole) expect(end, 'every lane tells the same story').to.deep.equal(first.end)
    const all = Array.from({ length: first.statements }, (_, i) => i + 1).flatMap((n): Exit[] => [
      { n, when: 'before' },
      { n, when: 'after' },
    ])
    const points = long ? all : sample(all, SAMPLE, randomFrom(seed))
    const left = [...points]
    let crashes = 0
    let sentAgain = 0
    await Promise.all(
      lanes.map(async (lane) => {
        for (let exit = left.shift(); exit !== undefined; exit = left.shift()) {
          sentAgain += await crashAt(lane, exit, first.end)
          crashes += 1
        }
      }),
    )
    expect(crashes).to.equal(points.length)
    proof.tried(
      `${crashes} of ${all.length} points (${first.statements} statements × before/after): the process exits 137, a fresh one takes over`,
    )
    proof.figure(
      `0 violations; ${sentAgain} steps done by the fresh process; each ends in the same log, file and hand-off`,
    )
  })

  async function wholeConversation(lane: Lane): Promise<{ statements: number; end: unknown }> {
    const went = await lane.drivers.run({ contact: 'whole', from: 0 })
    expect(went.exitCode, 'without a crash').to.equal(undefined)
    return { statements: went.statements, end: await endOf(lane, 'whole') }
  }

  /** Resolves to how many steps had to be sent to the fresh process. */
  async function crashAt(lane: Lane, exit: Exit, wanted: unknown): Promise<number> {
    const contact = `${exit.n} ${exit.when} ${randomId()}`
    const where = `${exit.when} statement ${exit.n}`
    const crashed = await lane.drivers.run({ contact, from: 0, exit })
    expect(crashed.exitCode, `it really ended ${where}`).to.equal(137)
    const finished = await lane.drivers.run({ contact, from: crashed.next })
    expect(finished.exitCode, `the fresh process, after ${where}`).to.equal(undefined)
    expect(await endOf(lane, contact), where).to.deep.equal(wanted)
    return finished.next - crashed.next
  }

  /** Everything that is kept of a contact's conversation, without what is only its own. */
  async function endOf({ world, agent }: Lane, contact: string): Promise<unknown> {
    const { database, keys } = world.platform
    const index = keys.blindIndex('contact:directline', contact)
    const { rows } = await database.pool.query<{ id: ConversationId } & Record<string, unknown>>(
      `select c.id, c.mode, c.epoch, c.seq, c.language, c.agent_id, c.state_sealed is null as stateless,
              (select count(*) from data_keys) - (select count(*) from conversations) - (select count(*) from newcomers) as spare_keys,
              (select count(*) from newcomers n where n.id = c.newcomer_id) as files,
              (select count(*) from consents s where s.newcomer_id = c.newcomer_id) as consents,
              (select array_agg(h.state || ' ' || h.reason || ' ' || h.closed_how) from handoffs h where h.conversation_id = c.id) as handoffs,
              (select array_agg(m.seq || ' ' || m.author || ' ' || m.status order by m.seq) from messages m where m.conversation_id = c.id) as rows
         from conversations c where c.contact_index = $1`,
      [index],
    )
    expect(rows, 'conversations of the contact').to.have.lengthOf(1)
    const { id, agent_id: accompaniedBy, ...row } = rows[0] as { id: ConversationId; agent_id: AgentId }
    expect(accompaniedBy).to.equal(agent.id)
    const { file } = await readConversation(world.platform, agent, id)
    const state = await world.turn(id, (_tx, c) => c.state)
    return {
      ...row,
      state,
      lines: await world.lines(id),
      file: file?.answers.map(({ name, value, author, dialog }) => ({ name, value, author, dialog })),
    }
  }
})

function sample<T>(all: readonly T[], count: number, random: Random): T[] {
  const left = [...all]
  return Array.from({ length: count }, () => left.splice(Math.floor(random() * left.length), 1)[0] as T)
}
