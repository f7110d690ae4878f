import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Another site: a server of the test's own on a port of loopback, which keeps what it was asked. */
export interface LoopbackSite {
  /** `127.0.0.1:port`. */
  readonly host: string
  readonly origin: string
  /** Method and path of each request, and the headers it came with. */
  readonly requests: { what: string; headers: IncomingHttpHeaders }[]
  close(): Promise<void>
}

/** What a site answers on a path. */
export interface SitePage {
  type: string
  body: string | Buffer
  headers?: Record<string, string>
}

/** Opens one; other paths than those of `pages` are answered 204. `hostname` makes it another origin by its name. */
export async function openSite(
  pages: (path: string) => SitePage | undefined = () => undefined,
  hostname: '127.0.0.1' | 'localhost' = '127.0.0.1',
  port = 0,
): Promise<LoopbackSite> {
  const requests: LoopbackSite['requests'] = []
  const server = createServer((request, response) => {
    requests.push({ what: `${request.method} ${request.url}`, headers: request.headers })
    const page = pages(new URL(request.url ?? '/', 'http://site').pathname)
    request.resume()
    response.writeHead(page === undefined ? 204 : 200, {
      'access-control-allow-origin': '*',
      ...(page === undefined ? {} : { 'content-type': page.type }),
      ...page?.headers,
    })
    response.end(page?.body)
  })
  await new Promise<void>((listening) => server.listen(port, hostname, listening))
  const host = `${hostname}:${(server.address() as AddressInfo).port}`
  return {
    host,
    origin: `http://${host}`,
    requests,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}
