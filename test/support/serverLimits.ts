import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Server } from 'node:http'
import { startTestServer } from './server.ts'

export type Limits = Pick<Server, 'headersTimeout' | 'requestTimeout' | 'keepAliveTimeout' | 'maxHeadersCount'> & {
  connectionsCheckingInterval: number
}

/** What the server of the product, started, bounds a connection to: read from the one that answers a request. */
export async function serverLimits(): Promise<Limits> {
  const server = await startTestServer()
  const channel = 'http.server.request.start'
  let answers: Limits | undefined
  const see = (message: unknown): void => void (answers = (message as { server: Limits }).server)
  subscribe(channel, see)
  try {
    await fetch(`${server.url}/healthz`)
    if (answers === undefined) throw new Error('no server was seen to answer')
    const { headersTimeout, requestTimeout, keepAliveTimeout, maxHeadersCount, connectionsCheckingInterval } = answers
    return { headersTimeout, requestTimeout, keepAliveTimeout, maxHeadersCount, connectionsCheckingInterval }
  } finally {
    unsubscribe(channel, see)
    await server.stop()
  }
}
