import type { IncomingMessage } from 'node:http'
import { forbidden } from '../../services/platform/errors.ts'
import type { Settings } from '../../services/platform/settings.ts'

/**
 * True for our own page (and programs, which have no cookie of anybody's), false for a site that may embed
 * the chat (`EMBED_ORIGINS`). Throws `crossSite` for sites that nobody named.
 */
export function isOwnPage({ publicUrl, embedOrigins }: Settings, { headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site']
  if (headers.origin === undefined) {
    if (site === undefined || site === 'same-origin' || site === 'none') return true
  } else if (headers.origin === new URL(publicUrl).origin) return true
  else if (embedOrigins.includes(headers.origin)) return false
  throw forbidden('crossSite')
}
