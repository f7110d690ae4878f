import { z } from 'zod'
import type { DirectLine } from '../../bots/channels/directline/index.ts'
import { ok, route, type Route } from '../route.ts'
import type { ChatHistory } from '../types.ts'

/** `GET /api/chat/history?before=N`: the log backwards, for the page that scrolls up. Without `before`: its end. */
export function chatHistoryRoute(line: DirectLine): Route {
  return route({
    method: 'GET',
    path: '/api/chat/history',
    summary: "Older messages of the token's conversation",
    who: 'directline',
    query: z.object({ before: z.coerce.number().int().min(1).max(999_999_999).optional() }),
    async handle({ request, query }) {
      const page: ChatHistory = await line.history(request.headers.authorization, query.before)
      return ok(page)
    },
  })
}
