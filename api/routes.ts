import type { Turns } from '../bots/inbound.ts'
import type { Platform } from '../services/platform/platform.ts'
import { messengerRoutes } from './channels/messenger.ts'
import { createTaker, type Taker } from './channels/taker.ts'
import { twilioRoutes } from './channels/twilio.ts'
import { chatChannel } from './chat/index.ts'
import { deskRoutes, liveSocket } from './desk/index.ts'
import { openApiRoute } from './openapi.ts'
import { operationsRoutes } from './operations.ts'
import { pageRoutes } from './pages.ts'
import type { Route, SocketRoute } from './route.ts'

/** Every way in, HTTP and sockets: what is not a row here does not exist. */
export interface Table {
  routes: Route[]
  sockets: SocketRoute[]
  /** Ends the streams that are open on this node. */
  close(): void
}

/** Joins the rows of all features. */
export async function tableOfRoutes(
  platform: Platform,
  turns: Turns,
  taker: Taker = createTaker(platform, turns),
): Promise<Table> {
  const chat = chatChannel(platform, turns)
  const routes = [
    ...(await pageRoutes(platform.settings)),
    ...operationsRoutes(platform),
    ...chat.routes,
    ...deskRoutes(platform, { turns }),
    ...(platform.settings.messenger === undefined ? [] : messengerRoutes(platform, taker, platform.settings.messenger)),
    ...(platform.settings.twilio === undefined ? [] : twilioRoutes(platform, taker, platform.settings.twilio)),
  ]
  return {
    routes: [...routes, openApiRoute(routes)],
    sockets: [...chat.sockets, liveSocket(platform)],
    close: () => chat.close(),
  }
}
