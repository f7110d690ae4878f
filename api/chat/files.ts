import { z } from 'zod'
import { proveFileLink, readFile } from '../../services/files/index.ts'
import { notFound } from '../../services/platform/errors.ts'
import type { Platform } from '../../services/platform/platform.ts'
import type { Tokens } from '../../services/platform/tokens.ts'
import { route, type Route } from '../route.ts'
import { sendFile } from '../sendFile.ts'

/** `GET /files/:id?t=…`: what somebody sent, to the person who was shown its message. */
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
      return sendFile(response, file, readers)
    },
  })
}
