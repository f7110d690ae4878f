import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request of Twilio as a server gets it. */
export interface Heard {
  method: string
  /** With its query. */
  path: string
  headers: IncomingHttpHeaders
  body: string
  /** The form of the body, keys and values in their order. */
  fields: [string, string][]
}

/** What a listener answers; nothing at all for `hang`, the end of the connection for `reset`. */
export type Said = { status: number; type?: string; body?: string; location?: string } | 'hang' | 'reset'

/** A server in the place of ours, for the tests of the stand-in itself. */
export interface Listener {
  readonly url: string
  readonly heard: Heard[]
  /** Answers to the next requests; after them `204`. */
  say(...next: Said[]): void
  close(): Promise<void>
}

export async function startListener(): Promise<Listener> {
  const heard: Heard[] = []
  const planned: Said[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request
      heard.push({ method, path, headers, body, fields: [...new URLSearchParams(body)] })
      const said = planned.shift() ?? { status: 204 }
      if (said === 'hang') return
      if (said === 'reset') return void response.socket?.resetAndDestroy()
      const { status, type, location } = said
      response.writeHead(status, {
        ...(type === undefined ? {} : { 'content-type': type }),
        ...(location === undefined ? {} : { location }),
      })
      response.end(said.body)
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    say: (...next) => void planned.push(...next),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}
