import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import pg from 'pg'
import { freePort } from '../../commands/parts/childServer.ts'
import { startPostgres } from '../../services/platform/postgres/index.ts'
import { openDirectLineUser } from '../support/directLineUser.ts'
import { proves } from '../support/proofs.ts'
import { otherBuild, type OtherBuild } from '../support/world/otherBuild.ts'
import { startServerNode } from '../support/world/serverNode.ts'

/** What the next version could bring: it expands, so that this one can go on working on its tables. */
const TOMORROW = `
  alter table conversations add column mood text;
  create table moods (id text primary key, conversation_id text not null references conversations (id) on delete cascade);
  insert into moods select 'mood of ' || id, id from conversations;`
const long = process.env['TEST_LONG'] === '1'
const PEOPLE = long ? 20 : 3
const STEPS = long ? (['N+1', 'N', 'N+1', 'N'] as const) : (['N+1', 'N'] as const)

describe('the next version, and this one again', function () {
  this.timeout(180_000)
  let folder: string
  let backup: string
  let today: string
  let tomorrow: OtherBuild
  const masterKey = randomBytes(32).toString('base64')
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'parcours-tomorrow-'))
    backup = join(folder, 'today.backup')
    tomorrow = otherBuild()
    writeFileSync(join(dirname(tomorrow.entry), 'services', 'migrations', '9999-tomorrow.sql'), TOMORROW)
  })
  after(() => {
    tomorrow.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  // Rolling is tried each time (`roll.test.ts`); a new schema, which takes eleven seconds of starts, in the long run.
  if (long)
    proves(
      'I2',
      'a version with new tables starts on the old data folder, and the old one on the new',
      async (proof) => {
        const env = {
          DATA_DIR: join(folder, 'data'),
          MASTER_KEY: masterKey,
          RATE_LIMIT: 'off',
          LOG_LEVEL: 'warn',
          LANG: 'en_CA.UTF-8',
        }
        const node = startServerNode(0, await freePort(), await freePort(), env)
        today = node.entry
        const said: string[][] = Array.from({ length: PEOPLE }, () => [])
        try {
          await node.ready(60_000)
          const people = await Promise.all(Array.from({ length: PEOPLE }, () => openDirectLineUser(node.url)))
          const everybodySays = (text: string): Promise<unknown> =>
            Promise.all(people.map(async (person, n) => said[n]?.push(await person.say(text))))

          await everybodySays('bonjour')
          if (long) expect(await run(today, 'backup', [backup], env)).to.deep.equal({ code: 0, complaint: '' })
          for (const step of STEPS) {
            const { code } = await node.roll(step === 'N' ? today : tomorrow.entry)
            expect(code, 'how the one before ended').to.equal(0)
            await node.ready(60_000)
            await everybodySays(`avec ${step}`)
          }
          const logs = await Promise.all(people.map((person) => person.log()))
          const lost = said.flatMap((ids, n) => ids.filter((id) => logs[n]?.some((one) => one.id === id) !== true))
          expect(lost, 'acknowledged and lost').to.deep.equal([])
          expect(node.ownExits, 'starts that failed').to.deep.equal([])
        } finally {
          await node.dispose()
        }

        const path = ['N', ...STEPS].join(' → ')
        proof.tried(
          `${path} on one data folder, N+1 with a new column and a filled table; ${said.flat().length} messages of ${PEOPLE} people on the way`,
        )
        proof.figure(`0 lost, ${STEPS.length}/${STEPS.length} starts served`)
      },
    )

  // Two more servers' time: only at full size.
  if (long)
    proves('I4', 'a version restores what the one before saved, and not what a later one did', async (proof) => {
      const env = { DATA_DIR: join(folder, 'data'), LANG: 'en_CA.UTF-8', MASTER_KEY: masterKey }
      const restored = { ...env, DATA_DIR: join(folder, 'restored') }
      const began = performance.now()
      expect(await run(tomorrow.entry, 'restore', [backup], restored)).to.deep.equal({ code: 0, complaint: '' })
      const ms = performance.now() - began
      const moods = await count(restored.DATA_DIR, 'select count(*)::int as n from moods')
      expect(moods, 'what its migration made of the restored rows').to.equal(PEOPLE)
      const newer = join(folder, 'tomorrow.backup')
      expect(await run(tomorrow.entry, 'backup', [newer], env)).to.deep.equal({ code: 0, complaint: '' })
      const refused = await run(today, 'restore', [newer], { ...env, DATA_DIR: join(folder, 'refused') })
      expect(refused.code).to.equal(1)
      expect(refused.complaint).to.match(/^parcours: .*9999-tomorrow.*$/)
      proof.tried("N's backup restored by N+1, which has a migration more; N+1's by N")
      proof.figure(`${moods}/${PEOPLE} restored rows migrated in ${(ms / 1000).toFixed(1)} s; N+1's backup refused`)
    })
})

/** A command of a build, as `npm run` there; what it said on standard error. */
async function run(
  entry: string,
  command: 'backup' | 'restore',
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; complaint: string }> {
  const child = spawn(process.execPath, [join(dirname(entry), 'commands', `${command}.ts`), ...args], {
    env: { ...process.env, npm_lifecycle_event: undefined, INIT_CWD: undefined, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
  const code = await new Promise<number | null>((done) => child.once('close', done))
  return { code, complaint: complaint.trim() }
}

async function count(dataDir: string, query: string): Promise<number> {
  const postgres = await startPostgres({ folder: join(dataDir, 'postgres') })
  const client = new pg.Client(postgres.connection)
  try {
    await client.connect()
    return (await client.query<{ n: number }>(query)).rows[0]?.n ?? 0
  } finally {
    await client.end()
    await postgres.stop()
  }
}
