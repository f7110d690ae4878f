import type { Transaction } from '../platform/database.ts'
import type { AgentId, ConversationId, HandoffId, NewcomerId } from '../platform/ids.ts'
import type { Keys } from '../platform/keys.ts'
import type { Mode, OpenConversation } from './types.ts'

const LOCK = 'select id from conversations where id = $1 for update'

// A statement of its own after the lock, so that its snapshot sees what the holder before us committed.
const READ = `
  select c.channel, c.user_id, c.language, c.mode, c.epoch, c.seq, c.state_sealed, c.held_by, h.name as holder_name,
         c.agent_id, c.newcomer_id, c.burst_started_at, c.burst_count, c.newcomer_wrote_at, c.agent_read_seq, c.silent_until,
         c.data_key_id, k.wrapped, n.data_key_id as file_key_id, nk.wrapped as file_wrapped,
         o.id as handoff_id, o.state as handoff_state, o.priority as handoff_priority, o.requested_at as handoff_requested_at,
         m.id as copy_id, m.seq as copy_seq,
         (select coalesce(json_object_agg(f.name, encode(f.value_sealed, 'base64')), '{}')
            from file_answers f where f.newcomer_id = c.newcomer_id) as answers
    from conversations c
    join data_keys k on k.id = c.data_key_id
    left join agents h on h.id = c.held_by
    left join newcomers n on n.id = c.newcomer_id
    left join data_keys nk on nk.id = n.data_key_id
    left join handoffs o on o.conversation_id = c.id and o.state <> 'closed'
    left join messages m on m.channel = c.channel and m.external_id = $2
   where c.id = $1`

interface Row {
  channel: string
  user_id: string
  language: string
  mode: Mode
  epoch: number
  seq: number
  state_sealed: Buffer | null
  held_by: string | null
  holder_name: string | null
  agent_id: string | null
  newcomer_id: string | null
  burst_started_at: Date
  burst_count: number
  newcomer_wrote_at: Date | null
  agent_read_seq: number
  silent_until: Date | null
  data_key_id: string
  wrapped: Buffer
  file_key_id: string | null
  file_wrapped: Buffer | null
  handoff_id: string | null
  handoff_state: 'waiting' | 'taken' | null
  handoff_priority: number | null
  handoff_requested_at: Date | null
  copy_id: string | null
  copy_seq: number | null
  answers: Record<string, string>
}

/**
 * Locks a conversation and reads what a turn needs, in the round trip that also begins the
 * transaction. Whoever comes next waits here: one writer a conversation.
 * `externalId` is the arriving message's; `copy` is set when the log has it already.
 * Undefined: there is no such conversation.
 */
export async function openConversation(
  tx: Transaction,
  keys: Keys,
  id: ConversationId,
  externalId?: string,
): Promise<OpenConversation | undefined> {
  const [locked, rows] = await Promise.all([
    tx.named('conversation-lock', LOCK, [id]),
    tx.named<Row & Record<string, unknown>>('conversation-read', READ, [id, externalId ?? null]),
  ])
  const row = rows[0]
  if (locked.length === 0 || row === undefined) return undefined
  const key = keys.unwrap(row.data_key_id, row.wrapped)
  const fileKey =
    row.file_key_id !== null && row.file_wrapped !== null ? keys.unwrap(row.file_key_id, row.file_wrapped) : undefined
  const newcomerId = (row.newcomer_id ?? undefined) as NewcomerId | undefined
  return {
    id,
    channel: row.channel,
    userId: row.user_id,
    language: row.language,
    mode: row.mode,
    epoch: row.epoch,
    seq: row.seq,
    state: row.state_sealed === null ? null : key.open(statePlace(id), row.state_sealed),
    holder: row.held_by === null ? undefined : { id: row.held_by as AgentId, name: row.holder_name ?? '' },
    agentId: (row.agent_id ?? undefined) as AgentId | undefined,
    newcomerId,
    key,
    fileKey,
    answers: new Map(
      fileKey === undefined || newcomerId === undefined
        ? []
        : Object.entries(row.answers).map(([name, sealed]) => [
            name,
            fileKey.open(answerPlace(newcomerId, name), Buffer.from(sealed, 'base64')),
          ]),
    ),
    handoff:
      row.handoff_id === null || row.handoff_state === null || row.handoff_requested_at === null
        ? undefined
        : {
            id: row.handoff_id as HandoffId,
            state: row.handoff_state,
            priority: row.handoff_priority ?? 2,
            requestedAt: row.handoff_requested_at,
          },
    burst: { startedAt: row.burst_started_at, count: row.burst_count },
    newcomerWroteAt: row.newcomer_wrote_at ?? undefined,
    agentReadSeq: row.agent_read_seq,
    silentUntil: row.silent_until ?? undefined,
    copy: row.copy_id === null ? undefined : { id: row.copy_id, seq: row.copy_seq },
    appended: [],
  }
}

/** Where a dialog state is sealed; a state moved to another conversation does not open. */
export const statePlace = (id: ConversationId): string => `conversations.state:${id}`
/** Where the address is sealed that a person is written to at. */
export const addressPlace = (id: ConversationId): string => `conversations.address:${id}`
/** Where a message's body is sealed. */
export const bodyPlace = (messageId: string): string => `messages.body:${messageId}`
/** Where an answer of a person's file is sealed. */
export const answerPlace = (id: NewcomerId, name: string): string => `file_answers.value:${id}:${name}`
