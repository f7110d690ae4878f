import { z } from 'zod'
import type { DirectLine } from '../../bots/channels/directline/index.ts'
import { lastPositions, readLog } from '../../services/conversations/index.ts'
import { shippedLanguage } from '../../services/locales/index.ts'
import type { ConversationId } from '../../services/platform/ids.ts'
import type { Platform } from '../../services/platform/platform.ts'
import { countCall, type AddressLimit } from '../../services/platform/rateLimits.ts'
import {
  newVisitor,
  readVisitorCookie,
  renewSession,
  startSession,
  visitorCookie,
  type Visitor,
} from '../../services/visitors/index.ts'
import { ok, route, type Route } from '../route.ts'
import type { ChatToken } from '../types.ts'
import { isOwnPage } from './ownPage.ts'

/** A class of thirty behind one address of a school loads the page at once, twice. */
const TOKENS_PER_ADDRESS: AddressLimit = { purpose: 'chat-tokens', count: 60, seconds: 60 }
/** So many messages are looked through for danger; in a longer log it counts as told. */
const LOOKED_THROUGH = 1_000
/** For knowing whether danger was told, a token does not wait long. */
const HOLD_MS = 1_000

/**
 * `POST /api/chat/tokens`: a Direct Line token for whoever opens the page. Somebody who comes back is
 * known by the page's cookie and finds their conversation; a site that embeds the chat (`EMBED_ORIGINS`)
 * gets no cookie and keeps the token itself. On a device that others use (`shared`) the cookie goes with the
 * browser's window. Our own page also hears whether danger was told in the conversation: the stream shows it
 * only the last messages.
 */
export function chatTokenRoute(platform: Platform, line: DirectLine): Route {
  const { database, keys, settings, log } = platform
  const secure = settings.publicUrl.startsWith('https:')

  async function comingBack(
    cookies: string | undefined,
    shared: boolean,
  ): Promise<{ visitor: Visitor; secret: string }> {
    const secret = readVisitorCookie(cookies, secure)
    const known = secret === undefined ? undefined : await renewSession(platform, secret, shared)
    return known !== undefined && secret !== undefined ? { visitor: known, secret } : startSession(platform, shared)
  }

  /** Whether lines for danger stand in the log. Undefined: it cannot be read now, or a message in it does not open. */
  async function wasDangerTold(id: ConversationId): Promise<boolean | undefined> {
    try {
      const { messages, more } = await database.hold(
        () => readLog(database.db, keys, id, 'last', LOOKED_THROUGH, 'message'),
        HOLD_MS,
      )
      return more || messages.some(({ body }) => body.urgent === true)
    } catch (error) {
      log.warn('chat.danger_unknown', { conversation: id, error })
      return undefined
    }
  }

  return route({
    method: 'POST',
    path: '/api/chat/tokens',
    summary: 'A Direct Line token for an anonymous visitor',
    who: 'anyone',
    crossOrigin: true,
    body: {
      json: z.object({
        language: z.string().max(35).optional(),
        shared: z.boolean().optional(),
        embedded: z.boolean().optional(),
      }),
      optional: true,
    },
    async handle({ request, body, address }) {
      // Our own page within another site's keeps its token itself, as any page of another site does.
      const own = isOwnPage(settings, request) && body?.embedded !== true
      const shared = body?.shared === true
      const { visitor, secret, started } = await database.hold(async () => {
        if (settings.rateLimit) await countCall(platform, TOKENS_PER_ADDRESS, address)
        const { visitor, secret } = own
          ? await comingBack(request.headers.cookie, shared)
          : { visitor: newVisitor(), secret: undefined }
        const { conversationId: id } = visitor
        return { visitor, secret, started: own && (await lastPositions(database.db, [id])).has(id) }
      })
      const { conversationId, userId } = visitor
      const language = shippedLanguage(body?.language)
      const { token, expires_in } = line.door.mint({
        conversationId,
        userId,
        ...(language === undefined ? {} : { language }),
      })
      const json: ChatToken = { token, ...(started ? { conversationId } : {}), userId, expires_in }
      if (secret === undefined) return ok(json)
      const danger = started ? await wasDangerTold(conversationId) : false
      return {
        status: 200,
        json: danger === undefined ? json : ({ ...json, danger } satisfies ChatToken),
        headers: { 'set-cookie': visitorCookie(secret, secure, shared) },
      }
    },
  })
}
