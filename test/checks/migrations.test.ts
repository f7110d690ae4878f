import { globSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import pg from 'pg'
import { migrate } from '../../services/platform/migrate.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

/** What a file of `services/migrations/` may not do, because nodes of the version before run meanwhile. */
const FORBIDDEN: { rule: string; pattern: RegExp; planted: string }[] = [
  {
    rule: 'wait for a table longer than the runner lets it',
    pattern: /\bset\s+(local\s+|session\s+)?(lock_timeout|statement_timeout)\b/i,
    planted: 'set local lock_timeout = 0; alter table messages add column x int;',
  },
  {
    rule: 'lock a table for as long as it takes',
    pattern: /\block\s+table\b/i,
    planted: 'lock table messages in access exclusive mode;',
  },
  {
    rule: 'end its own transaction, and leave half of itself behind',
    pattern: /^\s*(commit|rollback|begin|start transaction)\s*;/im,
    planted: 'alter table messages add column x int;\ncommit;\n',
  },
]

const breaks = (text: string): string[] => {
  const statements = text.replace(/--.*$/gm, '')
  return FORBIDDEN.filter(({ pattern }) => pattern.test(statements)).map(({ rule }) => rule)
}

describe('a migration, while turns go on', () => {
  const files = globSync('services/migrations/*.sql')
  for (const file of files)
    it(`${file.split('/').at(-1)} does nothing that holds them up`, () => {
      expect(breaks(readFileSync(file, 'utf8'))).to.deep.equal([])
    })

  for (const { rule, planted } of FORBIDDEN)
    it(`is caught when it would ${rule}`, () => {
      expect(breaks(planted)).to.include(rule)
      expect(breaks(`-- ${planted.replaceAll('\n', '\n-- ')}`)).to.deep.equal([])
    })

  describe('for a table that is in use', function () {
    this.timeout(15_000)
    let made: TestDatabase
    let holder: pg.Client
    before(async () => {
      made = await createTestDatabase()
      holder = new pg.Client(made.connection)
      await holder.connect()
    })
    after(async () => {
      await holder.end()
      await made.drop()
    })

    it('waits at most 3 s, then gives up, so that nobody stands behind it for longer', async () => {
      await holder.query('begin; lock table kysely_migration in access exclusive mode')
      const began = performance.now()
      const code = await migrate(made.connection).then(
        () => 'migrated',
        (error: unknown) => (error as { code?: unknown }).code,
      )
      const ms = performance.now() - began
      expect(code, 'lock_not_available').to.equal('55P03')
      expect(ms).to.be.within(2_500, 8_000)
      await holder.query('rollback')
      await migrate(made.connection)
    })
  })
})
