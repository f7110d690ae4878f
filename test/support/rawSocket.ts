import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'

/** A web socket whose client writes what it likes. */
export interface RawSocket {
  /** Status of the handshake; 0 when the connection ended without one. */
  readonly status: number
  write(bytes: Uint8Array): void
  /** Every byte that came, as Latin-1. */
  text(): string
  /** The close code that came; 1006 for an end without one; undefined while it is open. */
  end(): number | undefined
  pongs(): number
  /** Resolves to what `probe` finds, asked at each piece that comes; undefined when nothing did in time. */
  until<T>(probe: () => T | undefined, withinMs?: number): Promise<T | undefined>
  destroy(): void
}

const UPGRADE = [
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
]

/** A request for an upgrade, to the byte. A header of the same name replaces ours. */
export function upgradeRequest(path: string, headers: Record<string, string> = {}): Buffer {
  const own = UPGRADE.filter((line) => !Object.keys(headers).some((name) => line.toLowerCase().startsWith(`${name}:`)))
  const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return Buffer.from(`GET ${path} HTTP/1.1\r\n${[...own, ...more].join('\r\n')}\r\n\r\n`, 'latin1')
}

/** Sends a request as it is, and resolves when it is answered or cut. */
export async function rawSocket(port: number, request: Uint8Array): Promise<RawSocket> {
  const socket = connect(port, '127.0.0.1')
  let received = Buffer.alloc(0)
  let over = false
  let look = (): void => {}
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    look()
  })
  socket.on('error', () => socket.destroy())
  socket.on('close', () => {
    over = true
    look()
  })
  const until = <T>(probe: () => T | undefined, withinMs = 3_000): Promise<T | undefined> =>
    new Promise((resolve) => {
      const late = setTimeout(() => resolve(undefined), withinMs)
      look = () => {
        const found = probe()
        if (found === undefined) return
        clearTimeout(late)
        look = () => {}
        resolve(found)
      }
      look()
    })
  socket.write(request)
  const head =
    (await until(() => {
      const at = received.indexOf('\r\n\r\n')
      return at >= 0 ? at + 4 : over ? received.length : undefined
    })) ?? 0
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(received.subarray(0, 16).toString('latin1'))?.[1] ?? 0)
  const frames = () => framesOf(status === 101 ? received.subarray(head) : Buffer.alloc(0))
  return {
    status,
    until,
    write: (bytes) => void (socket.writable && socket.write(bytes)),
    text: () => received.toString('latin1'),
    end() {
      const close = frames().find(({ opcode }) => opcode === 8)
      if (close !== undefined) return close.payload.length >= 2 ? close.payload.readUInt16BE() : 1005
      return over ? 1006 : undefined
    },
    pongs: () => frames().filter(({ opcode }) => opcode === 10).length,
    destroy: () => socket.destroy(),
  }
}

/** The frames of a server, which are not masked. */
function framesOf(bytes: Buffer): { opcode: number; payload: Buffer }[] {
  const frames: { opcode: number; payload: Buffer }[] = []
  for (let at = 0; at + 2 <= bytes.length;) {
    const short = (bytes[at + 1] ?? 0) & 127
    const head = short < 126 ? 2 : short === 126 ? 4 : 10
    if (at + head > bytes.length) break
    const length =
      short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
    frames.push({ opcode: (bytes[at] ?? 0) & 15, payload: bytes.subarray(at + head, at + head + length) })
    at += head + length
  }
  return frames
}

/** What may be wrong with a frame of a client. */
interface FrameOptions {
  final?: boolean
  masked?: boolean
  reserved?: number
  /** The length that it says it has. */
  declared?: bigint
}

export const TEXT = 1
export const BINARY = 2
export const CONTINUED = 0
export const CLOSE = 8
export const PING = 9

/** A frame of a client, to the bit. */
export function clientFrame(
  opcode: number,
  payload: Uint8Array | string,
  { final = true, masked = true, reserved = 0, declared }: FrameOptions = {},
): Buffer {
  const bytes = Buffer.from(payload)
  const length = declared ?? BigInt(bytes.length)
  const first = (final ? 0x80 : 0) | reserved | opcode
  const mask = masked ? 0x80 : 0
  const head = Buffer.alloc(length < 126n ? 2 : length < 65_536n ? 4 : 10)
  head[0] = first
  head[1] = mask | (length < 126n ? Number(length) : length < 65_536n ? 126 : 127)
  if (head.length === 4) head.writeUInt16BE(Number(length), 2)
  if (head.length === 10) head.writeBigUInt64BE(length, 2)
  if (!masked) return Buffer.concat([head, bytes])
  const key = randomBytes(4)
  return Buffer.concat([head, key, bytes.map((byte, i) => byte ^ (key[i % 4] ?? 0))])
}
