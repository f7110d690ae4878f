import { createServer } from 'node:http'

/** A server that reads a body and answers, and does nothing else: what the same clients reach on this machine at most. */
export async function serveNothing(): Promise<{ url: string; stop(): void }> {
  const body = JSON.stringify({ token: '-', conversationId: '-', id: '-' })
  const server = createServer((request, response) => {
    request.resume()
    request.once('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}
