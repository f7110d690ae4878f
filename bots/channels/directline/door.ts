import type { ConversationId } from '../../../services/platform/ids.ts'
import { randomId } from '../../../services/platform/ids.ts'
import { forbidden, invalid, notFound, unauthenticated } from '../../../services/platform/errors.ts'
import type { Settings } from '../../../services/platform/settings.ts'
import { sameSecret, type Claims, type Tokens } from '../../../services/platform/tokens.ts'
import { showWatermark, type Position } from './watermark.ts'

/** Life of a token (the official service's; a client refreshes it every 15 minutes). */
export const TOKEN_SECONDS = 1800

/** Who a token speaks for: one user in one conversation, whatever the request says. */
export interface Bearer {
  conversationId: ConversationId
  userId: string
  /** The language that the page had when it asked for the token; counts when the conversation starts. */
  language?: string
}

/** A token as every call that gives one answers it. */
export interface Minted {
  conversationId: string
  token: string
  expires_in: number
}

/** What is known of the bearer of a Direct Line request before anything else is done. */
export interface Door {
  /** Throws `unauthenticated` without a header, `forbidden` for a token that is forged, old or of another kind. */
  admit(header: string | undefined): Bearer
  /** The same, for the calls of one conversation: another one is answered like one that does not exist. */
  admitTo(header: string | undefined, conversationId: string): Bearer
  /** Proves the token in a stream's address, which opens nothing else. */
  admitToStream(token: string, conversationId: string): Bearer
  /**
   * Proves the server-to-server secret, which mints tokens and does nothing else: its holder reads and
   * writes a conversation with that conversation's token.
   */
  admitSecret(header: string | undefined): void
  mint(bearer: Bearer): Minted
  /**
   * Where the stream is, absolute, on the public origin. It may be opened again and again while a token
   * lives (30 minutes): a client whose handshake is refused asks for the conversation, and gets a fresh one.
   */
  streamUrl(bearer: Bearer, after: Position): string
}

export function openDoor(settings: Settings, tokens: Tokens): Door {
  const claims = ({ conversationId, userId, language }: Bearer): Claims => ({
    conv: conversationId,
    user: userId,
    ...(language === undefined ? {} : { lang: language }),
  })
  const admit = (header: string | undefined): Bearer => bearerOf(tokens.read('conv', credential(header)))
  return {
    admit,
    admitTo(header, conversationId) {
      const bearer = admit(header)
      if (bearer.conversationId !== conversationId) throw notFound()
      return bearer
    },
    admitToStream(token, conversationId) {
      const bearer = bearerOf(tokens.read('stream', token))
      if (bearer.conversationId !== conversationId) throw notFound()
      return bearer
    },
    admitSecret(header) {
      const given = credential(header)
      if (settings.directLineSecret === undefined || !sameSecret(given, settings.directLineSecret)) throw forbidden()
    },
    mint: (bearer) => ({
      conversationId: bearer.conversationId,
      token: tokens.issue('conv', claims(bearer), TOKEN_SECONDS),
      expires_in: TOKEN_SECONDS,
    }),
    streamUrl(bearer, after) {
      const base = settings.publicUrl.replace(/^http/, 'ws')
      const token = tokens.issue('stream', claims(bearer), TOKEN_SECONDS)
      return `${base}/v3/directline/conversations/${bearer.conversationId}/stream?watermark=${showWatermark(after)}&t=${token}`
    },
  }
}

function credential(header: string | undefined): string {
  const found = /^Bearer +([^ ]+) *$/i.exec(header ?? '')?.[1]
  if (found === undefined) throw unauthenticated()
  return found
}

function bearerOf({ conv = '', user = '', lang }: Claims): Bearer {
  return { conversationId: conv as ConversationId, userId: user, ...(lang === undefined ? {} : { language: lang }) }
}

/**
 * The user of a token that an integrator asks for: theirs if it can stand in a URL unescaped (the
 * clients do not escape it), else an unguessable one.
 */
export function chosenUserId(wanted: unknown): string {
  if (wanted === undefined || wanted === null || wanted === '') return `dl_${randomId()}`
  if (typeof wanted !== 'string' || !/^[A-Za-z0-9_-]{1,64}$/.test(wanted)) throw invalid('user.id')
  return wanted
}
