import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import pg from 'pg'
import { namedFile } from '../../commands/backup/words.ts'
import { speak } from '../../services/locales/index.ts'
import { BackupRefused, openBackup, restoreBackup, writeBackup } from '../../services/platform/backup/index.ts'
import { record, recordsOf } from '../../services/platform/backup/format.ts'
import { inOrder } from '../../services/platform/backup/tables.ts'
import { openKeys } from '../../services/platform/keys.ts'
import { rowsInBackup, rowsInDatabase, runCommand, spoil, tablesInBackup } from '../support/backups.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { openDirectLineUser } from '../support/directLineUser.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

/** The code of the refusal. */
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'not refused',
    (error: unknown) => (error instanceof BackupRefused ? error.code : String(error)),
  )

describe('npm run backup and npm run restore', function () {
  this.timeout(30_000)
  const masterKey = randomBytes(32)
  const keys = openKeys(masterKey)
  let folder: string
  let file: string
  let server: TestServer
  let copy: TestDatabase

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'parcours-backup-'))
    file = join(folder, 'of a server.backup')
    server = await startTestServer({ masterKey: masterKey.toString('base64') })
    const person = await openDirectLineUser(server.url)
    for (const text of ['Français', 'Oui, j’accepte', 'Je m’appelle Amina', 'je veux parler à quelqu’un'])
      await person.say(text)
    await server.signInAgent()
    await writeBackup(server.database.connection, file, keys)
    copy = await createTestDatabase()
  })
  after(async () => {
    await server.stop()
    await copy.drop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('holds every table that keeps something, and neither counters, alarm clocks nor what content makes', async () => {
    const tables = (await tablesInBackup(file)).map(({ table }) => table)
    const client = new pg.Client(server.database.connection)
    await client.connect()
    const { rows } = await client.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public' and tablename not like 'kysely%'`,
    )
    await client.end()
    // A new table is in the backup unless somebody says here why not.
    const fromContent = ['answer_lexemes', 'answer_phrasings', 'answer_sets', 'answer_words']
    expect([...tables, ...fromContent, 'rate_limits'].sort()).to.deep.equal(rows.map(({ name }) => name).sort())
  })

  it('gives back the same rows, each, and numbers go on where they were', async () => {
    await restoreBackup(copy.connection, await openBackup(file))
    const tables = await tablesInBackup(file)
    const saved = await rowsInBackup(file)
    expect(saved.get('messages')?.length).to.be.greaterThan(4)
    expect(await rowsInDatabase(copy.connection, tables)).to.deep.equal(saved)

    const numbers = async ({ connection }: TestDatabase): Promise<string[]> => {
      const client = new pg.Client(connection)
      await client.connect()
      const { rows } = await client.query<{ n: string }>(
        `select nextval(pg_get_serial_sequence('messages', 'arrival')) as n
         union all select nextval(pg_get_serial_sequence('consents', 'id'))`,
      )
      await client.end()
      return rows.map(({ n }) => n)
    }
    expect(await numbers(copy)).to.deep.equal(await numbers(server.database))
  })

  it('restores only into an empty database, which stays as it was', async () => {
    expect(await refusal(restoreBackup(server.database.connection, await openBackup(file)))).to.equal('notEmpty')
    expect(await refusal(restoreBackup(copy.connection, await openBackup(file)))).to.equal('notEmpty')
  })

  it('replaces no file, and is made only with the key of the database', async () => {
    const kept = readFileSync(file)
    expect(await refusal(writeBackup(server.database.connection, file, keys))).to.equal('exists')
    expect(readFileSync(file).equals(kept)).to.equal(true)
    const other = writeBackup(server.database.connection, join(folder, 'other'), openKeys(randomBytes(32)))
    expect(await refusal(other)).to.equal('wrongKey')
    expect(readdirSync(folder)).to.deep.equal([file.slice(folder.length + 1)])
  })

  it('knows a file that is cut anywhere, altered anywhere, or no backup', async () => {
    const bad = join(folder, 'bad')
    const size = statSync(file).size
    for (const cutTo of [1 - 1 / size, 0.99, 0.5, 100 / size])
      expect(await refusal(openBackup(spoil(file, bad, { cutTo }))), `cut to ${cutTo}`).to.equal('truncated')
    for (const turnBitAt of [12 / size, 0.1, 0.5, 0.9, 1 - 20 / size])
      expect(await refusal(openBackup(spoil(file, bad, { turnBitAt }))), `bit at ${turnBitAt}`).to.equal('damaged')
    writeFileSync(bad, 'bonjour')
    expect(await refusal(openBackup(bad))).to.equal('notBackup')
    rmSync(bad)
  })

  it('keeps nothing of a restore that fails on the way', async () => {
    const bad = spoil(file, join(folder, 'bad'), { header: (header) => header })
    const backup = await openBackup(bad)
    // After it was proven whole: a disk that goes while it is read.
    const target = await createTestDatabase()
    const half = { ...backup, records: () => firstOf(backup.records(), 12) }
    expect(await refusal(restoreBackup(target.connection, half))).to.equal('damaged')
    await restoreBackup(target.connection, backup) // refused unless empty
    await target.drop()
    rmSync(bad)
  })

  it('says in a line how it is used, and that a folder without a database is none, making nothing', async () => {
    const empty = join(folder, 'empty')
    const [unused, none, noFile] = await Promise.all([
      runCommand('restore', [], { LANG: 'fr_CA.UTF-8' }),
      runCommand('backup', ['b'], { DATA_DIR: empty }),
      runCommand('restore', [join(folder, 'missing')], { DATA_DIR: empty }),
    ])
    expect(unused.complaints).to.deep.equal([`parcours: ${speak('fr', 'console:restore.usage')}`])
    expect(none.complaints).to.deep.equal([`parcours: ${speak('en', 'console:backup.refused.noDatabase')}`])
    expect(noFile.complaints).to.deep.equal([`parcours: ${speak('en', 'console:backup.file.ENOENT')}`])
    expect(existsSync(empty)).to.equal(false)
    expect(namedFile(['a'], { INIT_CWD: '/elsewhere' }, '')).to.equal(resolve('/elsewhere/a'))
  })
})

describe('the parts of a backup', () => {
  it('come out as they went in, however the stream is cut', async () => {
    const given = [record(1, { table: 'a' }), record(2, randomBytes(3_000)), record(2, Buffer.alloc(0)), record(3, {})]
    const whole = Buffer.concat(given)
    for (const step of [1, 4, 7, 1_000, whole.length]) {
      const seen: Buffer[] = []
      for await (const { kind, content } of recordsOf(slices(whole, step))) seen.push(record(kind, content))
      expect(Buffer.concat(seen).equals(whole), `${step} bytes at a time`).to.equal(true)
    }
  })

  it('put each table after those that it names, and say when none can be first', () => {
    const table = (name: string) => ({ table: name, columns: [] })
    const keys = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
    ]
    expect(inOrder([table('a'), table('b'), table('c')], keys).map((one) => one.table)).to.deep.equal(['c', 'b', 'a'])
    expect(() => inOrder([table('a'), table('b')], [...keys, { from: 'b', to: 'a' }])).to.throw(/circle/)
  })
})

async function* firstOf<T>(all: AsyncGenerator<T>, count: number): AsyncGenerator<T> {
  let left = count
  for await (const one of all) {
    if (left === 0) return
    left -= 1
    yield one
  }
}

async function* slices(whole: Buffer, step: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < whole.length; at += step) yield await Promise.resolve(whole.subarray(at, at + step))
}
