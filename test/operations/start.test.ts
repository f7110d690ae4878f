import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { createTestDatabase } from '../support/database.ts'
import { openDirectLineUser } from '../support/directLineUser.ts'
import { eventually } from '../support/eventually.ts'
import { freePort, startServerProcess, type ServerProcess } from '../support/serverProcess.ts'

const postmasterPid = (dataDir: string): number =>
  Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

describe('the server starts and stops', function () {
  this.timeout(60_000)
  let server: ServerProcess

  before(async () => {
    server = await startServerProcess()
    await server.ready()
  })
  after(() => server.dispose())

  it('says where the pages are, and lets the first administrator in once', async () => {
    await eventually('the welcome', () => server.output().includes('Ready in'))
    expect(server.output()).to.include(`${server.url}/`).and.include(`${server.url}/desk`)
    const token = /#sign-in=(\S+)/.exec(server.signInLink() ?? '')?.[1]
    const signIn = () =>
      fetch(`${server.url}/api/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token }),
      })
    const first = await signIn()
    expect(first.status).to.be.oneOf([200, 201, 204])
    expect(first.headers.get('set-cookie'))
      .to.match(/HttpOnly/i)
      .and.match(/SameSite=Strict/i)
    expect((await signIn()).status, 'the same link again').to.be.within(400, 499)
  })

  it('is refused in one line on the data of one that runs, which goes on', async () => {
    const second = await startServerProcess({ DATA_DIR: server.dataDir })
    await eventually('the refusal', () => second.output().includes('parcours: '), 20_000)
    const code = await second.terminate()
    expect(code).to.equal(1)
    expect(
      second
        .output()
        .trim()
        .split('\n')
        .filter((line) => line.startsWith('parcours: ')),
    ).to.have.lengthOf(1)
    expect(second.output()).to.match(/already/)
    expect((await fetch(`${server.url}/healthz`)).status).to.equal(200)
  })

  it('goes on when PostgreSQL is killed under it: what was kept is kept, and a message waits for its return', async () => {
    const person = await openDirectLineUser(server.url)
    const before = await person.say('avant')
    const pid = postmasterPid(server.dataDir)
    const own = server.pid
    process.kill(pid, 'SIGKILL')
    const during = await person.say('pendant')
    const log = await person.log()
    expect(log.filter(({ id }) => id === before || id === during)).to.have.lengthOf(2)
    await eventually('the end of the old PostgreSQL', () => !isAlive(pid))
    expect(server.pid, 'the server itself never went').to.equal(own)
  })

  it('recovers from a kill of its own that leaves PostgreSQL behind, in seconds', async () => {
    const person = await openDirectLineUser(server.url)
    const said = await person.say('avant la coupure')
    const orphan = postmasterPid(server.dataDir)
    await server.kill()
    expect(isAlive(orphan), 'PostgreSQL was left running').to.equal(true)
    const started = performance.now()
    await server.start()
    await server.ready()
    console.log(`      ready again ${((performance.now() - started) / 1000).toFixed(1)} s after the start`)
    expect((await person.log()).some(({ id }) => id === said)).to.equal(true)
  })

  it('drains on SIGTERM: the request that runs is answered, PostgreSQL ends last and cleanly', async () => {
    const person = await openDirectLineUser(server.url)
    const pid = postmasterPid(server.dataDir)
    const saying = person.say('pendant l’arrêt')
    const code = await server.terminate()
    expect(code).to.equal(0)
    expect(isAlive(pid)).to.equal(false)
    expect(existsSync(join(server.dataDir, 'postgres', 'postmaster.pid'))).to.equal(false)
    await server.start()
    await server.ready()
    const id = await saying
    expect((await person.log()).filter((activity) => activity.id === id)).to.have.lengthOf(1)
  })
})

describe('the server under npm', function () {
  this.timeout(60_000)

  it('stops, with PostgreSQL, when npm alone is told to', async function () {
    if (process.platform === 'win32') this.skip()
    const dataDir = mkdtempSync(join(tmpdir(), 'parcours-npm-'))
    const port = await freePort()
    const npm = spawn('npm', ['start'], {
      env: { ...process.env, PORT: String(port), DATA_DIR: dataDir, METRICS_PORT: '0', LOG_LEVEL: 'warn' },
      stdio: 'ignore',
    })
    try {
      const ready = () =>
        fetch(`http://localhost:${port}/readyz`).then(
          (response) => response.ok,
          () => false,
        )
      await eventually('npm start is ready', ready, 30_000)
      const postgres = postmasterPid(dataDir)
      npm.kill('SIGTERM')
      await eventually('PostgreSQL has ended', () => !isAlive(postgres), 15_000)
      await eventually('the port is free', async () => !(await ready()), 5_000)
      await eventually('the data is closed', () => !existsSync(join(dataDir, 'postgres', 'postmaster.pid')))
    } finally {
      npm.kill('SIGKILL')
      rmSync(dataDir, { recursive: true, force: true })
    }
  })
})

