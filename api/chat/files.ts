import { z } from 'zod'
import { contentDisposition, PICTURES, proveFileLink, readFile } from '../../services/files/index.ts'
import { notFound } from '../../services/platform/errors.ts'
import type { Platform } from '../../services/platform/platform.ts'
import type { Tokens } from '../../services/platform/tokens.ts'
import { route, type Route } from '../route.ts'

/**
 * `GET /files/:id?t=…`: what somebody sent, to whoever was shown its message. It shares our origin, so
 * nothing of it may run: only pictures are shown, all else is downloaded, and both in a sandbox.
 */
export function fileRoute({ settings, database, keys }: Platform, tokens: Tokens): Route {
  const readers = settings.embedOrigins.length === 0 ? 'same-origin' : 'cross-origin'
  return route({
    method: 'GET',
    path: '/files/:id',
    summary: 'A file that a message carries',
    who: 'anyone',
    params: z.object({ id: z.string().max(200) }),
    query: z.object({ t: z.string().max(2_000) }),
    async handle({ params, query, response }) {
      proveFileLink(tokens, params.id, query.t)
      const file = await database.hold(() => readFile(database, keys, params.id))
      if (file === undefined) throw notFound()
      const how = PICTURES.has(file.contentType) ? 'inline' : 'attachment'
      response.writeHead(200, {
        'content-type': file.contentType === 'text/plain' ? 'text/plain; charset=utf-8' : file.contentType,
        'content-length': file.bytes.length,
        'content-disposition': contentDisposition(how, file.name),
        'content-security-policy': "sandbox; default-src 'none'",
        'cross-origin-resource-policy': readers,
        'cache-control': 'private, no-store',
        'x-content-type-options': 'nosniff',
      })
      response.end(file.bytes)
      return 'answered'
    },
  })
}
