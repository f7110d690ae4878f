import type { Platform } from '../../services/platform/platform.ts'
import type { Route } from '../route.ts'
import { agentRoutes } from './agents.ts'
import { conversationRoutes, type ConversationDeps } from './conversations.ts'
import { fileRoute } from './files.ts'
import { questionRoute } from './questions.ts'
import { sessionRoutes } from './session.ts'

export { liveSocket } from './live.ts'

/** Every route of the agents' desk. */
export function deskRoutes(platform: Platform, deps: ConversationDeps): Route[] {
  return [
    ...sessionRoutes(platform),
    ...conversationRoutes(platform, deps),
    fileRoute(platform),
    ...agentRoutes(platform),
    questionRoute(platform),
  ]
}