describe('the server on another PostgreSQL', function () {
  this.timeout(30_000)

  it('keeps nothing of its own: the data is there, and the key is given', async () => {
    const database = await createTestDatabase()
    const { host, port, user, database: name } = database.connection
    const server = await startServerProcess({
      DATABASE_URL: `postgres://${user}@localhost:${port}/${name}?host=${encodeURIComponent(String(host))}`,
      MASTER_KEY: Buffer.from(Array.from({ length: 32 }, (_, i) => i * 5)).toString('base64'),
    })
    try {
      await server.ready()
      const person = await openDirectLineUser(server.url)
      const id = await person.say('bonjour')
      expect((await person.log()).some((activity) => activity.id === id)).to.equal(true)
      expect(existsSync(join(server.dataDir, 'postgres'))).to.equal(false)
      expect(existsSync(join(server.dataDir, 'secrets.json'))).to.equal(false)
      expect(await server.terminate()).to.equal(0)
    } finally {
      await server.dispose()
      await database.drop()
    }
  })
})

describe('a start that cannot be', function () {
  this.timeout(30_000)

  const IMPOSSIBLE: { name: string; env: NodeJS.ProcessEnv; line: RegExp }[] = [
    {
      name: 'a database elsewhere without a key',
      env: { DATABASE_URL: 'postgres://127.0.0.1:1/x' },
      line: /^parcours: MASTER_KEY is missing/,
    },
    { name: 'a setting that is wrong', env: { PORT: 'eighty' }, line: /^parcours: PORT is a port number/ },
    {
      name: 'a database that does not answer',
      env: {
        DATABASE_URL: 'postgres://127.0.0.1:1/x',
        MASTER_KEY: Buffer.from(Array.from({ length: 32 }, (_, i) => i * 5)).toString('base64'),
      },
      line: /^parcours: nothing answers at DATABASE_URL/,
    },
    {
      name: 'the same, in French',
      env: {
        LANG: 'fr_CA.UTF-8',
        DATABASE_URL: 'postgres://127.0.0.1:1/x',
        MASTER_KEY: Buffer.from(Array.from({ length: 32 }, (_, i) => i * 5)).toString('base64'),
      },
      line: /^parcours: rien ne répond à DATABASE_URL/,
    },
  ]
  // Each is a start of its own, of some seconds: the last one each time, all of them in the long run.
  for (const { name, env, line } of process.env['TEST_LONG'] === '1' ? IMPOSSIBLE : IMPOSSIBLE.slice(-1))
    it(`says so in one line: ${name}`, async () => {
      const server = await startServerProcess(env)
      try {
        await eventually('the line', () => /^parcours: .*\n/m.test(server.output()), 20_000)
        const lines = server.output().trim().split('\n')
        expect(lines).to.have.lengthOf(1)
        expect(lines[0]).to.match(line)
        expect(
          await fetch(`${server.url}/healthz`).then(
            () => 'open',
            () => 'closed',
          ),
          'no port was opened',
        ).to.equal('closed')
      } finally {
        await server.dispose()
      }
    })
})
