import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import pg from 'pg'
import { connectionTo } from '../../services/platform/postgres/connection.ts'
import { asking } from '../support/asking.ts'
import { filesUnder, formsOf, newCanaries, search, type Place } from '../support/canaries.ts'
import { DIRECT_LINE_SECRET, talkInCanaries, type CanaryTalk } from '../support/canaryTalk.ts'
import { diskOf } from '../support/databaseDisk.ts'
import { openDirectLineUser } from '../support/directLineUser.ts'
import { eventually } from '../support/eventually.ts'
import { hostileRequests } from '../support/hostileRequests.ts'
import { proves, type Proof } from '../support/proofs.ts'
import { seedOfThisRun } from '../support/seeded.ts'
import { freePort, startServerProcess, type ServerProcess } from '../support/serverProcess.ts'

const long = process.env['TEST_LONG'] === '1'
const HOSTILE = long ? 2_000 : 60
const SERVER_KILLS = long ? 8 : 1
/** Crash reports that Node leaves where it was started. */
const CRASH_FILES = /^(core(\.\d+)?|report\..*\.json|.*\.heapsnapshot|isolate-.*\.log|node_trace.*)$/

describe('what people wrote is nowhere but in the database, and sealed there', function () {
  this.timeout(long ? 600_000 : 60_000)
  const sealed = newCanaries('Sealed')
  const open = newCanaries('Open')
  const crash = newCanaries('Sealed')
  let temporary = ''
  let server: ServerProcess
  let metricsPort = 0
  let talk: CanaryTalk
  const started = Date.now()

  before(async () => {
    temporary = mkdtempSync(join(tmpdir(), 'parcours-tmp-'))
    metricsPort = await freePort()
    server = await startServerProcess({
      LOG_LEVEL: 'debug',
      METRICS_PORT: String(metricsPort),
      TMPDIR: temporary,
      DIRECT_LINE_SECRET,
      NODE_OPTIONS: `--import=${new URL('../support/unhandledOnSignal.ts', import.meta.url).href}`,
      UNHANDLED: crash.of('Unhandled'),
    })
    await server.ready()
    talk = await talkInCanaries(server, sealed, open)
  })
  after(async () => {
    await server.dispose()
    rmSync(temporary, { recursive: true, force: true })
  })

  proves('H2', 'no word of theirs is on the disk of the database', async (proof) => {
    const places = await diskOf(join(server.dataDir, 'postgres'))
    const { 'the secret of Direct Line': _given, ...made } = talk.secrets
    const found = search(places, { 'what they said': sealed.stem }, made)
    // What is kept in clear, agents' names and clients' marks, must be found: the search sees what is there.
    const control = search(places, { open: open.stem }).map((hit) => hit.split(' in ')[1] ?? '')
    const kinds = ['base/pgsql_tmp', 'base/', 'pg_wal/'].filter((kind) => control.some((name) => name.startsWith(kind)))
    const megabytes = places.reduce((sum, { bytes }) => sum + bytes.length, 0) / 1024 / 1024
    proof.tried(
      `${talk.fields.length} sealed fields, ${Object.keys(made).length} tokens; ${places.length - 1} files (heap, WAL, temporary) and every row; UTF-8, UTF-16, base64, hex`,
    )
    proof.figure(
      `${found.length} hits in ${megabytes.toFixed(0)} MB; the control, a name in clear, found in ${control.length} places`,
    )
    expect(kinds, 'where the control was found').to.have.lengthOf(3)
    expect(found).to.deep.equal([])
  })

  proves('H1', 'no canary of a person, no token and no cookie is in any log', async (proof: Proof) => {
    const seed = seedOfThisRun()
    proof.seed(seed)
    const failed = await failInSql(server, talk)
    const requests = hostileRequests(sealed, talk.newcomer.token, talk.newcomer.id, seed, HOSTILE)
    const answers = await inBatches(requests, 8, (request) => request(Number(new URL(server.url).port)))
    expect(answers.filter((answer) => / 4\d\d /.test(answer)).length, 'hostile requests refused').to.be.above(15)
    const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
    const kills = await endIt(server)
    const { output, links } = withoutTheFirstLink(server.output())
    expect(links, 'lines that show the first link').to.equal(1)

    const postgresLog = readFileSync(join(server.dataDir, 'postgres.log'))
    expectEvents(output, postgresLog.toString(), failed)
    expect(metrics).to.include('parcours_turns_total')
    const places: Place[] = [
      { name: 'the console and the log', bytes: Buffer.from(output) },
      { name: 'the metrics', bytes: Buffer.from(metrics) },
      ...filesUnder(temporary),
      ...filesUnder(server.dataDir, ['postgres']),
      ...filesUnder(resolve('web/dist')),
      ...crashFiles(started),
    ]
    const masterKey = String(JSON.parse(readFileSync(join(server.dataDir, 'secrets.json'), 'utf8')).masterKey)
    const found = [
      ...search(places, { sealed: sealed.stem, open: open.stem, crash: crash.stem }, talk.secrets),
      // The one secret that has a file of its own.
      ...search(
        places.filter(({ name }) => name !== 'secrets.json'),
        {},
        { 'the master key': masterKey },
      ),
    ]
    expect(places.map(({ name }) => name)).to.include.members(['postgres.log', 'secrets.json'])
    const bytes = places.reduce((sum, place) => sum + place.bytes.length, 0)
    const logged = Buffer.byteLength(output) + postgresLog.length
    proof.tried(
      `${talk.fields.length + 4} fields and ${Object.keys(talk.secrets).length + 1} secrets, ${requests.length} hostile requests, ${failed.turns} failed turns, ${failed.violations} violations, ${kills} ends`,
    )
    proof.figure(
      `${found.length} hits in ${Math.round(bytes / 1024)} KB (${places.length} places; ${Math.round(logged / 1024)} KB of logs)`,
    )
    expect(found).to.deep.equal([])
  })

  it('and the search finds what is there, however it is written', () => {
    const folder = mkdtempSync(join(tmpdir(), 'parcours-planted-'))
    const text = sealed.of('Planted')
    const written = [
      Buffer.from(text),
      Buffer.from(text.toLowerCase()),
      Buffer.from(text, 'utf16le'),
      Buffer.from(text, 'utf16le').swap16(),
      ...['', '.', '..'].map((before) => Buffer.from(Buffer.from(`${before}${text}`).toString('base64'))),
      Buffer.from(Buffer.from(text).toString('hex')),
    ]
    written.forEach((bytes, i) => writeFileSync(join(folder, String(i)), Buffer.concat([Buffer.alloc(i), bytes])))
    const found = search(filesUnder(folder), { planted: sealed.stem })
    rmSync(folder, { recursive: true })
    expect(new Set(found.map((hit) => hit.split(' in ')[1]?.split(' ')[0])), found.join('\n')).to.have.lengthOf(
      written.length,
    )
    expect(search([{ name: 'other', bytes: Buffer.from('nothing of it') }], { planted: text })).to.deep.equal([])
    expect(formsOf(text).every(({ bytes }) => bytes.length > 8)).to.equal(true)
  })
})

