import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { speak } from '../../services/locales/index.ts'
import { openBackup } from '../../services/platform/backup/index.ts'
import {
  destroy,
  rowsInBackup,
  rowsInDatabase,
  runCommand,
  spoil,
  tablesInBackup,
  visited,
} from '../support/backups.ts'
import { openDirectLineUser, type DirectLineUser, type SeenActivity } from '../support/directLineUser.ts'
import { eventually } from '../support/eventually.ts'
import { libraryIn } from '../support/messageLibrary.ts'
import { proves } from '../support/proofs.ts'
import { startServerProcess, type ServerProcess } from '../support/serverProcess.ts'

const long = process.env['TEST_LONG'] === '1'
const PEOPLE = long ? 20 : 6
/** Messages that are there before anybody talks. */
const LIBRARY = long ? 200_000 : 0

/** A message that the server acknowledged, and when, by the clock of this machine. */
interface Acknowledged {
  readonly person: DirectLineUser
  readonly id: string
  readonly at: number
}

describe('a backup, and what can be made of it', function () {
  this.timeout(long ? 600_000 : 180_000)
  let root: string
  let server: ServerProcess

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'parcours-restore-'))
    mkdirSync(join(root, 'first'))
    // The server knows one name, behind which one disk takes the place of another.
    symlinkSync('first', join(root, 'data'))
    if (LIBRARY > 0) await libraryIn(join(root, 'first'), LIBRARY)
    server = await startServerProcess({ DATA_DIR: join(root, 'data') })
    await server.ready(60_000)
  })
  after(async () => {
    await server.dispose()
    rmSync(root, { recursive: true, force: true })
  })

  proves('I4', 'what was acknowledged before a backup began survives the loss of the disk', async (proof) => {
    const DATA_DIR = join(root, 'data')
    const file = join(root, 'while.backup')
    const talk = await talkers(server.url)
    await eventually('talk', () => talk.acknowledged.length >= PEOPLE * 3, 30_000)

    const refused = await badDisk(root, DATA_DIR)
    const backup = await runCommand('backup', [file], { DATA_DIR })
    expect(backup.complaints, 'the backup').to.deep.equal([])
    expect(statSync(file).mode & 0o777, 'only its owner reads it').to.equal(0o600)
    const createdAt = Date.parse((await openBackup(file)).header.createdAt)
    const during = talk.acknowledged.length
    await eventually('more talk', () => talk.acknowledged.length >= during + PEOPLE, 30_000)
    const lostAt = Date.now()
    await talk.stop()

    const key = join(root, 'the key, kept apart.json')
    copyFileSync(join(DATA_DIR, 'secrets.json'), key)
    await server.kill()
    await destroy(join(root, 'first'))

    refused.push(...(await badBackups(root, file, key)))
    expect(refused, 'bad backups, each refused in its words').to.have.lengthOf(6)

    const began = performance.now()
    const second = join(root, 'second')
    mkdirSync(second)
    copyFileSync(key, join(second, 'secrets.json'))
    const restore = await runCommand('restore', [file], { DATA_DIR: second })
    expect(restore.complaints, 'the restore').to.deep.equal([])
    expect(restore.code).to.equal(0)
    const restoredMs = performance.now() - began

    const rows = await sameRows(file, second)

    rmSync(join(root, 'data'))
    symlinkSync('second', join(root, 'data'))
    const starting = performance.now()
    await server.start()
    await server.ready(60_000)
    const said = await Promise.all(talk.people.map((person) => person.say('me revoilà')))
    const rtoMs = restoredMs + performance.now() - starting

    const before = talk.acknowledged.filter(({ at }) => at <= createdAt)
    expect(before.length, 'messages acknowledged before the backup').to.be.greaterThan(PEOPLE)
    let kept = 0
    for (const [index, person] of talk.people.entries()) {
      const log = await person.log()
      expectGapless(log)
      const ids = new Set(log.map(({ id }) => id))
      expect([...before].filter((one) => one.person === person && !ids.has(one.id))).to.deep.equal([], 'lost')
      expect(ids.has(said[index] ?? ''), 'the conversation goes on').to.equal(true)
      kept += talk.acknowledged.filter((one) => one.person === person && ids.has(one.id)).length
      expectPrefix(log, talk.logs.get(person) ?? [])
    }
    const size = statSync(file).size
    proof.tried(
      `backup under ${PEOPLE} talkers, server killed, disk destroyed; ${rows} rows restored and compared; ${refused.length} bad backups`,
    )
    proof.figure(
      `0 of ${before.length} acked before it lost; RPO ${((lostAt - createdAt) / 1000).toFixed(1)} s (${talk.acknowledged.length - kept} after it lost), RTO ${(rtoMs / 1000).toFixed(1)} s; ${(size / 1e6).toFixed(1)} MB; ${perSecond(rows, backup.seconds)} out, ${perSecond(rows, restore.seconds)} rows/s in; ${refused.length}/6 refused`,
    )
  })
})

