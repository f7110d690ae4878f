import { readLog } from '../../../services/conversations/index.ts'
import { openDatabase } from '../../../services/platform/database.ts'
import type { ConversationId } from '../../../services/platform/ids.ts'
import { openKeys } from '../../../services/platform/keys.ts'
import { openLog } from '../../../services/platform/log.ts'
import type { World } from './world.ts'

/** A message as the log finally holds it. */
export interface KeptMessage {
  id: string
  seq: number
  author: 'newcomer' | 'bot' | 'agent' | 'system'
  kind: 'message' | 'event'
  status: 'done' | 'failed'
  text: string
  /** The mark of who sent it: the same for each delivery. */
  mark?: string
}

export interface KeptConversation {
  id: string
  mode: string
  heldBy: string | null
  /** How often the person is recorded to have agreed. */
  consents: number
  handoffs: { state: string; takenBy: string | null; closedHow: string | null }[]
  log: KeptMessage[]
}

/** What is held in the end: by the database, read past every node; and by the logs. */
export interface Kept {
  conversations: KeptConversation[]
  /** What may hold nothing of what people wrote: the console of each node, PostgreSQL's log. */
  logs: { name: string; text: string }[]
}

export async function readKept(world: World, ids: readonly string[]): Promise<Kept> {
  const database = openDatabase(world.postgres.connection, openLog('silent'))
  const keys = openKeys(world.masterKey)
  try {
    const conversations: KeptConversation[] = []
    for (const id of ids) {
      const { rows } = await database.pool.query<Omit<KeptConversation, 'id' | 'log'>>(
        `select c.mode, c.held_by as "heldBy",
                (select count(*)::int from consents n where n.newcomer_id = c.newcomer_id) as consents,
                (select coalesce(json_agg(json_build_object('state', h.state, 'takenBy', h.taken_by, 'closedHow', h.closed_how) order by h.requested_at), '[]')
                   from handoffs h where h.conversation_id = c.id) as handoffs
           from conversations c where c.id = $1`,
        [id],
      )
      const row = rows[0]
      if (row === undefined) continue
      const { messages } = await readLog(database.db, keys, id as ConversationId, { after: 0 }, 100_000)
      const log = messages.map(({ id: messageId, seq, author, kind, status, body }) => ({
        id: messageId,
        seq,
        author,
        kind,
        status,
        text: body.text,
        ...(body.clientActivityID === undefined ? {} : { mark: body.clientActivityID }),
      }))
      conversations.push({ id, ...row, log })
    }
    return { conversations, logs: logsOf(world) }
  } finally {
    await database.close()
  }
}

const logsOf = (world: World): Kept['logs'] => [
  ...world.nodes.map((node) => ({ name: `node ${node.index}`, text: node.output() })),
  { name: 'PostgreSQL', text: world.postgres.log() },
]
