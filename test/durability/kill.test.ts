import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { openDirectLineUser, type DirectLineUser, type SeenActivity } from '../support/directLineUser.ts'
import { startServerProcess, type ServerProcess } from '../support/serverProcess.ts'

const long = process.env['TEST_LONG'] === '1'
const USERS = long ? 60 : 16
const MESSAGES = long ? 40 : 12
const SERVER_KILLS = long ? 30 : 5
const DATABASE_KILLS = long ? 15 : 3
const SEED = Number(process.env['SEED'] ?? 20261124)

/** A person's own record: what they sent, in order, and which of it was acknowledged under which id. */
interface Record {
  user: DirectLineUser
  sent: { mark: string; text: string; id: string; ms: number }[]
}

describe('killed at random under load', function () {
  this.timeout(long ? 600_000 : 90_000)
  let server: ServerProcess
  let random = mulberry32(SEED)

  before(async () => {
    random = mulberry32(SEED)
    server = await startServerProcess()
    await server.ready()
  })
  after(() => server.dispose())

  it('loses nothing that was acknowledged, doubles nothing, and keeps the order', async () => {
    const records: Record[] = await Promise.all(
      Array.from({ length: USERS }, async () => ({ user: await openDirectLineUser(server.url), sent: [] })),
    )
    let talking = true
    const talk = Promise.all(records.map((record, n) => converse(record, n, random))).finally(() => (talking = false))
    const kills = await killAtRandom(server, () => talking, random)
    await talk
    await server.ready()

    const totals = { acknowledged: 0, lost: 0, doubled: 0, reordered: 0, unanswered: 0, gaps: 0 }
    for (const { user, sent } of records) judge(await user.log(), sent, totals)
    const stalls = records.flatMap(({ sent }) => sent.map(({ ms }) => ms)).sort((a, b) => a - b)
    const at = (share: number): number =>
      Math.round(stalls[Math.min(stalls.length - 1, Math.floor(stalls.length * share))] ?? 0)
    console.log(
      `      seed ${SEED}: ${kills.server} server kills, ${kills.database} database kills; ` +
        `${totals.acknowledged} acknowledged, ${totals.lost} lost, ${totals.doubled} doubled, ${totals.reordered} out of order, ` +
        `${totals.unanswered} unanswered; answer p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`,
    )
    expect(kills, 'the faults happened').to.deep.equal({ server: SERVER_KILLS, database: DATABASE_KILLS })
    expect(totals).to.deep.equal({
      acknowledged: USERS * MESSAGES,
      lost: 0,
      doubled: 0,
      reordered: 0,
      unanswered: 0,
      gaps: 0,
    })
  })
})

async function converse({ user, sent }: Record, n: number, random: () => number): Promise<void> {
  for (let i = 0; i < MESSAGES; i += 1) {
    const mark = `u${n}-${i}`
    const text = `message ${mark}`
    const started = performance.now()
    const id = await user.say(text, mark)
    sent.push({ mark, text, id, ms: performance.now() - started })
    // A second delivery of what was acknowledged already, as a network makes them.
    if (random() < 0.2) expect(await user.say(text, mark), 'a copy is answered with the first id').to.equal(id)
    await delay(random() * (long ? 200 : 400))
  }
}

async function killAtRandom(
  server: ServerProcess,
  going: () => boolean,
  random: () => number,
): Promise<{ server: number; database: number }> {
  const plan = [
    ...Array<'server'>(SERVER_KILLS).fill('server'),
    ...Array<'database'>(DATABASE_KILLS).fill('database'),
  ].sort(() => random() - 0.5)
  const done = { server: 0, database: 0 }
  for (const what of plan) {
    await delay(100 + random() * 500)
    if (!going()) break
    if (what === 'server') {
      await server.kill()
      await server.start()
    } else {
      await server.ready()
      process.kill(postmasterPid(server.dataDir), 'SIGKILL')
    }
    done[what] += 1
  }
  return done
}

function postmasterPid(dataDir: string): number {
  return Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])
}

function judge(log: SeenActivity[], sent: Record['sent'], totals: { [name: string]: number }): void {
  const add = (name: string, count: number): void => void (totals[name] = (totals[name] ?? 0) + count)
  add('acknowledged', sent.length)
  const positions = sent.map(({ id, text }) => {
    const here = log.filter((activity) => activity.id === id && activity.text === text)
    const same = log.filter((activity) => activity.text === text && activity.from.role === 'user')
    if (here.length === 0) add('lost', 1)
    if (same.length > 1) add('doubled', same.length - 1)
    return log.findIndex((activity) => activity.id === id)
  })
  positions.forEach((position, i) => {
    if (i > 0 && position <= (positions[i - 1] ?? -1)) add('reordered', 1)
    const next = positions[i + 1] ?? log.length
    const answered = log
      .slice(position + 1, next)
      .some((activity) => activity.type === 'message' && activity.from.role === 'bot')
    if (!answered) add('unanswered', 1)
  })
  const seqs = log.map((activity) => activity.channelData?.['webchat:sequence-id'] ?? 0)
  add('gaps', seqs.filter((seq, i) => i > 0 && seq !== (seqs[i - 1] ?? 0) + 1).length)
}

/** A small seeded generator, so that a run that failed can be run again. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
