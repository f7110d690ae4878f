import { connect } from 'node:net'
import { expect } from 'chai'
import type { Route } from '../../api/route.ts'
import { mutatedBytes } from '../support/mutatedBytes.ts'
import { proves } from '../support/proofs.ts'
import { openRouteWorld, pathOf, SECRET, type RouteWorld } from '../support/routeTable.ts'
import { bodiesOf, MULTIPART, oneOf, queriesOf, upload } from '../support/routeValues.ts'
import { randomFrom, seedOfThisRun } from '../support/seeded.ts'

const long = process.env['TEST_LONG'] === '1'
/** Each round begins with people and conversations made anew. */
const ROUNDS = long ? 25 : 1
const EACH = long ? 40 : 15
const AT_ONCE = 24
const QUIET_MS = 250
/** Rows after which a session or an account is no more. */
const ENDS = /\/session|deactivate/
const SLOW_MS = 1_000
const INSIDE = /node_modules|\.[cm]?[jt]s:\d|\bat \S+ \(|kysely|ZodError|zod\/|ECONN|violates|invalid input syntax/i

interface Came {
  statuses: number[]
  text: string
  ms: number
}

describe('requests of which bytes were changed on the way', function () {
  this.timeout(long ? 400_000 : 30_000)
  let world: RouteWorld
  before(async () => (world = await openRouteWorld()))
  after(() => world.close())

  /** A request that a row takes, to the byte. */
  function right(row: Route): Buffer {
    const raw = row.body !== undefined && 'raw' in row.body
    const bodies = bodiesOf(row, 'whole')
    const body =
      row.method === 'GET'
        ? ''
        : raw
          ? upload('{"type":"message"}', 'a.txt', 'words')
          : bodies
            ? JSON.stringify(oneOf(bodies))
            : ''
    const actor =
      row.who === 'directline' || row.path.startsWith('/files/')
        ? 'visitorA'
        : row.who === 'agent'
          ? 'holder'
          : 'administrator'
    const all = world.targetsOf(row, actor)
    const params = (all.find(({ name }) => name === 'colleague') ?? all[0])?.params ?? {}
    const query = { ...(oneOf(queriesOf(row, 'dull')) as Record<string, string>) }
    if ('t' in query) query['t'] = world.ticketOf(actor)
    const headers: Record<string, string> = {
      host: 'localhost',
      connection: 'close',
      ...world.headersOf(actor),
      ...(row.path.endsWith('/tokens/generate') ? { authorization: `Bearer ${SECRET}` } : {}),
      ...(row.method === 'GET'
        ? {}
        : { 'content-type': raw ? MULTIPART : 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
    }
    const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    return Buffer.from(
      `${row.method} ${pathOf(row, params)}?${new URLSearchParams(query)} HTTP/1.1\r\n${head.join('')}\r\n${body}`,
    )
  }

  /**
   * Sends, and closes its own side once nothing has come for a while: what is cut short waits for its rest, and a
   * client that closes at once is not answered.
   */
  function send(bytes: Buffer): Promise<Came> {
    return new Promise((resolve) => {
      const socket = connect({ port: world.server.running.port, host: '127.0.0.1', allowHalfOpen: true })
      const started = performance.now()
      const chunks: Buffer[] = []
      let answered: number | undefined
      const patience = setTimeout(() => socket.end(), QUIET_MS)
      socket.setTimeout(3_000, () => socket.destroy())
      socket.on('data', (chunk: Buffer) => {
        answered ??= performance.now()
        chunks.push(chunk)
        patience.refresh()
      })
      socket.on('end', () => socket.destroy())
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        clearTimeout(patience)
        const text = Buffer.concat(chunks).toString('latin1')
        const statuses = [...text.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status))
        resolve({ statuses, text, ms: answered === undefined ? 0 : answered - started })
      })
      socket.write(bytes)
    })
  }

  proves('E1', 'are refused or taken, at once, and never fail', async (proof) => {
    const seed = seedOfThisRun()
    proof.seed(seed)
    const random = randomFrom(seed)
    const broken: string[] = []
    const count = { requests: 0, taken: 0, refused: 0, silent: 0, slowest: 0 }
    for (const row of world.rows.filter(({ path }) => path.startsWith('/api') || path.startsWith('/v3'))) {
      const [status] = (await send(right(row))).statuses
      // A made-up sign-in link opens nothing; all else is right.
      const wanted = row.path === '/api/v1/session' && row.method === 'POST' ? [401] : [200, 201, 204]
      expect(status, `${row.method} ${row.path}, unchanged`).to.be.oneOf(wanted)
      if (row.method !== 'GET') await world.renew()
    }

    async function attempt(row: Route, bytes: Buffer): Promise<void> {
      const { statuses, text, ms } = await send(bytes)
      const what = `${row.method} ${row.path}: ${JSON.stringify(bytes.toString('latin1')).slice(0, 600)}`
      count.requests += 1
      count.slowest = Math.max(count.slowest, ms)
      if (statuses.length === 0) count.silent += 1
      else if (statuses.some((status) => status < 400)) count.taken += 1
      else count.refused += 1
      if (statuses.some((status) => status >= 500)) broken.push(`${what}: ${statuses.join()}`)
      if (ms > SLOW_MS) broken.push(`${what}: ${Math.round(ms)} ms`)
      if (statuses.every((status) => status >= 400) && INSIDE.test(text))
        broken.push(`${what}: tells ${text.slice(0, 200)}`)
    }

    for (let round = 0; round < ROUNDS; round += 1) {
      await world.renew()
      // Last what ends sessions and accounts that the others need.
      const rows = world.rows.toSorted(
        (a, b) => Number(ENDS.test(a.path + a.method)) - Number(ENDS.test(b.path + b.method)),
      )
      const all = rows.flatMap((row) => {
        const bytes = right(row)
        return Array.from({ length: EACH }, () => ({ row, bytes: mutatedBytes(bytes, random) }))
      })
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          for (let next = all.shift(); next !== undefined; next = all.shift()) await attempt(next.row, next.bytes)
        }),
      )
      expect((await world.send({ method: 'GET', path: '/healthz', headers: {} })).status).to.equal(200)
    }
    proof.tried(
      `${world.rows.length} routes × ${EACH * ROUNDS} requests with bits, bytes and stretches changed: ${count.requests}`,
    )
    proof.figure(
      `${count.taken} taken, ${count.refused} refused, ${count.silent} ended unanswered; 0 5xx, 0 exits; slowest ${Math.round(count.slowest)} ms`,
    )
    expect(broken, `SEED=${seed}\n${broken.slice(0, 20).join('\n')}`).to.deep.equal([])
    expect(count.taken, 'still right enough').to.be.above(count.requests / 40)
    expect(count.refused, 'refused').to.be.above(world.rows.length)
  })
})
