import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import type { WebSocket } from 'ws'
import type { LiveFrame, MessagesView } from '../../api/types.ts'
import { append } from '../../services/conversations/index.ts'
import type { ConversationId } from '../../services/platform/ids.ts'
import { openSession } from '../../services/sign-in/index.ts'
import { asking } from '../support/asking.ts'
import { deskSocket } from '../support/canaryTalk.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { deskPeople, type DeskPeople } from '../support/deskWorld.ts'
import { listen, newCaller, type Caller, type Listener } from '../support/directLineWire.ts'
import { eventually } from '../support/eventually.ts'
import { proves } from '../support/proofs.ts'
import { openSecondNode } from '../support/secondNode.ts'
import type { SignedIn } from '../support/server.ts'
import { startServerProcess, type ServerProcess } from '../support/serverProcess.ts'

const long = process.env['TEST_LONG'] === '1'
const SLOW = long ? 50 : 4
const OTHERS = long ? 20 : 6
const ROUNDS = long ? 25 : 5
/** Of a slow reader's conversation, of 12 KB each: more than the 5 MB that the kernel holds and the 1 MiB that we may. */
const MESSAGES = 700
const LONG_TEXT = '語'.repeat(3_990)
const LAST = `${MESSAGES - 1} 語`
/** Signs of typing that pass by a reader: enough for more than a megabyte of them. */
const SIGNS = 4_000
const DESK_SIGNS = 80_000
const DESKS = long ? 20 : 2
/** MB that the server may grow by: what it has read and not yet collected, and a megabyte a reader. */
const MOST_GROWN = long ? 350 : 250

interface SlowReader {
  caller: Caller
  listener: Listener
}

