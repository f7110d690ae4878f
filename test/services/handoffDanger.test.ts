import { expect } from 'chai'
import { DUE_TASK, dueTask, settleOverdue, type DueKinds } from '../../services/due/index.ts'
import { deactivateAgent, renewDesk } from '../../services/agents/index.ts'
import {
  accessConversation,
  alertDanger,
  closeConversation,
  DANGER_UNREAD,
  dangerUnread,
  markRead,
  readAlarms,
  releaseToBot,
  takeConversation,
} from '../../services/handoff/index.ts'
import type { ConversationId } from '../../services/platform/ids.ts'
import { startJobs } from '../../services/platform/jobs.ts'
import type { Platform } from '../../services/platform/platform.ts'
import { openDeskWorld, refusal, type DeskWorld, type TestAgent } from '../support/deskWorld.ts'
import { eventually } from '../support/eventually.ts'

describe('danger written while an agent holds the conversation', () => {
  let world: DeskWorld
  let holder: TestAgent, colleague: TestAgent, supervisor: TestAgent
  let id: ConversationId
  let seq: number
  const kinds = (platform: Platform): DueKinds => ({ [DANGER_UNREAD]: dangerUnread(platform) })
  /** The supervisor's desk is open. */
  const supervised = () => renewDesk(world.platform, { id: 'above', agentId: supervisor.id, sessionId: 'session' })
  const alarms = async (agent: TestAgent) => (await readAlarms(world.platform, agent)).map(({ unread }) => unread)

  beforeEach(async () => {
    world = await openDeskWorld({ nodes: 2 })
    holder = await world.agent('Amélie')
    colleague = await world.agent('Bruno')
    supervisor = await world.agent('Sam', 'supervisor')
    id = await world.waiting()
    await takeConversation(world.platform, holder, id)
    seq = await world.says(id, 'danger')
    await world.turn(id, (tx, c, at) => {
      alertDanger(tx, c, { seq, situation: 'violence', at })
      alertDanger(tx, c, { seq, situation: 'violence', at }) // asked twice, due once
    })
  })
  afterEach(() => world.close())

  it('alarms the holder at once and nobody else', async () => {
    expect(await alarms(holder)).to.deep.equal([false])
    expect(await alarms(supervisor)).to.deep.equal([])
    expect(await alarms(colleague)).to.deep.equal([])
  })

  it('calls supervisors after 60 s unread, once on however many nodes, until somebody who counts has read it', async () => {
    world.clock.advance({ seconds: 59 })
    expect(await settleOverdue(world.platform, kinds(world.platform))).to.equal(0)
    await supervised()
    world.clock.advance({ seconds: 1 })
    const settled = await Promise.all([...world.nodes, ...world.nodes].map((node) => settleOverdue(node, kinds(node))))
    expect(settled.reduce((sum, count) => sum + count, 0)).to.equal(1)
    expect(await alarms(supervisor)).to.deep.equal([true])
    expect(await alarms(holder)).to.deep.equal([true])
    expect(await alarms(colleague)).to.deep.equal([])
    await markRead(world.platform, supervisor, id, seq)
    expect(await alarms(supervisor)).to.deep.equal([])
  })

  for (const [none, leave] of [
    ['at their desk', () => Promise.resolve()],
    ['left', async () => deactivateAgent(world.platform, await world.agent('Ada', 'administrator'), supervisor.id)],
  ] as const)
    it(`calls everybody when no supervisor is ${none}, and whoever comes may take it`, async () => {
      await leave()
      const { db } = world.platform.database
      expect(await refusal(accessConversation(db, colleague, id, 'read'))).to.equal('notFound')
      world.clock.advance({ seconds: 61 })
      await settleOverdue(world.platform, kinds(world.platform))
      const administrator = await world.agent('Abel', 'administrator')
      for (const called of [holder, colleague, supervisor, administrator])
        expect(await alarms(called), called.name).to.deep.equal([true])
      await markRead(world.platform, colleague, id, seq) // looking on is not helping
      expect(await alarms(colleague)).to.deep.equal([true])
      await takeConversation(world.platform, colleague, id)
      await markRead(world.platform, colleague, id, seq)
      expect(await alarms(administrator)).to.deep.equal([])
      expect(await refusal(accessConversation(db, administrator, id, 'read'))).to.equal('notFound')
    })

  it('keeps its holder until they have read it: neither closed nor handed back', async () => {
    const close = () => refusal(closeConversation(world.platform, holder, id))
    const handBack = () => refusal(world.turn(id, (tx, c, at) => releaseToBot(tx, c, at)))
    expect([await close(), await handBack()]).to.deep.equal(['dangerUnread', 'dangerUnread'])
    await supervised()
    world.clock.advance({ seconds: 60 })
    await settleOverdue(world.platform, kinds(world.platform))
    expect([await close(), await handBack()]).to.deep.equal(['dangerUnread', 'dangerUnread'])
    expect(await world.state(id)).to.deep.include({ mode: 'human', heldBy: holder.id, handoff: 'taken' })
    await markRead(world.platform, holder, id, seq)
    expect(await handBack()).to.equal('done')
    expect(await world.state(id)).to.deep.include({ mode: 'bot', handoff: undefined })
  })

  it('calls nobody when the holder has read it', async () => {
    await markRead(world.platform, holder, id, seq - 1)
    expect(await alarms(holder)).to.deep.equal([false])
    await markRead(world.platform, holder, id, seq)
    expect(await alarms(holder)).to.deep.equal([])
    world.clock.advance({ seconds: 61 })
    await settleOverdue(world.platform, kinds(world.platform))
    expect(await alarms(supervisor)).to.deep.equal([])
  })

  it('calls nobody when it was read, though a crash kept the reading from silencing it', async () => {
    await world.platform.database.db
      .updateTable('conversations')
      .set({ agent_read_seq: seq })
      .where('id', '=', id)
      .execute()
    world.clock.advance({ seconds: 61 })
    expect(await settleOverdue(world.platform, kinds(world.platform))).to.equal(1)
    expect(await alarms(supervisor)).to.deep.equal([])
  })

  it('is remembered with its turn or not at all', async () => {
    const other = await world.waiting()
    await takeConversation(world.platform, holder, other)
    await world
      .turn(other, (tx, c, at) => {
        alertDanger(tx, c, { seq: 9, situation: 'violence', at })
        throw new Error('the turn fails')
      })
      .catch(() => {})
    expect(await alarms(holder)).to.have.length(1)
  })

  it('is done by the alarm clock on time, without a sweep', async () => {
    const { database } = world.platform
    // The job's alarm is on the database's clock, which a test does not move: it is brought forward.
    await database.pool.query(
      `select graphile_worker.reschedule_jobs(array_agg(id), run_at := now()) from graphile_worker.jobs where task_identifier = $1`,
      [DUE_TASK],
    )
    world.clock.advance({ seconds: 61 })
    await supervised()
    const jobs = startJobs(world.platform, { [DUE_TASK]: dueTask(world.platform, kinds(world.platform)) }, [])
    try {
      await eventually('the supervisor is called', async () => (await alarms(supervisor)).length === 1)
      await eventually(
        'the job is gone',
        async () => (await database.pool.query('select from graphile_worker.jobs')).rowCount === 0,
      )
    } finally {
      await jobs.stop()
    }
  })
})
