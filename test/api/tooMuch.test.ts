import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { newCaller, type Caller } from '../support/directLineWire.ts'
import { proves } from '../support/proofs.ts'
import { CONTINUED, clientFrame, rawSocket, TEXT, upgradeRequest } from '../support/rawSocket.ts'
import { startServerProcess, type ServerProcess } from '../support/serverProcess.ts'
import { serverLimits } from '../support/serverLimits.ts'

const long = process.env['TEST_LONG'] === '1'
const ROUNDS = long ? 40 : 1
/** Rounds that only warm up: what a server grows to once is not what an attack costs. */
const WARM = long ? 3 : 1
const MB = 1024 * 1024
/** Under the catalogue’s 20 for a few bodies; over many, two uploads of the largest allowed may wait for the collector. */
const MOST_RSS_MB = long ? 64 : 20

/** What a client got that never stops sending. */
interface Cut {
  status: number
  /** What it could write before it was cut, at most; the kernel's buffers are in it. */
  wrote: number
  /** From the first byte to the answer, or to the end without one. */
  ms: number
}

describe('too much of it, or too slowly', function () {
  this.timeout(long ? 400_000 : 60_000)
  let database: TestDatabase
  let server: ServerProcess
  let caller: Caller
  let port = 0
  before(async () => {
    database = await createTestDatabase()
    const { user, host, port: at, database: name } = database.connection
    server = await startServerProcess({
      DATABASE_URL: `postgres://${user}@localhost:${at}/${name}?host=${encodeURIComponent(String(host))}`,
      MASTER_KEY: randomBytes(32).toString('base64'),
    })
    await server.ready()
    port = Number(new URL(server.url).port)
    caller = await newCaller(server.url)
  })
  after(async () => {
    await server.dispose()
    await database.drop()
  })

  const head = (path: string, headers: Record<string, string>): string =>
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\n${Object.entries({
      authorization: `Bearer ${caller.token}`,
      ...headers,
    })
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}\r\n`
  const rss = (): number =>
    Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024

  /** Sends a head and then pieces without end, as fast as they are taken, until an answer or `most` bytes. */
  function pour(first: string, piece: Uint8Array, most: number): Promise<Cut> {
    return new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1')
      const started = performance.now()
      let wrote = 0
      let answer = ''
      const done = (): void => {
        clearTimeout(late)
        socket.destroy()
        resolve({
          status: Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0),
          wrote,
          ms: performance.now() - started,
        })
      }
      const late = setTimeout(done, 10_000)
      const more = (): void => {
        while (!socket.destroyed && wrote < most) {
          wrote += piece.length
          if (!socket.write(piece)) return
        }
      }
      socket.on('drain', more)
      socket.on('data', (chunk: Buffer) => {
        answer += chunk.toString('latin1')
        if (answer.includes('\r\n\r\n')) done()
      })
      socket.on('error', () => {})
      socket.on('close', done)
      socket.write(first)
      more()
    })
  }

  proves('E2', 'a body over its limit is cut while it comes, whatever it is, and is not kept', async (proof) => {
    const activities = `/v3/directline/conversations/${caller.id}/activities`
    const upload = activities.replace('activities', 'upload')
    const form = 'multipart/form-data; boundary=edge'
    const part =
      '--edge\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n'
    const types = ['application/json', 'application/json; charset=utf-16', 'text/plain', 'application/x-www-form-urlencoded', 'application/octet-stream', form, 'image/png', 'application/xml', ''] // prettier-ignore
    const piece = Buffer.alloc(64 * 1024, 'x')
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), piece, Buffer.from('\r\n')])
    const declared = { 'content-length': String(100 * MB) }
    const chunked = { 'transfer-encoding': 'chunked' }
    const partChunk = `${part.length.toString(16)}\r\n${part}\r\n`
    const typed = (type: string): Record<string, string> => (type === '' ? {} : { 'content-type': type })
    const cases: { name: string; first: string; piece: Uint8Array; wrote: number }[] = [
      ...types.flatMap((type) => [
        { name: `${type}, announced`, first: head(activities, { ...typed(type), ...declared }), piece, wrote: 8 },
        { name: `${type}, in chunks`, first: head(activities, { ...typed(type), ...chunked }), piece: chunk, wrote: 8 },
        {
          name: `sign in with ${type}, in chunks`,
          first: head('/api/v1/session', { ...typed(type), ...chunked }),
          piece: chunk,
          wrote: 8,
        },
      ]),
      {
        name: 'a form of 100 MB, announced',
        first: head(upload, { 'content-type': form, ...declared }) + part,
        piece,
        wrote: 8,
      },
      {
        name: 'a form of 100 MB, in chunks',
        first: head(upload, { 'content-type': form, ...chunked }) + partChunk,
        piece: chunk,
        wrote: 40,
      },
      {
        name: 'a file of 100 MB, in chunks',
        first: head(upload, { 'content-type': 'text/plain', ...chunked }),
        piece: chunk,
        wrote: 40,
      },
    ]
    for (let warm = 0; warm < WARM; warm += 1)
      for (const { first, piece: one } of cases.slice(long ? 0 : -3)) await pour(first, one, 100 * MB)
    const before = rss()
    let peak = before
    const watch = setInterval(() => (peak = Math.max(peak, rss())), 5)
    const cuts: Cut[] = []
    const wrong: string[] = []
    for (let round = 0; round < ROUNDS; round += 1)
      for (const { name, first, piece: one, wrote } of cases) {
        const cut = await pour(first, one, 100 * MB)
        cuts.push(cut)
        peak = Math.max(peak, rss())
        // Who still sends may lose the answer with the connection, and is cut all the same.
        if ((cut.status !== 413 && cut.status !== 0) || cut.wrote > wrote * MB)
          wrong.push(`${name}: ${cut.status} after ${(cut.wrote / MB).toFixed(1)} MB and ${Math.round(cut.ms)} ms`)
      }
    clearInterval(watch)
    // Who waits for the answer before the body, reads it.
    for (const { name, first } of cases.filter(
      (one) => one.name.includes('announced') && one.first.endsWith('\r\n\r\n'),
    ))
      expect((await pour(first, piece, 0)).status, `${name}, waiting`).to.equal(413)
    // Nor does who sent only a little too much lose it.
    for (let i = 0; i < 20; i += 1) {
      const { status } = await fetch(`${server.url}${activities}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${caller.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ type: 'message', text: 'x'.repeat(200 * 1024) }),
      })
      expect(status, 'a little too much').to.equal(413)
    }
    const answered = cuts.filter(({ status }) => status === 413).length
    const most = Math.max(...cuts.map(({ ms }) => ms))
    proof.tried(
      `${cuts.length} bodies of 100 MB: ${types.length} content types, announced and in chunks, forms and raw files; ${answered} read the 413`,
    )
    proof.figure(
      `RSS +${(peak - before).toFixed(1)} MB at its peak; cut within ${Math.round(most)} ms, after at most ${(Math.max(...cuts.map(({ wrote }) => wrote)) / MB).toFixed(1)} MB sent`,
    )
    expect(wrong, wrong.join('\n')).to.deep.equal([])
    expect(answered, 'answers read').to.be.above(cuts.length / 10)
    expect(peak - before, 'MB more than before').to.be.below(MOST_RSS_MB)
    expect((await fetch(`${server.url}/healthz`)).status).to.equal(200)
  })

  proves('E2', 'headers, frames and what is compressed have bounds too', async (proof) => {
    const activities = `/v3/directline/conversations/${caller.id}/activities`
    const before = rss()
    const many = Array.from({ length: 10_000 }, (_, i) => `x-${i}: 1\r\n`).join('')
    const request = async (bytes: Buffer | string) => {
      const started = performance.now()
      const socket = await rawSocket(port, Buffer.from(bytes))
      socket.destroy()
      return { status: socket.status, ms: performance.now() - started }
    }
    const headers = await request(`GET /healthz HTTP/1.1\r\nHost: x\r\n${many}\r\n`)
    const oneLong = await request(`GET /healthz HTTP/1.1\r\nHost: x\r\nx: ${'x'.repeat(100_000)}\r\n\r\n`)
    const longPath = await request(`GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`)
    const upgrade = await request(
      `GET /api/v1/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${many}\r\n`,
    )
    expect([headers, oneLong, longPath, upgrade].map(({ status }) => status)).to.deep.equal([431, 431, 431, 431])

    // 60 KB that would be 60 MB: nothing here unpacks what comes, and what is packed is no JSON.
    const bomb = gzipSync(Buffer.alloc(60 * MB, ' '))
    for (const encoding of ['gzip', 'deflate', 'br', 'x-gzip', 'gzip, gzip']) {
      const first = head(activities, {
        'content-type': 'application/json',
        'content-encoding': encoding,
        'content-length': String(bomb.length),
      })
      const { status } = await request(Buffer.concat([Buffer.from(first), bomb]))
      expect(status, encoding).to.be.oneOf([400, 413, 415])
    }
    const { pathname, search } = new URL(caller.streamUrl)
    const ended: number[] = []
    let slowest = 0
    const tooLong: [Buffer, Record<string, string>?][] = [
      [clientFrame(TEXT, 'x'.repeat(1_025))],
      [clientFrame(TEXT, 'x'.repeat(65_536))],
      [clientFrame(TEXT, '', { declared: 100n * BigInt(MB) })],
      [
        Buffer.concat([
          clientFrame(TEXT, 'x'.repeat(1_000), { final: false }),
          ...Array.from({ length: 50 }, () => clientFrame(CONTINUED, 'x'.repeat(1_000), { final: false })),
        ]),
      ],
      [
        Buffer.concat([
          clientFrame(TEXT, 'x', { final: false }),
          ...Array.from({ length: 5_000 }, () => clientFrame(CONTINUED, 'x', { final: false })),
        ]),
      ],
      // Compression is not agreed to, whoever asks for it.
      [
        clientFrame(TEXT, bomb.subarray(0, 900), { reserved: 0x40 }),
        { 'sec-websocket-extensions': 'permessage-deflate' },
      ],
    ]
    for (const [bytes, more] of tooLong) {
      const socket = await rawSocket(port, upgradeRequest(pathname + search, more))
      expect(socket.status).to.equal(101)
      expect(socket.text().toLowerCase()).to.not.include('permessage-deflate')
      const started = performance.now()
      socket.write(bytes)
      ended.push((await socket.until(() => socket.end())) ?? 0)
      slowest = Math.max(slowest, performance.now() - started)
      socket.destroy()
    }
    expect(ended).to.deep.equal([1009, 1009, 1009, 1009, 1009, 1002])
    proof.tried(
      `10,000 headers (also for an upgrade), a header and a path of 100 KB, ${ended.length} frames over the cap or in 5,000 pieces, 5 packed bodies`,
    )
    proof.figure(
      `431 in ${Math.round(headers.ms)} ms, 1009 or 1002 in ${Math.round(slowest)} ms, nothing unpacked; RSS +${Math.max(0, rss() - before).toFixed(1)} MB`,
    )
    expect(rss() - before, 'MB more than before').to.be.below(MOST_RSS_MB)
  })

  proves('E2', 'who sends a byte a second is sent away, and holds up nobody', async (proof) => {
    const limits = await serverLimits()
    expect(limits).to.deep.include({ headersTimeout: 10_000, requestTimeout: 120_000, maxHeadersCount: 100 })
    expect(limits.connectionsCheckingInterval, 'ms between looks').to.be.at.most(30_000)
    // The same mechanism with a tenth of a second shows what these values do, without the wait.
    const quick = createServer(
      { headersTimeout: 100, requestTimeout: 200, connectionsCheckingInterval: 50 },
      (request) => request.resume(),
    )
    await new Promise<void>((resolve) => quick.listen(0, '127.0.0.1', resolve))
    const at = (quick.address() as { port: number }).port
    const [slowHead, slowBody] = await Promise.all([
      trickle(at, 'GET / HTTP/1.1\r\nX: ', 10),
      trickle(at, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n', 10),
    ])
    quick.close()
    expect([slowHead.status, slowBody.status]).to.deep.equal([408, 408])

    const held = long ? 500 : 100
    const sockets = Array.from({ length: held }, () => connect(port, '127.0.0.1').on('error', () => {}))
    for (const socket of sockets) socket.write('POST /api/chat/tokens HTTP/1.1\r\nHost: x\r\nX: ')
    const started = performance.now()
    expect((await fetch(`${server.url}/healthz`)).status).to.equal(200)
    const beside = performance.now() - started
    // The real server, in the long run for real: the head is cut after its 10 s, at the next look.
    const real = long ? await trickle(port, 'GET / HTTP/1.1\r\nX: ', 1_000) : undefined
    for (const socket of sockets) socket.destroy()
    if (real !== undefined) expect(real.status).to.equal(408)
    proof.tried(
      `${held} connections that never end their head; heads and bodies a byte at a time against the same mechanism with short times`,
    )
    proof.figure(
      `limits of the real server: head ${limits.headersTimeout / 1000} s, request ${limits.requestTimeout / 1000} s; 408 in ${Math.round(slowHead.ms)} and ${Math.round(slowBody.ms)} ms there${real === undefined ? '' : `, ${(real.ms / 1000).toFixed(1)} s on the real one`}; others served in ${Math.round(beside)} ms`,
    )
    expect(beside).to.be.below(1_000)
  })
})

/** Sends a byte each so many milliseconds until it is cut. */
function trickle(port: number, first: string, everyMs: number): Promise<{ status: number; ms: number }> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const started = performance.now()
    let answer = ''
    socket.write(first)
    const drip = setInterval(() => void (socket.writable && socket.write('x')), everyMs)
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')))
    socket.on('error', () => {})
    socket.on('close', () => {
      clearInterval(drip)
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0), ms: performance.now() - started })
    })
  })
}
