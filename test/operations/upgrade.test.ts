import { copyFileSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect } from 'chai'
import pg from 'pg'
import { loadBackup, openBackup } from '../../services/platform/backup/index.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { openKeys } from '../../services/platform/keys.ts'
import { migrate, migrationMarks } from '../../services/platform/migrate.ts'
import { openTokens } from '../../services/platform/tokens.ts'
import { runCommand, visited } from '../support/backups.ts'
import type { SeenActivity } from '../support/directLineUser.ts'
import { openDirectLineUser } from '../support/directLineUser.ts'
import { startServerProcess, type ServerProcess } from '../support/serverProcess.ts'

/** A conversation as it was when the backup was made. */
interface Kept {
  readonly id: string
  readonly userId: string
  readonly seq: number
}

const RELEASES = globSync('test/fixtures/releases/*.backup').sort()
/** The schemas before this one; none as long as there is one migration. */
const EARLIER = globSync('services/migrations/*.sql')
  .map((file) => basename(file, '.sql'))
  .sort()
  .slice(0, -1)
const MAKE = 'node test/support/releaseFixtureProcess.ts'
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }

const long = process.env['TEST_LONG'] === '1'

describe('an upgrade from an earlier release', function () {
  this.timeout(120_000)
  const folders: string[] = []
  const fresh = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'parcours-upgrade-'))
    folders.push(folder)
    return folder
  }
  after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })))

  it('is tried from every release: each left a backup, made with the migrations as they are', async () => {
    expect(
      RELEASES.map((file) => basename(file, '.backup')),
      `make it with: ${MAKE}`,
    ).to.include(version)
    const now = new Map((await migrationMarks()).map(({ name, sha256 }) => [name, sha256]))
    for (const file of RELEASES)
      for (const { name, sha256 } of (await openBackup(file)).header.migrations)
        expect(
          now.get(name),
          `${name} is not what it was when ${file} was made. Not released yet? The backup is stale: ${MAKE}. Released? Undo the change: a released migration stays as it is, what is to change is a new one`,
        ).to.equal(sha256)
  })

  for (const file of RELEASES) {
    const release = basename(file, '.backup')
    const key = file.replace(/\.backup$/, '.test-key.json')

    // What is restored is also a data folder of that release (below); from the file in the long run.
    if (long)
      it(`restores a backup of ${release}, and people go on`, async () => {
        const dataDir = fresh()
        copyFileSync(key, join(dataDir, 'secrets.json'))
        const { complaints, code } = await runCommand('restore', [file], { DATA_DIR: dataDir })
        expect(complaints).to.deep.equal([])
        expect(code).to.equal(0)
        await peopleGoOn(dataDir, key)
      })

    it(`starts on a data folder as ${release} left it, and people go on`, async () => {
      const dataDir = fresh()
      copyFileSync(key, join(dataDir, 'secrets.json'))
      const backup = await openBackup(file)
      await visited(dataDir, async (connection) => {
        await loadBackup(connection, backup)
        const done = await inDatabase(connection, 'select name from kysely_migration order by name')
        expect(
          done.map(({ name }) => name),
          'the tables are still those of the release',
        ).to.deep.equal(backup.header.migrations.map(({ name }) => name))
      })
      await peopleGoOn(dataDir, key)
    })
  }

  // Beside the releases: a stop between two migrations leaves such a folder.
  for (const name of EARLIER)
    it(`starts on a data folder without rows, migrated up to ${name}`, async () => {
      const dataDir = fresh()
      copyFileSync(RELEASES[0]?.replace(/\.backup$/, '.test-key.json') ?? '', join(dataDir, 'secrets.json'))
      await visited(dataDir, (connection) => migrate(connection, { upTo: name }))
      await served(dataDir, async (server) => {
        const person = await openDirectLineUser(server.url)
        const id = await person.say('bonjour')
        expect((await person.log()).some((activity) => activity.id === id)).to.equal(true)
      })
    })
})

/** Starts the server of this version: everything that was said can be read, by those who said it, and they say more. */
async function peopleGoOn(dataDir: string, keyFile: string): Promise<void> {
  const kept = await visited(dataDir, (connection) =>
    inDatabase<Kept>(connection, `select id, user_id as "userId", seq from conversations where channel = 'directline'`),
  )
  expect(kept.length, 'conversations').to.be.greaterThan(3)
  const { masterKey } = JSON.parse(readFileSync(keyFile, 'utf8')) as { masterKey: string }
  await served(dataDir, async (server) => {
    const tokens = openTokens(openKeys(Buffer.from(masterKey, 'base64')), server.url, systemClock)
    await Promise.all(
      kept.map(async ({ id, userId, seq }) => {
        const token = tokens.issue('conv', { conv: id, user: userId }, 600)
        const before = await logOf(server.url, id, token)
        expect(before.length, 'what was said').to.be.greaterThan(0)
        const answer = await fetch(`${server.url}/v3/directline/conversations/${id}/activities`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify({ type: 'message', text: 'et maintenant ?', from: { id: userId } }),
        })
        expect(answer.status, await answer.clone().text()).to.equal(200)
        const log = await logOf(server.url, id, token)
        expect(log.slice(0, before.length).map((one) => one.id)).to.deep.equal(before.map((one) => one.id))
        const next = log[before.length]
        expect(next?.text).to.equal('et maintenant ?')
        expect(next?.channelData?.['webchat:sequence-id'], 'the next place in the log').to.equal(seq + 1)
      }),
    )
  })
}

async function logOf(url: string, id: string, token: string): Promise<SeenActivity[]> {
  const all: SeenActivity[] = []
  for (let watermark = ''; ;) {
    const answer = await fetch(`${url}/v3/directline/conversations/${id}/activities?watermark=${watermark}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(answer.status).to.equal(200)
    const page = (await answer.json()) as { activities: SeenActivity[]; watermark: string }
    if (page.activities.length === 0) return all
    all.push(...page.activities)
    watermark = page.watermark
  }
}

async function served(dataDir: string, work: (server: ServerProcess) => Promise<void>): Promise<void> {
  const server = await startServerProcess({ DATA_DIR: dataDir })
  try {
    await server.ready(60_000)
    await work(server)
  } finally {
    await server.dispose()
  }
}

async function inDatabase<Row extends pg.QueryResultRow>(connection: pg.PoolConfig, text: string): Promise<Row[]> {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}