describe('a reader that stops reading', function () {
  this.timeout(long ? 600_000 : 60_000)
  let database: TestDatabase
  let server: ServerProcess
  let node: ReturnType<typeof openSecondNode>
  let people: DeskPeople

  before(async () => {
    database = await createTestDatabase()
    const { host, port, user, database: name } = database.connection
    const masterKey = randomBytes(32).toString('base64')
    server = await startServerProcess({
      DATABASE_URL: `postgres://${user}@localhost:${port}/${name}?host=${encodeURIComponent(String(host))}`,
      MASTER_KEY: masterKey,
    })
    await server.ready()
    node = openSecondNode(database.connection, { masterKey, publicUrl: server.url })
    people = deskPeople(node)
  })
  after(async () => {
    await node.close()
    await server.dispose()
    await database.drop()
  })

  proves('I8', 'of Direct Line costs one frame, is cut off at 1 MiB, and misses nothing', async (proof) => {
    const others = await Promise.all(Array.from({ length: OTHERS }, () => reader(server.url)))
    const slow = await Promise.all(Array.from({ length: SLOW }, () => reader(server.url)))
    const before = await answerTimes(others)
    const rss = watchMemory(server.pid)
    for (const { listener } of slow) listener.socket.pause()

    await inBatches(slow, 4, async ({ caller }) => {
      for (let i = 0; i < MESSAGES; i += 60)
        await people.turn(caller.id as ConversationId, (_tx, c) => {
          for (let n = i; n < Math.min(i + 60, MESSAGES); n += 1)
            append(c, { author: 'bot', body: { text: `${n} ${LONG_TEXT}` } })
        })
    })
    // The first half is only slow. Past the second half something passes by all the while, and piles up.
    const patient = slow.slice(0, SLOW / 2)
    const flooded = slow.slice(SLOW / 2)
    const quick = await listen((flooded.at(-1) as SlowReader).caller.streamUrl)
    await eventually('a quick reader has it all', () => quick.texts().some((text) => text?.startsWith(LAST)), 20_000)
    const meanwhile = await answerTimes(others)
    const signs = (): number => quick.activities().filter(({ type }) => type === 'typing').length
    await passBy(SIGNS, signs, (i) => {
      for (const { caller } of flooded) node.bell.whisper(`typing:${caller.id}`, `agent ${i}`)
    })
    quick.close()
    const grown = rss.stop()

    for (const { listener } of patient) listener.socket.resume()
    const cut = await Promise.all(flooded.map(({ listener }) => endedOnceRead(listener)))
    const outcomes = await inBatches(slow, 10, readOn)
    const ended = outcomes.slice(0, patient.length).filter((one) => one.ended).length
    const megabytes = (SLOW * MESSAGES * 3 * LONG_TEXT.length) / 1024 / 1024
    const cutOff = cut.filter(Boolean).length
    const lost = outcomes.reduce((sum, { lost: n }) => sum + n, 0)
    const doubled = outcomes.reduce((sum, { doubled: n }) => sum + n, 0)
    proof.tried(
      `${SLOW} streams paused, ${megabytes.toFixed(0)} MB written for them, ${SIGNS} signs of typing past ${flooded.length} of them; ${OTHERS} others talk`,
    )
    proof.figure(
      `${cutOff}/${flooded.length} cut off at 1 MiB; ${lost} lost, ${doubled} doubled after resuming; RSS +${grown} MB; others' p99 ${before.p99} → ${meanwhile.p99} ms`,
    )
    expect(ended, 'cut off, and only slow').to.equal(0)
    expect(cutOff, 'cut off, of those who let a megabyte pile up').to.equal(flooded.length)
    expect({ lost, doubled }).to.deep.equal({ lost: 0, doubled: 0 })
    expect(grown, 'MB that the server grew by').to.be.below(MOST_GROWN)
    expect(meanwhile.p99, 'p99 of the others in ms').to.be.below(before.p99 * 4 + 250)
    for (const { listener } of [...others, ...slow]) listener.socket.terminate()
  })

  proves('I8', 'of the desk is cut off at 1 MiB, and asks again for what it missed', async (proof) => {
    const id = await people.waiting()
    const desks = await Promise.all(Array.from({ length: DESKS }, () => openDesk(server.url, id)))
    const quick = await openDesk(server.url, id)
    let signs = 0
    quick.socket.on('message', (frame: Buffer) => void (signs += Number(frame.includes('"typing"'))))
    const rss = watchMemory(server.pid)
    for (const { socket } of desks) socket.pause()
    await passBy(
      DESK_SIGNS,
      () => signs,
      (i) => node.bell.whisper(`typing:${id}`, `agent ${i}`),
    )
    quick.socket.close()
    await people.turn(id, (_tx, c) => {
      for (let n = 0; n < 20; n += 1) append(c, { author: 'bot', body: { text: `${n} ${LONG_TEXT}` } })
    })
    const grown = rss.stop()
    const cut = await Promise.all(
      desks.map(async ({ socket }) => {
        const closed = new Promise<boolean>((resolve) => socket.once('close', () => resolve(true)))
        socket.resume()
        return Promise.race([closed, delay(10_000, false)])
      }),
    )
    const ask = asking(() => server.url)
    const missed = await inBatches(desks, 10, async ({ who, socket, seen }) => {
      socket.terminate()
      const again = await deskSocket(server.url, who)
      const greeted = new Promise<void>((resolve) => {
        again.on('message', (frame: Buffer) => {
          if ((JSON.parse(frame.toString()) as LiveFrame).type === 'hello') resolve()
        })
      })
      await greeted
      const { json } = await ask<MessagesView>(who, 'GET', `/conversations/${id}/messages?after=${seen}`)
      again.close()
      const numbers = json.messages.map(({ text }) => text.split(' ')[0])
      return { lost: 20 - new Set(numbers).size, doubled: numbers.length - new Set(numbers).size }
    })
    const lost = missed.reduce((sum, one) => sum + one.lost, 0)
    const doubled = missed.reduce((sum, one) => sum + one.doubled, 0)
    proof.tried(`${DESKS} desks paused, ${DESK_SIGNS} signs of typing past each of them, 20 messages meanwhile`)
    proof.figure(
      `${cut.filter(Boolean).length}/${DESKS} cut off at 1 MiB; ${lost} lost, ${doubled} doubled after asking again; RSS +${grown} MB`,
    )
    expect(cut).to.not.include(false)
    expect({ lost, doubled }).to.deep.equal({ lost: 0, doubled: 0 })
    expect(grown, 'MB that the server grew by').to.be.below(MOST_GROWN)
  })

  async function openDesk(
    url: string,
    id: ConversationId,
  ): Promise<{ socket: WebSocket; who: SignedIn; seen: number }> {
    const agent = await people.agent('Camille Roy', 'supervisor')
    const { token } = await openSession(node, agent.id)
    const who = { agentId: agent.id, cookie: `parcours_desk=${token}` }
    const socket = await deskSocket(url, who)
    const seen = new Promise<number>((resolve) => {
      socket.on('message', (bytes: Buffer) => {
        const frame = JSON.parse(bytes.toString()) as LiveFrame
        if (frame.type === 'news') resolve(frame.seq)
      })
    })
    socket.send(JSON.stringify({ watch: id }))
    return { socket, who, seen: await seen }
  }
})

