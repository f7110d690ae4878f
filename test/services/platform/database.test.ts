import { expect } from 'chai'
import pg from 'pg'
import { openDatabase, type Database } from '../../../services/platform/database.ts'
import { openLog } from '../../../services/platform/log.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'

describe('a transaction', () => {
  let made: TestDatabase
  let database: Database
  let observer: pg.Client

  before(async () => {
    made = await createTestDatabase()
    database = openDatabase({ ...made.connection, max: 1 }, openLog('silent'))
    observer = new pg.Client(made.connection)
    await observer.connect()
    // Kept at first, refused at the COMMIT: what a full disk or a lost race does, at will.
    await observer.query(`
      create table kept (word text);
      create function refuse() returns trigger language plpgsql as $$ begin raise exception 'refused at the commit'; end $$;
      create constraint trigger at_commit after insert on kept deferrable initially deferred
        for each row when (new.word = 'refused') execute function refuse()`)
  })
  after(async () => {
    await observer.end()
    await database.close()
    await made.drop()
  })

  const keep = (word: string, told: string[]): Promise<string> =>
    database.transaction(async (tx) => {
      tx.later({ name: 'keep', text: 'insert into kept values ($1)', values: [word] })
      tx.afterCommit(() => void told.push(word))
      return word
    })
  const kept = async (): Promise<unknown[]> => (await observer.query('select word from kept')).rows

  it('is not done before its COMMIT is: one that fails there is thrown, told to nobody, and leaves nothing', async () => {
    const told: string[] = []
    const outcome = await keep('refused', told).catch((error: Error) => error.message)
    expect(outcome).to.equal('refused at the commit')
    expect(told).to.deep.equal([])
    expect(await kept()).to.deep.equal([])
    expect(await keep('well', told)).to.equal('well')
    expect(told).to.deep.equal(['well'])
    expect(await kept()).to.deep.equal([{ word: 'well' }])
  })

  it('outlives its connection: it is thrown, the process goes on, and the next one has a new connection', async () => {
    let ended = false
    const outcome = await database
      .transaction(async (tx) => {
        const [me] = await tx.named<{ pid: number }>('me', 'select pg_backend_pid() as pid', [])
        await observer.query('select pg_terminate_backend($1)', [me?.pid])
        // No statement runs meanwhile, so the death has nobody to be told to but the connection's listener.
        await eventually('it is gone', async () => {
          const { rows } = await observer.query('select 1 from pg_stat_activity where pid = $1', [me?.pid])
          ended = rows.length === 0
          return ended
        })
        return 'done'
      })
      .catch(() => 'thrown')
    expect([ended, outcome]).to.deep.equal([true, 'thrown'])
    expect(await database.transaction(async (tx) => (await tx.named('one', 'select 1 as one', [])).length)).to.equal(1)
  })
})
