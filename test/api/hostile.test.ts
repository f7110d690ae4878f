import { connect, type Socket } from 'node:net'
import { expect } from 'chai'
import { eventually } from '../support/eventually.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

const UPGRADE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'

/** Requests that no client of ours makes, to the byte. */
const HOSTILE: { name: string; bytes: string }[] = [
  { name: 'an address of two slashes, for an upgrade', bytes: `GET // HTTP/1.1\r\nHost: x\r\n${UPGRADE}\r\n` },
  { name: 'an address that is none, for an upgrade', bytes: `GET http://[ HTTP/1.1\r\nHost: x\r\n${UPGRADE}\r\n` },
  { name: 'an address of two slashes', bytes: 'GET // HTTP/1.1\r\nHost: x\r\n\r\n' },
  { name: 'an address that is none', bytes: 'GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n' },
  { name: 'an address elsewhere', bytes: 'GET http://elsewhere.example/ HTTP/1.1\r\nHost: x\r\n\r\n' },
  // restify puts the host before the path and reads the whole as an address.
  ...['[', '%zz', 'a b', 'x:99999', 'x/api/v1/openapi.json?', 'x#', 'x\\healthz?'].map((host) => ({
    name: `a host that is none: ${host}`,
    bytes: `GET /readyz HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
  })),
  { name: 'a star', bytes: 'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n' },
  { name: 'a broken escape', bytes: 'GET /assets/%zz HTTP/1.1\r\nHost: x\r\n\r\n' },
  {
    name: 'a broken escape in a conversation',
    bytes: 'GET /v3/directline/conversations/%E0%A4%A/activities HTTP/1.1\r\nHost: x\r\n\r\n',
  },
  { name: 'a path that climbs', bytes: 'GET /assets/..%2f..%2fpackage.json HTTP/1.1\r\nHost: x\r\n\r\n' },
  { name: 'a method that is none', bytes: 'BREW / HTTP/1.1\r\nHost: x\r\n\r\n' },
  {
    name: 'two lengths',
    bytes: 'POST /api/chat/tokens HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
  },
  {
    name: 'a length and chunks',
    bytes:
      'POST /api/chat/tokens HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  },
  {
    name: 'a body that is no JSON',
    bytes: 'POST /api/chat/tokens HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n{',
  },
  {
    name: 'a body nested without end',
    bytes: `POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 20000\r\n\r\n${'['.repeat(20_000)}`,
  },
  { name: 'an upgrade of a socket that is none', bytes: `GET /nope HTTP/1.1\r\nHost: x\r\n${UPGRADE}\r\n` },
  { name: 'an upgrade of the desk by nobody', bytes: `GET /api/v1/live HTTP/1.1\r\nHost: x\r\n${UPGRADE}\r\n` },
]

describe('hostile requests', () => {
  let server: TestServer
  before(async () => {
    server = await startTestServer()
  })
  after(() => server.stop())

  /** Sends bytes and keeps its own side open, as an attacker may; resolves to what came back. */
  async function send(bytes: string): Promise<{ socket: Socket; answer: () => string }> {
    const socket = connect({ port: server.running.port, host: '127.0.0.1', allowHalfOpen: true })
    let answer = ''
    socket.on('data', (chunk: Buffer) => void (answer += chunk.toString()))
    socket.on('error', () => {})
    await new Promise((resolve) => socket.once('connect', resolve))
    socket.write(bytes)
    return { socket, answer: () => answer }
  }

  for (const { name, bytes } of HOSTILE)
    it(`${name}: is refused in a line, and the server goes on`, async () => {
      const { socket, answer } = await send(bytes)
      await eventually('an answer, or the end', () => answer() !== '' || socket.readableEnded || socket.destroyed)
      socket.destroy()
      if (answer() !== '') expect(answer(), 'a refusal').to.match(/^HTTP\/1\.1 4\d\d /)
      expect(answer(), 'nothing of the inside').to.not.match(/node_modules|at \w+ \(|\.ts:\d/)
      expect((await fetch(`${server.url}/healthz`)).status).to.equal(200)
    })

  it('a refused upgrade that keeps its side open does not hold up a stop', async () => {
    const held = await Promise.all(
      Array.from({ length: 5 }, () => send(`GET /nope HTTP/1.1\r\nHost: x\r\n${UPGRADE}\r\n`)),
    )
    await eventually('the refusals', () => held.every(({ answer }) => answer().startsWith('HTTP/1.1 404')))
    const started = performance.now()
    await server.restart()
    expect(performance.now() - started, 'ms to stop and start').to.be.below(4_000)
    for (const { socket } of held) socket.destroy()
    expect((await fetch(`${server.url}/healthz`)).status).to.equal(200)
  })
})