async function reader(url: string): Promise<SlowReader> {
  const caller = await newCaller(url, 'fr')
  const listener = await listen(caller.streamUrl)
  await eventually('the greeting', () => listener.activities().length > 0)
  return { caller, listener }
}

let posts = 0
/** From a post to its answer on the poster's own stream, in ms. */
async function answerTimes(readers: readonly SlowReader[]): Promise<{ p99: number }> {
  const times: number[] = []
  await Promise.all(
    readers.map(async ({ caller, listener }) => {
      for (let i = 0; i < ROUNDS; i += 1) {
        const text = `message ${(posts += 1)}`
        const started = performance.now()
        await caller.says(text)
        await listener.hears(text)
        times.push(performance.now() - started)
      }
    }),
  )
  times.sort((a, b) => a - b)
  return { p99: Math.round(times[Math.ceil(times.length * 0.99) - 1] ?? 0) }
}

/**
 * Signs of typing, each different, since equal ones leave as one; a thousand at a time, and no more before
 * a reader that reads has heard them: it must not fall behind too.
 */
async function passBy(count: number, heard: () => number, sign: (i: number) => void): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    sign(i)
    if (i % 1_000 === 999) await eventually(`the first ${i + 1} signs`, () => heard() > i, 30_000)
  }
}

/** Reads again. Whether the server had ended the stream: then it closes once what was under way has been read. */
async function endedOnceRead({ socket, closed }: Listener): Promise<boolean> {
  socket.resume()
  return Promise.race([closed.then(() => true), delay(10_000, false)])
}

/** Goes on from what was read, on the same stream or, when that was ended, on another; and counts. */
async function readOn({ caller, listener }: SlowReader): Promise<{ ended: boolean; lost: number; doubled: number }> {
  const heardOn = (all: readonly Listener[]): string[] =>
    all.flatMap((one) => one.texts()).flatMap((text) => /^(\d+) 語/.exec(text ?? '')?.[1] ?? [])
  const isEnded = (): boolean => listener.socket.readyState !== listener.socket.OPEN
  const all = [listener]
  const hasAll = (): boolean => heardOn(all).includes(String(MESSAGES - 1))
  await eventually('the last message, or the end', () => hasAll() || isEnded(), 20_000)
  const ended = isEnded()
  if (!hasAll()) {
    const { watermark } = listener.frames.at(-1) ?? { watermark: '' }
    const { json } = await caller.call('GET', `/conversations/${caller.id}?watermark=${watermark}`)
    all.push(await listen(json['streamUrl'] as string))
    await eventually('the last message', hasAll, 20_000)
  }
  const heard = heardOn(all)
  all.at(-1)?.close()
  expect(heard, 'order').to.deep.equal([...heard].sort((a, b) => Number(a) - Number(b)))
  return { ended, lost: MESSAGES - new Set(heard).size, doubled: heard.length - new Set(heard).size }
}

/** What a process grows by while it is watched, in MB of resident memory. */
function watchMemory(pid: number): { stop(): number } {
  const status = `/proc/${pid}/status`
  const now = (): number =>
    existsSync(status) ? Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(status, 'utf8'))?.[1] ?? 0) / 1024 : 0
  const first = now()
  let most = first
  const timer = setInterval(() => void (most = Math.max(most, now())), 50)
  return {
    stop() {
      clearInterval(timer)
      return Math.round(Math.max(most, now()) - first)
    },
  }
}

async function inBatches<T, R>(all: readonly T[], size: number, work: (one: T, i: number) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let i = 0; i < all.length; i += size)
    results.push(...(await Promise.all(all.slice(i, i + size).map((one, n) => work(one, i + n)))))
  return results
}
