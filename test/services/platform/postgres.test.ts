import { expect } from 'chai'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdir, mkdtemp, realpath, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { startPostgres, type LocalPostgres, type PostgresEvent } from '../../../services/platform/postgres/index.ts'
import { socketFolder } from '../../../services/platform/postgres/folder.ts'
import { lockFolder } from '../../../services/platform/postgres/lock.ts'
import {
  environmentOf,
  failure,
  firstLine,
  isAlive,
  namespaceOf,
  processesWorkingIn,
  publicPlace,
  query,
  until,
  userOf,
  type Report,
} from '../../support/postgresProbes.ts'

const script = fileURLToPath(new URL('../../support/postgresProcess.ts', import.meta.url))
const isRoot = process.getuid?.() === 0

/** Resolves once the kernel has ended it, and with it its lock. */
async function killed(child: ChildProcess | undefined): Promise<void> {
  if (!child) throw new Error('There is no child to kill.')
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

describe('the local PostgreSQL', function () {
  this.timeout(15_000)
  let place: string
  const running: LocalPostgres[] = []
  const children: ChildProcess[] = []

  before(async () => {
    place = await publicPlace()
    process.env['PARCOURS_TEST_SECRET'] = 'a key'
    // An operator's own settings must not move our server.
    process.env['PGPORT'] = '6000'
  })

  afterEach(async () => {
    await Promise.all(children.splice(0).map(killed))
    await Promise.all(running.splice(0).map((server) => server.stop()))
  })

  after(async () => {
    delete process.env['PARCOURS_TEST_SECRET']
    delete process.env['PGPORT']
    await rm(place, { recursive: true, force: true })
  })

  async function started(
    folder: string,
    events: PostgresEvent[] = [],
    settings: Record<string, string> = {},
  ): Promise<LocalPostgres> {
    const server = await startPostgres({ folder, onEvent: (event) => events.push(event), settings })
    running.push(server)
    return server
  }

  function ownProcess(folder: string, uid?: number): Promise<Report> {
    const identity = uid === undefined ? {} : { uid, gid: uid }
    const child = spawn(process.execPath, [script, folder], { ...identity, stdio: ['pipe', 'pipe', 'inherit'] })
    children.push(child)
    return firstLine(child)
  }

  it('creates the folder and the database at the first start, and finds both at the second', async () => {
    const folder = join(place, 'data')
    const firstEvents: PostgresEvent[] = []
    const first = await started(folder, firstEvents)
    await query(first, 'create table kept (word text)', "insert into kept values ('Québec')")
    await first.stop()
    await first.stop()
    const events: PostgresEvent[] = []
    const second = await started(folder, events)
    expect(await query(second, 'select word, current_database() from kept')).to.deep.equal([
      { word: 'Québec', current_database: 'parcours' },
    ])
    expect(firstEvents.map(({ kind }) => kind)).to.deep.equal(['created', 'ready', 'stopped'])
    expect(events.map(({ kind }) => kind)).to.deep.equal(['ready'])
  })

  it('commits durably, listens on no network, and takes settings but not an open door', async () => {
    const server = await started(join(place, 'data'), [], { work_mem: '7MB', listen_addresses: '*' })
    const settings = await query(
      server,
      `select name, setting from pg_settings where name in
      ('fsync', 'synchronous_commit', 'listen_addresses', 'unix_socket_permissions', 'work_mem', 'log_error_verbosity') order by 1`,
    )
    expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).to.deep.equal({
      fsync: 'on',
      synchronous_commit: 'on',
      listen_addresses: '',
      unix_socket_permissions: '0700',
      work_mem: '7168',
      log_error_verbosity: 'terse',
    })
  })

  it("keeps the application's secrets out of its environment", async () => {
    const server = await started(join(place, 'data'))
    expect(await environmentOf(server.pid)).to.deep.equal(['PATH'])
  })

  it('refuses a second server on the same folder with one line, from here and from another process', async () => {
    const folder = join(place, 'data')
    const server = await started(folder)
    const error = await failure(startPostgres({ folder }))
    expect(error).to.include({ code: 'already_running', message: `Another server is already running on ${folder}.` })
    expect(await ownProcess(folder)).to.include({ code: 'already_running' })
    expect(await query(server, 'select 1 as alive')).to.deep.equal([{ alive: 1 }])
  })

  it('lets exactly one of several starters win, over what a killed one left', async () => {
    const folder = join(place, 'data')
    await ownProcess(folder)
    await killed(children.at(-1))
    const reports = await Promise.all([1, 2, 3].map(() => ownProcess(folder)))
    expect(reports.map(({ code }) => code ?? 'started').toSorted()).to.deep.equal([
      'already_running',
      'already_running',
      'started',
    ])
  })

  it('starts a killed server again with its data, and says so', async () => {
    const events: PostgresEvent[] = []
    const server = await started(join(place, 'data'), events)
    await query(server, 'create table acknowledged (id int)', 'insert into acknowledged values (1)')
    const before = server.pid
    const restarted = new Promise<void>((resolve) => server.onRestart(resolve))
    process.kill(before, 'SIGKILL')
    await restarted
    expect(server.pid).not.to.equal(before)
    expect(await query(server, 'select id from acknowledged')).to.deep.equal([{ id: 1 }])
    expect(events.map(({ kind }) => kind)).to.include.members(['died', 'restarted'])
    await server.stop()
    expect(isAlive(server.pid)).to.equal(false)
  })

  it('stops while it is being started again', async () => {
    const folder = join(place, 'data')
    const events: PostgresEvent[] = []
    const server = await started(folder, events)
    const old = server.pid
    process.kill(old, 'SIGKILL')
    await until('another one starts', async () => {
      const found = await processesWorkingIn(folder)
      return events.some(({ kind }) => kind === 'died') && found.length > 0 && !found.includes(old)
    })
    await server.stop()
    expect(await processesWorkingIn(folder)).to.deep.equal([])
  })

  it('takes over from a process that was killed and left its server behind', async () => {
    const folder = join(place, 'data')
    const left = await ownProcess(folder)
    await killed(children.at(-1))
    expect(isAlive(left.pid)).to.equal(true)
    const events: PostgresEvent[] = []
    const server = await started(folder, events)
    expect(isAlive(left.pid)).to.equal(false)
    expect(server.pid).not.to.equal(left.pid)
    expect(events).to.deep.include({ kind: 'recovered', detail: `ended server ${left.pid}` })
  })

  it('finishes what a killed creation left half done', async () => {
    const folder = join(place, 'again')
    await mkdir(`${folder}.new/base`, { recursive: true })
    await writeFile(`${folder}.new/PG_VERSION`, '18\n')
    await started(folder)
  })

  it('starts over a pid file whose pid now belongs to somebody else, and leaves them alone', async () => {
    const folder = join(place, 'data')
    const bystander = spawn('sleep', ['60'])
    children.push(bystander)
    const stranger = await started(join(place, 'again'))
    for (const pid of [bystander.pid ?? 0, stranger.pid]) {
      await writeFile(join(folder, 'postmaster.pid'), `${pid}\n${folder}\n1\n5432\n${folder}\n\n\n`)
      const server = await started(folder)
      await server.stop()
    }
    expect(isAlive(bystander.pid ?? 0)).to.equal(true)
    expect(await query(stranger, 'select 1 as alive')).to.deep.equal([{ alive: 1 }])
  })

  it('ends a backend that outlived its server', async () => {
    const events: PostgresEvent[] = []
    const server = await started(join(place, 'data'), events)
    const client = new pg.Client(server.connection)
    client.on('error', () => undefined)
    await client.connect()
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    const backend = rows[0]?.pid ?? 0
    const query100 = client.query('select pg_sleep(100)').catch(() => 'cut')
    await until('the query runs', async () => {
      const found = await query(
        server,
        `select state from pg_stat_activity where pid = ${backend} and wait_event = 'PgSleep'`,
      )
      return found.length === 1
    })
    // Stopped, it can't notice the death of its server: the worst case of a backend that is busy.
    process.kill(backend, 'SIGSTOP')
    const restarted = new Promise<void>((resolve) => server.onRestart(resolve))
    process.kill(server.pid, 'SIGKILL')
    await restarted
    expect(await query100).to.equal('cut')
    expect(isAlive(backend)).to.equal(false)
    expect(events.find(({ kind }) => kind === 'recovered')?.detail).to.include(`process ${backend}`)
    await client.end().catch(() => undefined)
  })

  it('lives in a long path with spaces and accents, and with punctuation in it', async () => {
    const folder = join(place, `Données d’accueil été ${'très '.repeat(16)}long`, 'base')
    expect(Buffer.byteLength(folder)).to.be.above(110)
    await mkdir(join(folder, '..'))
    const server = await started(folder)
    expect(Buffer.byteLength(server.connection.host)).to.be.below(91)
    expect((await stat(server.connection.host)).mode & 0o777).to.equal(0o700)
    expect(await query(server, 'select 1 as alive')).to.deep.equal([{ alive: 1 }])
    await server.stop()
    await started(folder)
    await rm(server.connection.host, { recursive: true, force: true })
    // PostgreSQL would read these as two folders, or as a quoted one.
    for (const name of ['a,b', 'a"b']) {
      const sockets = await socketFolder(join(place, name), { kind: 'self' })
      expect(sockets).to.not.match(/[,"]/)
      await rm(sockets, { recursive: true })
    }
  })

  it('refuses a folder that holds something else, and says why a server can not start', async () => {
    const folder = join(place, 'papers')
    await mkdir(folder)
    await writeFile(join(folder, 'letter.txt'), 'hello')
    expect(await failure(startPostgres({ folder }))).to.include({ code: 'init_failed' })
    const error = await failure(startPostgres({ folder: join(place, 'data'), settings: { shared_buffers: 'plenty' } }))
    expect(error).to.include({ code: 'start_failed' })
    expect(error.message)
      .to.match(/shared_buffers/)
      .and.not.match(/\n/)
    await started(join(place, 'data'))
  })

  it('sets a log aside that has grown too large', async () => {
    const log = join(place, 'data.log')
    await truncate(log, 11 * 1024 * 1024)
    await started(join(place, 'data'))
    expect((await stat(log)).size).to.be.below(100_000)
    expect((await stat(`${log}.old`)).size).to.equal(11 * 1024 * 1024)
  })

  describe('whose account it runs under (needs root, to become others)', () => {
    before(function () {
      if (!isRoot) this.skip()
    })

    it('root: the account of an existing folder, or postgres, where it can reach the place', async () => {
      const server = await started(join(place, 'data'))
      expect(await userOf(server.pid))
        .to.equal((await stat(join(place, 'data'))).uid)
        .and.not.equal(0)
    })

    it("root: root's own private home, without root's rights, at the first start and later", async () => {
      const home = await realpath(await mkdtemp(join(tmpdir(), 'parcours-home-')))
      try {
        for (const _time of ['first', 'second']) {
          const server = await started(join(home, 'data'))
          expect((await stat(join(home, 'data'))).uid).to.equal(0)
          expect(await namespaceOf(server.pid)).not.to.equal(await namespaceOf(process.pid))
          await server.stop()
        }
      } finally {
        await rm(home, { recursive: true })
      }
    })

    it('an ordinary user: its own account, in a private folder', async function () {
      const home = await publicPlace()
      await chown(home, 65534, 65534)
      try {
        const report = await ownProcess(join(home, 'data'), 65534)
        expect(report).to.include({ uid: 65534 })
        expect(await userOf(report.pid)).to.equal(65534)
        expect(await failure(startPostgres({ folder: join(home, 'data') }))).to.include({ code: 'already_running' })
        children.at(-1)?.stdin?.end()
        await until('it has stopped', () => !isAlive(report.pid))
      } finally {
        await rm(home, { recursive: true })
      }
    })

    it("an ordinary user: one line about somebody else's folder, and about somebody else's server", async () => {
      const folder = join(place, 'data')
      const owner = (await stat(folder)).uid
      const stranger = owner === 65534 ? 65533 : 65534
      expect(await ownProcess(folder, stranger)).to.include({
        code: 'no_account',
        message: `${folder} belongs to user ${owner}: start as that user, or choose another DATA_DIR.`,
      })
      const lock = await lockFolder(folder)
      const report = await ownProcess(folder, stranger)
      await lock.release()
      expect(report).to.include({ code: 'already_running' })
    })
  })
})
