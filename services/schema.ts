import type { ColumnType, Generated } from 'kysely'

/** The tables as `services/migrations/` make them. What each is for stands there, beside its columns. */
export interface Schema {
  answer_phrasings: {
    answer_id: string
    language: string
    position: number
    phrasing: string
    lexemes: string[]
    weight: number | null
  }
  answer_lexemes: { language: string; lexeme: string; weight: number }
  answer_words: { language: string; lexeme: string; answer_id: string; weight: number }
  answer_sets: { language: string; digest: string }
  unanswered_questions: { conversation_id: string; seq: number; language: string; asked_at: Date }
  data_keys: { id: string; wrapped: Buffer; created_at: Generated<Date> }
  newcomers: {
    id: string
    data_key_id: string
    language: string
    region: string | null
    created_at: Generated<Date>
  }
  consents: {
    id: Generated<string>
    newcomer_id: string
    purpose: string
    given: boolean
    words_key: string
    language: string
    conversation_id: string
    seq: number
    recorded_at: Generated<Date>
  }
  file_answers: {
    newcomer_id: string
    name: string
    value_sealed: Buffer
    origin_author: 'newcomer' | 'agent' | 'bot'
    origin_dialog: string
    conversation_id: string
    seq: number
    answered_at: Generated<Date>
  }
  agents: {
    id: string
    name: string
    role: 'agent' | 'supervisor' | 'administrator'
    languages: Generated<string[]>
    region: string | null
    active: Generated<boolean>
    created_at: Generated<Date>
    created_by: string | null
    invited_as: string | null
  }
  sign_in_links: {
    token_digest: Buffer
    agent_id: string
    made_by: string | null
    created_at: Generated<Date>
    expires_at: Date
    used_at: Date | null
  }
  agent_sessions: {
    token_digest: Buffer
    id: string
    agent_id: string
    created_at: Generated<Date>
    last_seen_at: Generated<Date>
    expires_at: Date
  }
  desks: { id: string; agent_id: string; session_id: string; seen_at: Generated<Date> }
  conversations: {
    id: string
    channel: string
    contact_index: Buffer
    user_id: string
    data_key_id: string
    newcomer_id: string | null
    language: string
    mode: Generated<'bot' | 'waiting' | 'human'>
    epoch: Generated<number>
    seq: Generated<number>
    state_sealed: Buffer | null
    held_by: string | null
    agent_id: string | null
    burst_started_at: Generated<Date>
    burst_count: Generated<number>
    newcomer_wrote_at: Date | null
    address_sealed: Buffer | null
    unreachable: string | null
    silent_until: Date | null
    newcomer_read_seq: Generated<number>
    agent_read_seq: Generated<number>
    created_at: Generated<Date>
    updated_at: Generated<Date>
  }
  messages: {
    arrival: Generated<string>
    id: string
    conversation_id: string
    seq: number | null
    status: ColumnType<MessageStatus, MessageStatus | undefined, MessageStatus>
    attempts: Generated<number>
    author: 'newcomer' | 'bot' | 'agent' | 'system'
    agent_id: string | null
    kind: 'message' | 'event'
    channel: string
    external_id: string | null
    body_sealed: Buffer
    epoch: number
    delivery: Generated<'none' | 'pending' | 'sending' | 'sent' | 'failed' | 'unknown'>
    created_at: Generated<Date>
  }
  attachments: {
    id: string
    conversation_id: string
    message_id: string
    name_sealed: Buffer
    content_type: string
    bytes_sealed: Buffer
    size: number
    created_at: Generated<Date>
  }
  handoffs: {
    id: string
    conversation_id: string
    reason: string
    priority: number
    language: string
    region: string | null
    summary_sealed: Buffer
    state: Generated<'waiting' | 'taken' | 'closed'>
    requested_at: Date
    requested_seq: number
    taken_by: string | null
    taken_at: Date | null
    requeued_at: Date | null
    closed_at: Date | null
    closed_how: string | null
  }
  notes: {
    id: string
    conversation_id: string
    agent_id: string
    client_id: string
    body_sealed: Buffer
    created_at: Generated<Date>
  }
  due_times: {
    id: string
    kind: string
    conversation_id: string
    reference: string
    due_at: Date
    done_at: Date | null
    outcome: string | null
  }
  deliveries: {
    id: string
    message_id: string
    part: number
    parts: number
    conversation_id: string
    account: string
    state: DeliveryState
    attempts: Generated<number>
    looks: Generated<number>
    resent: Generated<boolean>
    due_at: Date
    claimed_at: Date
    provider_id: string | null
    code: string | null
    settled_at: Date | null
  }
  channel_pauses: { account: string; until: Date; code: string }
  opt_outs: { channel: string; contact_index: Buffer; how: 'word' | 'carrier'; opted_out_at: Generated<Date> }
  visitor_sessions: {
    token_digest: Buffer
    conversation_id: string
    user_id: string
    created_at: Generated<Date>
    last_seen_at: Generated<Date>
    expires_at: Date
  }
  rate_limits: { key: Buffer; started_at: Date; count: number }
}

/** See services/delivery/types.ts. */
type DeliveryState = 'waiting' | 'sending' | 'unclear' | 'sent' | 'delivered' | 'read' | 'failed' | 'unknown'
type MessageStatus = 'received' | 'done' | 'failed'
