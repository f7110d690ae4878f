import { forbidden, ParcoursError } from '../../services/platform/errors.ts'
import type { Platform } from '../../services/platform/platform.ts'
import { clearedVisitorCookie, endSession, readVisitorCookie } from '../../services/visitors/index.ts'
import { route, type Route } from '../route.ts'
import { isOwnPage } from './ownPage.ts'

/** The page that asks is closing: the cookie goes soon, whatever the database does. */
const HOLD_MS = 3_000

/**
 * `DELETE /api/chat/session`: whoever opens the page in this browser next is somebody new, and reads nothing
 * of what was said. The conversation itself stays with those who accompany the person.
 */
export function chatSessionRoute(platform: Platform): Route {
  const { database, settings, log } = platform
  const secure = settings.publicUrl.startsWith('https:')
  return route({
    method: 'DELETE',
    path: '/api/chat/session',
    summary: "Ends the visitor's session on this device",
    who: 'anyone',
    answers: { 204: 'Ended, or there was none' },
    async handle({ request }) {
      if (!isOwnPage(settings, request)) throw forbidden('crossSite')
      const secret = readVisitorCookie(request.headers.cookie, secure)
      try {
        if (secret !== undefined) await database.hold(() => endSession(platform, secret), HOLD_MS)
      } catch (error) {
        // The cookie was the only copy of the secret: once it is cleared, nobody opens the row that stays.
        if (!(error instanceof ParcoursError)) throw error
        log.warn('visitor.session_row_stays', { error })
      }
      return { status: 204, headers: { 'set-cookie': clearedVisitorCookie(secure) } }
    },
  })
}
