import { connect, type Socket } from 'node:net'

/** An answer, whole. */
export interface WireAnswer {
  status: number
  body: string
}

/**
 * One kept-alive HTTP/1.1 connection that posts JSON, one request at a time. `fetch` takes as much of
 * a shared machine as the server that it measures; this takes a tenth of that.
 */
export interface Wire {
  post(path: string, bearer: string | undefined, body: object): Promise<WireAnswer>
  close(): void
}

/** Connects to the server of an address. */
export async function openWire(url: string): Promise<Wire> {
  const { hostname, port, host } = new URL(url)
  const socket: Socket = connect({ host: hostname, port: Number(port), noDelay: true })
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  let waiting: { resolve(answer: WireAnswer): void; reject(error: Error): void } | undefined
  let received = ''
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    received += chunk
    const answer = readAnswer(received)
    if (answer === undefined) return
    received = ''
    const { resolve } = waiting ?? {}
    waiting = undefined
    resolve?.(answer)
  })
  const fail = (): void => waiting?.reject(new Error('the connection ended'))
  socket.on('error', fail).on('close', fail)
  return {
    post(path, bearer, body) {
      const text = JSON.stringify(body)
      const authorization = bearer === undefined ? '' : `Authorization: Bearer ${bearer}\r\n`
      const head = `POST ${path} HTTP/1.1\r\nHost: ${host}\r\n${authorization}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n`
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject }
        socket.write(head + text)
      })
    },
    close: () => socket.destroy(),
  }
}

/** Undefined until the answer is whole. Understands a length, which all that is measured here sends. */
function readAnswer(received: string): WireAnswer | undefined {
  const end = received.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const head = received.slice(0, end)
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN)
  if (Number.isNaN(length)) throw new Error(`an answer without a length: ${head.split('\r\n')[0]}`)
  const body = received.slice(end + 4)
  if (Buffer.byteLength(body) < length) return undefined
  return { status: Number(head.slice(9, 12)), body }
}
