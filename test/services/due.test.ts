import { expect } from 'chai'
import { DUE_TASK, dueTask, setDue, settleOverdue, type DueKinds } from '../../services/due/index.ts'
import type { ConversationId } from '../../services/platform/ids.ts'
import { startJobs, type Jobs } from '../../services/platform/jobs.ts'
import { openDeskWorld, type DeskWorld } from '../support/deskWorld.ts'
import { eventually } from '../support/eventually.ts'

describe('due times', () => {
  let world: DeskWorld
  let id: ConversationId
  beforeEach(async () => {
    world = await openDeskWorld({ nodes: 2 })
    id = await world.conversation()
  })
  afterEach(() => world.close())

  const due = (reference: string, seconds: number) =>
    world.turn(id, (tx, c, at) =>
      setDue(tx, { kind: 'probe', conversationId: c.id, reference, at: at.add({ seconds }) }),
    )

  const row = async (reference: string) =>
    world.platform.database.db
      .selectFrom('due_times')
      .select(['done_at', 'outcome'])
      .where('reference', '=', reference)
      .executeTakeFirst()

  it('one that fails stays due and keeps no other; it is done when it works again', async () => {
    await due('broken', 1)
    await due('sound', 2)
    let broken = true
    const kinds: DueKinds = {
      probe: async (_tx, { reference }) => {
        if (reference === 'broken' && broken) throw new Error('not now')
        return 'done'
      },
    }
    world.clock.advance({ seconds: 5 })
    expect(await settleOverdue(world.platform, kinds)).to.equal(1)
    expect(await row('sound')).to.deep.include({ outcome: 'done' })
    expect(await row('broken')).to.deep.equal({ done_at: null, outcome: null })
    broken = false
    expect(await settleOverdue(world.platform, kinds)).to.equal(1)
    expect(await row('broken')).to.deep.include({ outcome: 'done' })
  })

  it('what a transaction that fails did for one is undone with its mark', async () => {
    await due('once', 1)
    world.clock.advance({ seconds: 2 })
    let tries = 0
    const kinds: DueKinds = {
      probe: async (tx, { conversationId }) => {
        tries += 1
        await tx.db
          .updateTable('conversations')
          .set((c) => ({ epoch: c('epoch', '+', 1) }))
          .where('id', '=', conversationId)
          .execute()
        if (tries === 1) throw new Error('after the effect')
        return 'done'
      },
    }
    await settleOverdue(world.platform, kinds)
    await Promise.all(world.nodes.map((node) => settleOverdue(node, kinds)))
    expect((await world.state(id)).epoch).to.equal(1)
  })

  it('one of a kind that this version does not know is left for a version that does', async () => {
    await due('later', 1)
    world.clock.advance({ seconds: 2 })
    expect(await settleOverdue(world.platform, {})).to.equal(0)
    expect(await row('later')).to.deep.equal({ done_at: null, outcome: null })
  })

  it('the alarm clock survives the loss of every connection, and stops when told to', async () => {
    const kinds: DueKinds = { probe: () => Promise.resolve('done') }
    const { pool } = world.platform.database
    const jobs: Jobs = startJobs(world.platform, { [DUE_TASK]: dueTask(world.platform, kinds) }, [])
    try {
      await due('before', -1)
      await eventually('the first alarm', async () => (await row('before'))?.outcome === 'done')
      await pool
        .query(
          'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
        )
        .catch(() => {})
      await world.platform.database.hold(() => due('after', -1))
      await eventually(
        'the alarm after the loss',
        () => world.platform.database.hold(async () => (await row('after'))?.outcome === 'done'),
        10_000,
      )
    } finally {
      await jobs.stop()
    }
  })
})
