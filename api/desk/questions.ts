import { listUnanswered } from '../../services/answers/index.ts'
import type { Platform } from '../../services/platform/platform.ts'
import { ok, route, type Route } from '../route.ts'
import type { UnansweredView } from '../types.ts'

/** `GET /api/v1/unanswered-questions`: what people asked and nothing answered, for who writes the answers. */
export function questionRoute(platform: Platform): Route {
  return route({
    method: 'GET',
    path: '/api/v1/unanswered-questions',
    summary: 'What was asked in the last 90 days and nothing answered, alike questions together, the most asked first',
    who: 'supervisor',
    async handle() {
      const groups = await listUnanswered(platform)
      const view: UnansweredView = {
        groups: groups.map((questions) => ({
          questions: questions.map(({ conversationId, language, text, askedAt }) => ({
            conversationId,
            language,
            text,
            askedAt: askedAt.toISOString(),
          })),
        })),
      }
      return ok(view)
    },
  })
}
