import { directLine } from '../../bots/channels/directline/index.ts'
import type { Times } from '../../bots/channels/directline/times.ts'
import type { Turns } from '../../bots/inbound.ts'
import type { Platform } from '../../services/platform/platform.ts'
import { openTokens } from '../../services/platform/tokens.ts'
import type { Route, SocketRoute } from '../route.ts'
import { directLineRoutes, directLineSocket } from './directline.ts'
import { fileRoute } from './files.ts'
import { chatHistoryRoute } from './history.ts'
import { chatSessionRoute } from './session.ts'
import { chatTokenRoute } from './tokens.ts'

/** All that newcomers of the web call: their page's token and history, Direct Line, files, and the one socket. */
export interface ChatChannel {
  routes: Route[]
  sockets: SocketRoute[]
  /** Ends the streams of this node, before the database closes. */
  close(): void
}

export function chatChannel(platform: Platform, turns: Turns, times: Partial<Times> = {}): ChatChannel {
  const tokens = openTokens(platform.keys, platform.settings.publicUrl, platform.clock)
  const line = directLine(platform, { turns, tokens, times })
  return {
    routes: [
      chatTokenRoute(platform, line),
      chatSessionRoute(platform),
      chatHistoryRoute(line),
      fileRoute(platform, tokens),
      ...directLineRoutes(line),
    ],
    sockets: [directLineSocket(line)],
    close: () => line.close(),
  }
}
