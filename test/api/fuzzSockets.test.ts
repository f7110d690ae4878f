import { expect } from 'chai'
import fc from 'fast-check'
import type { SocketRoute } from '../../api/route.ts'
import { hostileFrames } from '../support/hostileFrames.ts'
import { eachMutated, hostileText } from '../support/hostileValues.ts'
import { proves } from '../support/proofs.ts'
import { clientFrame, PING, rawSocket, upgradeRequest } from '../support/rawSocket.ts'
import { openRouteWorld, pathOf, type RouteWorld } from '../support/routeTable.ts'
import { seedOfThisRun } from '../support/seeded.ts'

const long = process.env['TEST_LONG'] === '1'
const DRAWN = long ? 1_500 : 40
const SLOW_MS = 1_000
const INSIDE =
  /node_modules|\.[cm]?[jt]s:\d|\bat \S+ \(|postgres|kysely|\bzod\b|ECONN[A-Z]|RangeError|Invalid WebSocket frame/i

describe('sockets, asked and told what no client should', function () {
  this.timeout(long ? 400_000 : 30_000)
  const seed = seedOfThisRun()
  let world: RouteWorld
  before(async () => (world = await openRouteWorld()))
  after(() => world.close())

  const port = () => world.server.running.port
  const idOf = (row: SocketRoute): Record<string, string> =>
    world.targetsOf(row, row.who === 'directline' ? 'visitorA' : 'holder')[0]?.params ?? {}

  /** What opens a socket of a row. */
  function rightKnock(row: SocketRoute): { path: string; headers: Record<string, string> } {
    const path = pathOf(row, idOf(row))
    return row.who === 'directline'
      ? { path: `${path}?t=${world.streamTicketOf('visitorA')}`, headers: {} }
      : { path, headers: { ...world.headersOf('holder'), origin: world.server.url } }
  }

  /** The right knock with one thing wrong, in every place that a knock has. `fatal`: nobody may be let in so. */
  function wrongKnocks(row: SocketRoute): { path: string; headers: Record<string, string>; fatal: boolean }[] {
    const { path, headers } = rightKnock(row)
    const [place = '', query = ''] = path.split('?')
    const strings = (values: unknown[]): string[] => values.filter((value) => typeof value === 'string')
    const texts = [...strings(eachMutated('x')), ...fc.sample(hostileText, { numRuns: DRAWN, seed })].map((text) =>
      text.toWellFormed().slice(0, 3_000),
    )
    const header = (text: string): string => text.replaceAll(/[\r\n\u0000]/g, ' ').slice(0, 2_000)
    const names = ['origin', 'cookie', 'sec-websocket-key', 'sec-websocket-version', 'upgrade', 'sec-websocket-protocol', 'sec-websocket-extensions', 'x-forwarded-for', 'accept-language'] // prettier-ignore
    const deciding = new Set(
      row.who === 'directline' ? ['sec-websocket-version'] : ['origin', 'cookie', 'sec-websocket-version'],
    )
    return [
      ...texts.flatMap((text) => [
        ...Object.keys(idOf(row)).map((name) => ({
          path: `${pathOf(row, { ...idOf(row), [name]: text })}?${query}`,
          headers,
          fatal: true,
        })),
        { path: `${place}?t=${encodeURIComponent(text)}`, headers, fatal: row.who === 'directline' },
        { path: `${place}/${encodeURIComponent(text)}?${query}`, headers, fatal: true },
        { path: `${path}${query === '' ? '?' : '&'}watermark=${encodeURIComponent(text)}`, headers, fatal: false },
      ]),
      ...texts
        .slice(0, long ? 300 : 12)
        .flatMap((text) =>
          names.map((name) => ({ path, headers: { ...headers, [name]: header(text) }, fatal: deciding.has(name) })),
        ),
      ...['//', '/..', '/%zz', '/%00', '/%E0%A4%A'].map((more) => ({
        path: `${place}${more}?${query}`,
        headers,
        fatal: true,
      })),
      { path: `/${place}?${query}`, headers, fatal: true },
      { path: `http://[${place}`, headers, fatal: true },
    ]
  }

  proves('E1', 'each socket refuses or ignores it, at once, and tells nothing of the inside', async (proof) => {
    proof.seed(seed)
    const broken: string[] = []
    const count = { knocks: 0, refused: 0, frames: 0, closed: 0, ignored: 0, slowest: 0 }
    const timed = (what: string, started: number): void => {
      const ms = performance.now() - started
      count.slowest = Math.max(count.slowest, ms)
      if (ms > SLOW_MS) broken.push(`${what}: ${Math.round(ms)} ms`)
    }

    for (const row of world.sockets) {
      for (const { path, headers, fatal } of wrongKnocks(row)) {
        const what = `${row.path} · ${path.slice(0, 120)} ${JSON.stringify(headers).slice(0, 200)}`
        const started = performance.now()
        const socket = await rawSocket(port(), upgradeRequest(path, headers))
        timed(what, started)
        count.knocks += 1
        if (socket.status >= 400 || socket.status === 0) count.refused += 1
        if (socket.status >= 500 || (fatal && socket.status === 101)) broken.push(`${what}: ${socket.status}`)
        if (INSIDE.test(socket.text())) broken.push(`${what}: tells ${socket.text().slice(0, 200)}`)
        socket.destroy()
      }

      const { path, headers } = rightKnock(row)
      const listens = row.path === '/api/v1/live'
      for (const { name, bytes, code } of hostileFrames({ watch: idOf(row)['id'] ?? null }, seed, DRAWN)) {
        const socket = await rawSocket(port(), upgradeRequest(path, headers))
        if (socket.status !== 101) throw new Error(`${row.path} opens no more: ${socket.status}`)
        const started = performance.now()
        socket.write(Buffer.concat([bytes, clientFrame(PING, 'alive')]))
        const came =
          (await socket.until(
            () => socket.end() ?? (socket.pongs() > 0 && code === undefined ? 'goes on' : undefined),
          )) ?? 'neither'
        timed(`${row.path} · ${name}`, started)
        count.frames += 1
        if (came === 'goes on') count.ignored += 1
        else count.closed += 1
        const right: (number | string)[] = code === undefined ? (listens ? [1008, 'goes on'] : ['goes on']) : [code]
        if (!right.includes(came)) broken.push(`${row.path} · ${name}: ${came}, not ${right.join(' or ')}`)
        if (INSIDE.test(socket.text())) broken.push(`${row.path} · ${name}: tells ${socket.text().slice(-200)}`)
        socket.destroy()
      }
      if ((await world.send({ method: 'GET', path: '/healthz', headers: {} })).status !== 200)
        broken.push(`${row.path}: no longer healthy`)
    }
    proof.tried(`${world.sockets.length} sockets: ${count.knocks} hostile handshakes, ${count.frames} hostile frames`)
    proof.figure(
      `${count.refused} handshakes refused, ${count.closed} sockets closed, ${count.ignored} frames ignored; 0 exits; slowest ${Math.round(count.slowest)} ms`,
    )
    expect(broken, `SEED=${seed}\n${broken.slice(0, 20).join('\n')}`).to.deep.equal([])
    expect(count.refused, 'handshakes refused').to.be.above(world.sockets.length * 50)
    expect(count.ignored, 'frames ignored').to.be.above(10)
  })
})