const perSecond = (rows: number, seconds: number): number => Math.round(rows / seconds)

/** People who talk until they are stopped, what was acknowledged to them, and their logs as they were at the end. */
async function talkers(url: string) {
  const people = await Promise.all(Array.from({ length: PEOPLE }, () => openDirectLineUser(url)))
  const acknowledged: Acknowledged[] = []
  const logs = new Map<DirectLineUser, SeenActivity[]>()
  let stopped = false
  const talking = people.map(async (person) => {
    for (let n = 0; !stopped; n += 1) {
      const id = await person.say(`message ${n}`)
      acknowledged.push({ person, id, at: Date.now() })
    }
  })
  return {
    people,
    acknowledged,
    logs,
    async stop() {
      stopped = true
      await Promise.all(talking)
      for (const person of people) logs.set(person, await person.log())
    },
  }
}

/** A backup for which there is no room: refused, and no file under its name. */
async function badDisk(root: string, DATA_DIR: string): Promise<string[]> {
  const folder = join(root, 'full')
  mkdirSync(folder)
  const { code, complaints } = await runCommand('backup', [join(folder, 'b.backup')], { DATA_DIR }, { largestFile: 4 })
  expect(complaints).to.deep.equal([`parcours: ${speak('en', 'console:backup.noRoom', { code: 'EFBIG' })}`])
  expect(code).to.equal(1)
  expect(readdirSync(folder), 'nothing is left of it').to.deep.equal([])
  return ['full disk']
}

/** Restores that must be refused, before any database is made. */
async function badBackups(root: string, file: string, key: string): Promise<string[]> {
  const otherKey = join(root, 'other.json')
  writeFileSync(otherKey, JSON.stringify({ masterKey: randomBytes(32).toString('base64') }), { mode: 0o600 })
  const later = { name: '9999-later', sha256: '' }
  const newer = spoil(file, join(root, 'newer'), {
    header: (header) => ({ ...header, migrations: [...header.migrations, later] }),
  })
  const table: [what: string, file: string, key: string | undefined, said: string][] = [
    ['truncated', spoil(file, join(root, 'cut'), { cutTo: 0.9 }), key, 'truncated'],
    ['flipped bit', spoil(file, join(root, 'bit'), { turnBitAt: 0.5 }), key, 'damaged'],
    ['newer schema', newer, key, 'newer'],
    ['missing key', file, undefined, 'noKey'],
    ['wrong key', file, otherKey, 'wrongKey'],
  ]
  const outcomes = await Promise.all(
    table.map(async ([what, bad, keyFile, said]) => {
      const DATA_DIR = join(root, `bad ${what}`)
      mkdirSync(DATA_DIR)
      if (keyFile !== undefined) copyFileSync(keyFile, join(DATA_DIR, 'secrets.json'))
      const { code, complaints } = await runCommand('restore', [bad], { DATA_DIR })
      const line = speak('en', `console:backup.refused.${said}`, { detail: later.name })
      expect(complaints, what).to.deep.equal([`parcours: ${line}`])
      expect(code, what).to.equal(1)
      expect(existsSync(join(DATA_DIR, 'postgres')), `${what}: a database`).to.equal(false)
      return what
    }),
  )
  return outcomes
}

/** Compares the backup with what was made of it, row by row; resolves to how many there are. */
async function sameRows(file: string, dataDir: string): Promise<number> {
  const saved = await rowsInBackup(file)
  const tables = await tablesInBackup(file)
  const restored = await visited(dataDir, (connection) => rowsInDatabase(connection, tables))
  let rows = 0
  for (const [table, marks] of saved) {
    expect(restored.get(table) ?? [], table).to.have.lengthOf(marks.length)
    expect(
      marks.findIndex((mark, n) => restored.get(table)?.[n] !== mark),
      `${table}: a row that differs`,
    ).to.equal(-1)
    rows += marks.length
  }
  expect(saved.get('messages')?.length, 'messages').to.be.greaterThan(LIBRARY)
  return rows
}

const placeOf = (activity: SeenActivity): number => activity.channelData?.['webchat:sequence-id'] ?? Number.NaN

function expectGapless(log: readonly SeenActivity[]): void {
  const first = log[0] === undefined ? 0 : placeOf(log[0])
  expect(log.map(placeOf), 'places in the log').to.deep.equal(log.map((_, n) => first + n))
}

/** All but what was said since is the beginning of the log that was lost. */
function expectPrefix(log: readonly SeenActivity[], lost: readonly SeenActivity[]): void {
  const common = log.findIndex(({ id }, n) => lost[n]?.id !== id)
  const since = common === -1 ? [] : log.slice(common)
  expect(since[0]?.text, 'where the restored log goes its own way').to.equal('me revoilà')
}