/** Makes the database refuse what the product writes, so that PostgreSQL has rows to put into its errors. */
async function failInSql(server: ServerProcess, { administrator, newcomer }: CanaryTalk) {
  const client = new pg.Client(connectionTo(join(server.dataDir, 'postgres')))
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string; value: string }>(
      "select name, setting as value from pg_settings where name in ('log_error_verbosity', 'log_parameter_max_length_on_error', 'log_min_error_statement')",
    )
    expect(Object.fromEntries(rows.map(({ name, value }) => [name, value]))).to.deep.equal({
      log_error_verbosity: 'terse',
      log_parameter_max_length_on_error: '0',
      log_min_error_statement: 'panic',
    })
    await client.query('alter table agents add constraint one_name unique (name)')
    await client.query(
      `alter table messages add constraint no_such_mark check (not (status = 'done' and external_id like '%Failing%')) not valid`,
    )
    const ask = asking(() => server.url)
    const { rows: named } = await client.query<{ name: string }>("select name from agents where name like 'Cnry%'")
    const invitee = { name: named[0]?.name, role: 'agent', languages: ['fr'], region: null }
    const twice = await ask(administrator, 'POST', '/agents', invitee)
    expect(twice.status, 'an invitation under a name that is taken').to.equal(500)
    const mark = `${named[0]?.name}Failing`
    await newcomer.says('un tour qui échoue', mark)
    const failed = await client.query("select from messages where status = 'failed' and attempts = 2")
    expect(failed.rowCount, 'turns kept as failed').to.equal(1)
    // The detail that terse keeps out of PostgreSQL's log is in the error that Node gets.
    const detail = await client
      .query('insert into agents (id, name, role) values ($1, $2, $3)', ['x', named[0]?.name, 'agent'])
      .then(
        () => '',
        (error: pg.DatabaseError) => error.detail ?? '',
      )
    expect(detail).to.include(named[0]?.name)
    await client.query('alter table agents drop constraint one_name; alter table messages drop constraint no_such_mark')
    return { turns: failed.rowCount ?? 0, violations: 4 }
  } finally {
    await client.end()
  }
}

/** Ends the server in each way: PostgreSQL killed under it, itself killed, an error that nobody handles. */
async function endIt(server: ServerProcess): Promise<number> {
  const postmaster = Number(readFileSync(join(server.dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])
  process.kill(postmaster, 'SIGKILL')
  await server.ready()
  for (let i = 0; i < SERVER_KILLS; i += 1) {
    await server.kill()
    await server.start()
    await server.ready()
    await (await openDirectLineUser(server.url)).say('encore là')
  }
  process.kill(server.pid, 'SIGUSR2')
  await eventually('the end by an unhandled error', () => server.output().includes('process.unhandled'), 5_000)
  const code = await server.terminate()
  expect(code, 'the exit code of an unhandled error').to.equal(1)
  return SERVER_KILLS + 2
}

/** The console shows the first link once; everywhere else its token is a leak. */
function withoutTheFirstLink(output: string): { output: string; links: number } {
  const lines = output.split('\n')
  const without = lines.map((line) => line.replace(/(^First sign-in .*#sign-in=)[\w-]+$/, '$1'))
  return { output: without.join('\n'), links: without.filter((line, i) => line !== lines[i]).length }
}

/** A search of an empty log finds nothing: what happened must be in it. */
function expectEvents(output: string, postgresLog: string, failed: { turns: number }): void {
  const events = output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => (JSON.parse(line) as { msg: string }).msg)
  expect(events).to.include.members(['postgres', 'request.failed', 'turn.failed', 'process.unhandled'])
  expect(events.filter((event) => event === 'turn.failed').length).to.be.at.least(failed.turns * 2)
  expect(postgresLog).to.match(/ERROR: .*one_name/)
  expect(postgresLog).to.match(/ERROR: .*no_such_mark/)
  expect(postgresLog).to.match(/database system was not properly shut down/)
}

function crashFiles(since: number): Place[] {
  return readdirSync('.')
    .filter((name) => CRASH_FILES.test(name) && statSync(name).isFile() && statSync(name).mtimeMs >= since)
    .map((name) => ({ name, bytes: readFileSync(name) }))
}

async function inBatches<T, R>(all: readonly T[], size: number, work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let i = 0; i < all.length; i += size) results.push(...(await Promise.all(all.slice(i, i + size).map(work))))
  return results
}
