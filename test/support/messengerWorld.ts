import { startGraph, type GraphOptions, type GraphStandIn } from '../providers/graph/index.ts'
import { testClock, type TestClock } from './clock.ts'
import { startTestServer, type TestServer } from './server.ts'

/** A server with a Page on Messenger, and Meta's side of it, on one clock. */
export interface MessengerWorld {
  readonly server: TestServer
  readonly graph: GraphStandIn
  readonly clock: TestClock
  /** Waits for what webhooks began, and sends what is due. */
  settled(): Promise<void>
  stop(): Promise<void>
}

export async function openMessengerWorld(
  options: GraphOptions = {},
  {
    env = {},
    pages = false,
    at = '2026-11-24T15:00:00Z',
  }: { env?: Record<string, string>; pages?: boolean; at?: string } = {},
): Promise<MessengerWorld> {
  const clock = testClock(at)
  const graph = await startGraph({ now: () => clock.now().epochMilliseconds, ...options })
  const page = graph.pages[0]
  if (page === undefined) throw new Error('the stand-in has no Page')
  const server = await startTestServer({
    clock,
    byAddress: true,
    pages,
    env: {
      MESSENGER_APP_ID: String(graph.appId),
      MESSENGER_APP_SECRET: graph.appSecret,
      MESSENGER_PAGE_ID: page.id,
      MESSENGER_PAGE_TOKEN: graph.token,
      MESSENGER_VERIFY_TOKEN: 'a verify token of the tests',
      MESSENGER_GRAPH_URL: graph.url,
      ...env,
    },
  })
  graph.webhookUrl = `${server.url}/channels/messenger/webhook`
  const { running } = server
  return {
    server,
    graph,
    clock,
    async settled() {
      await running.webhooksTaken()
      await running.dispatcher.drain()
    },
    async stop() {
      await server.stop()
      await graph.close()
    },
  }
}
