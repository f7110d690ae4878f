import { readFile } from '../../services/files/index.ts'
import { accessConversation } from '../../services/handoff/index.ts'
import { notFound } from '../../services/platform/errors.ts'
import type { Platform } from '../../services/platform/platform.ts'
import { route, type Route } from '../route.ts'
import { sendFile } from '../sendFile.ts'
import { fileParams } from './schemas.ts'

/**
 * What the person sent, to an agent who may read the conversation now: by the session, with each
 * opening, so that no link outlives the right.
 */
export function fileRoute({ database, keys }: Platform): Route {
  return route({
    method: 'GET',
    path: '/api/v1/conversations/:id/files/:file',
    summary: 'A file of a conversation',
    who: 'agent',
    params: fileParams,
    async handle({ agent, params, response }) {
      const file = await database.hold(async () => {
        const { id } = await accessConversation(database.db, agent, params.id, 'read')
        return readFile(database, keys, params.file, id)
      })
      if (file === undefined) throw notFound()
      return sendFile(response, file, 'same-origin')
    },
  })
}
