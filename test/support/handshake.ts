import { request } from 'node:http'
import { WebSocket } from 'ws'

/** What came of a handshake: 101, or the status and every byte with which it was refused. */
export interface Handshake {
  status: number
  answer: string
}

/** Asks for an upgrade with these headers to the letter, and leaves again when it is given. */
export function shakeHands(
  port: number,
  path: string,
  headers: Record<string, string | string[]> = {},
): Promise<Handshake> {
  return new Promise((resolve, reject) => {
    const asking = request({
      host: '127.0.0.1',
      port,
      path,
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        ...headers,
      },
    })
    asking.on('upgrade', (_response, socket) => {
      socket.destroy()
      resolve({ status: 101, answer: '' })
    })
    asking.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          answer: [response.statusMessage, ...response.rawHeaders, Buffer.concat(chunks).toString()].join('\n'),
        }),
      )
    })
    asking.on('error', reject)
    asking.end()
  })
}

/** An open socket of a test, and all that it heard. */
export interface Heard {
  readonly socket: WebSocket
  readonly frames: string[]
  /** When each frame came (`performance.now()`). */
  readonly times: number[]
  /** Set once it is closed: the code, and when. */
  readonly end: () => { code: number; at: number } | undefined
}

/** Opens a socket; rejects when the handshake is refused. */
export function openSocket(port: number, path: string, headers: Record<string, string> = {}): Promise<Heard> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
  const frames: string[] = []
  const times: number[] = []
  let ended: { code: number; at: number } | undefined
  socket.on('message', (bytes: Buffer) => {
    frames.push(bytes.toString())
    times.push(performance.now())
  })
  socket.on('close', (code) => (ended = { code, at: performance.now() }))
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve({ socket, frames, times, end: () => ended }))
    socket.on('error', reject)
  })
}
