import type { Transaction } from '../platform/database.ts'
import { randomId } from '../platform/ids.ts'
import { isOutbound } from './channels.ts'
import { bodyPlace, statePlace } from './open.ts'
import type { Appended, Draft, OpenConversation } from './types.ts'

/** Puts a message at the end of the log of an open conversation. It is written by `saveConversation`. */
export function append(conversation: OpenConversation, draft: Draft, id: string = randomId()): Appended {
  conversation.seq += 1
  const appended: Appended = { ...draft, id, seq: conversation.seq, epoch: conversation.epoch }
  conversation.appended.push(appended)
  return appended
}

const SAVE = `
  update conversations
     set language = $2, mode = $3, epoch = $4, seq = $5, state_sealed = $6, held_by = $7, agent_id = $8, newcomer_id = $9,
         burst_started_at = $10, burst_count = $11, newcomer_wrote_at = $12,
         unreachable = case when newcomer_wrote_at is distinct from $12 then null else unreachable end,
         agent_read_seq = $13, updated_at = $14
   where id = $1`

const INSERT = `
  insert into messages (id, conversation_id, seq, status, attempts, author, agent_id, kind, channel, external_id, body_sealed, epoch, delivery, created_at)
  select m.id, $1, m.seq, m.status, m.attempts, m.author, m.agent_id, m.kind, $2, m.external_id, m.body, m.epoch, m.delivery, $3
    from unnest($4::text[], $5::int[], $6::text[], $7::int[], $8::text[], $9::text[], $10::text[], $11::text[], $12::bytea[], $13::int[], $14::text[])
      as m(id, seq, status, attempts, author, agent_id, kind, external_id, body, epoch, delivery)`

/**
 * Writes an open conversation back, with all that was appended, in the round trip of the COMMIT.
 * On a channel that we must call, what is not the newcomer's own is left `pending`: the log is the
 * outbox.
 */
export function saveConversation(tx: Transaction, conversation: OpenConversation, now: Date): void {
  const c = conversation
  tx.later({
    name: 'conversation-save',
    text: SAVE,
    values: [
      c.id,
      c.language,
      c.mode,
      c.epoch,
      c.seq,
      c.state === null ? null : c.key.seal(statePlace(c.id), c.state),
      c.holder?.id ?? null,
      c.agentId ?? null,
      c.newcomerId ?? null,
      c.burst.startedAt,
      c.burst.count,
      c.newcomerWroteAt ?? null,
      c.agentReadSeq,
      now,
    ],
  })
  if (c.appended.length === 0) return
  const column = <T>(of: (message: Appended) => T): T[] => c.appended.map(of)
  tx.later({
    name: 'messages-insert',
    text: INSERT,
    values: [
      c.id,
      c.channel,
      now,
      column((m) => m.id),
      column((m) => m.seq),
      column((m) => m.status ?? 'done'),
      column((m) => m.attempts ?? 1),
      column((m) => m.author),
      column((m) => m.agentId ?? null),
      column((m) => m.kind ?? 'message'),
      column((m) => m.externalId ?? null),
      column((m) => c.key.seal(bodyPlace(m.id), m.body)),
      column((m) => m.epoch),
      column((m) => (isOutbound(c.channel) && m.author !== 'newcomer' && m.kind !== 'event' ? 'pending' : 'none')),
    ],
  })
}
