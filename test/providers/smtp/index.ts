import { createServer, type AddressInfo, type Socket } from 'node:net'
import { readMail, type Mail } from './mail.ts'
import { converse, type SmtpFault } from './session.ts'

export interface SmtpOptions {
  /** Who may send; without, everybody, and AUTH is not offered. */
  user?: { name: string; password: string }
  /** Largest message, in bytes. */
  size?: number
}

/** A mail server of the test's own, on a port of loopback, without TLS. */
export interface SmtpStandIn {
  readonly port: number
  /** `smtp://127.0.0.1:port`. */
  readonly url: string
  /** Messages that were accepted, in order, also those whose acceptance the client never heard of. */
  readonly mails: readonly Mail[]
  /** Those of one recipient, whatever the case of its letters. */
  to(address: string): Mail[]
  /** Every line of every client, in order, but not the text of messages; secrets are not kept. */
  readonly lines: readonly string[]
  readonly connections: number
  /** What goes wrong with the next messages, one each. */
  fail(next: SmtpFault | readonly SmtpFault[]): void
  /** Nobody answers at the port until `plugIn`. */
  unplug(): Promise<void>
  plugIn(): Promise<void>
  close(): Promise<void>
}

export async function startSmtp(options: SmtpOptions = {}): Promise<SmtpStandIn> {
  const mails: Mail[] = []
  const lines: string[] = []
  const planned: SmtpFault[] = []
  const open = new Set<Socket>()
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy())
    converse(socket, {
      user: options.user,
      size: options.size ?? 10_485_760,
      heard: (line) => void lines.push(line),
      nextFault: () => planned.shift(),
      accept: (from, to, raw) => void mails.push(readMail(from, to, raw)),
    })
  })
  const listen = (port: number): Promise<void> =>
    new Promise((listening) => server.listen(port, '127.0.0.1', () => listening()))
  const stop = (): Promise<void> =>
    new Promise((closed) => {
      server.close(() => closed())
      for (const socket of open) socket.destroy()
    })
  await listen(0)
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `smtp://127.0.0.1:${port}`,
    mails,
    to: (address) => mails.filter((mail) => mail.to.some((one) => one.toLowerCase() === address.toLowerCase())),
    lines,
    get connections() {
      return connections
    },
    fail: (next) => void planned.push(...(Array.isArray(next) ? (next as readonly SmtpFault[]) : [next as SmtpFault])),
    unplug: stop,
    plugIn: () => listen(port),
    close: stop,
  }
}
