-- The spine: people, conversations, the one message log, hand-offs, agents.
-- What is sealed (bytea named *_sealed) is AES-256-GCM under the row's data key; see services/platform/keys.ts.

create extension if not exists pg_trgm;
create extension if not exists unaccent;
create extension if not exists btree_gist;

create table data_keys (
  id text primary key,
  wrapped bytea not null,
  created_at timestamptz not null default now()
);
comment on table data_keys is 'A key a person or conversation. To delete the row is to erase what it sealed, in backups too.';

create table newcomers (
  id text primary key,
  data_key_id text not null references data_keys (id),
  language text not null,
  region text,
  created_at timestamptz not null default now()
);

create table consents (
  id bigint generated always as identity primary key,
  newcomer_id text not null references newcomers (id) on delete cascade,
  purpose text not null,
  given boolean not null,
  -- which words were shown: locale key, language and where the answer is in the log
  words_key text not null,
  language text not null,
  conversation_id text not null,
  seq integer not null,
  recorded_at timestamptz not null default now()
);
create index on consents (newcomer_id, purpose, id desc);

create table file_answers (
  newcomer_id text not null references newcomers (id) on delete cascade,
  name text not null,
  value_sealed bytea not null,
  -- origin: who said it, where
  origin_author text not null check (origin_author in ('newcomer', 'agent', 'bot')),
  origin_dialog text not null,
  conversation_id text not null,
  seq integer not null,
  answered_at timestamptz not null default now(),
  primary key (newcomer_id, name)
);

create table agents (
  id text primary key,
  name text not null,
  role text not null check (role in ('agent', 'supervisor', 'administrator')),
  languages text[] not null default '{fr}',
  region text,
  active boolean not null default true,
  created_at timestamptz not null default now(),
  created_by text references agents (id),
  -- the page's own mark of the invitation: what tells a second copy
  invited_as text,
  unique (created_by, invited_as)
);

create table sign_in_links (
  token_digest bytea primary key,
  agent_id text not null references agents (id) on delete cascade,
  -- who made it; null: the console. A link that was used is kept, so that an entry can be traced
  made_by text references agents (id),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index on sign_in_links (agent_id);

create table agent_sessions (
  token_digest bytea primary key,
  id text not null unique,
  agent_id text not null references agents (id) on delete cascade,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index on agent_sessions (agent_id);

-- A desk that is open: one row a live socket, renewed by its node. Presence is a query over it.
create table desks (
  id text primary key,
  agent_id text not null references agents (id) on delete cascade,
  session_id text not null,
  seen_at timestamptz not null default now()
);
create index on desks (agent_id, seen_at);

create table conversations (
  id text primary key,
  channel text not null,
  -- the person's address on the channel, as a blind index; on the web the random user id of the token
  contact_index bytea not null,
  user_id text not null,
  data_key_id text not null references data_keys (id),
  newcomer_id text references newcomers (id),
  language text not null,
  mode text not null default 'bot' check (mode in ('bot', 'waiting', 'human')),
  epoch integer not null default 0,
  seq integer not null default 0,
  state_sealed bytea,
  -- who holds it now (mode human), and who accompanies the person from then on
  held_by text references agents (id),
  agent_id text references agents (id),
  burst_started_at timestamptz not null default now(),
  burst_count integer not null default 0,
  newcomer_wrote_at timestamptz,
  newcomer_read_seq integer not null default 0,
  agent_read_seq integer not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check ((mode = 'human') = (held_by is not null)),
  unique (channel, contact_index)
);
create index on conversations (held_by) where held_by is not null;
create index on conversations (agent_id) where agent_id is not null;
create index on conversations (newcomer_id);

create table messages (
  -- order of arrival; a row `received` from a webhook has it before it has a seq
  arrival bigint generated always as identity,
  id text primary key,
  conversation_id text not null references conversations (id) on delete cascade,
  seq integer,
  status text not null default 'done' check (status in ('received', 'done', 'failed')),
  attempts integer not null default 0,
  author text not null check (author in ('newcomer', 'bot', 'agent', 'system')),
  agent_id text references agents (id),
  kind text not null check (kind in ('message', 'event')),
  channel text not null,
  external_id text,
  body_sealed bytea not null,
  epoch integer not null,
  delivery text not null default 'none' check (delivery in ('none', 'pending', 'sending', 'sent', 'failed', 'unknown')),
  created_at timestamptz not null default now(),
  unique (conversation_id, seq),
  check ((status = 'received') = (seq is null))
);
create index on messages (conversation_id, arrival) where status = 'received';
-- What tells a second copy. Partial: what we say ourselves has no such mark, and would only fill it.
create unique index messages_external on messages (channel, external_id) where external_id is not null;
create index on messages (delivery, arrival) where delivery in ('pending', 'sending');

create table attachments (
  id text primary key,
  conversation_id text not null references conversations (id) on delete cascade,
  message_id text not null,
  name_sealed bytea not null,
  content_type text not null,
  bytes_sealed bytea not null,
  size integer not null check (size <= 4 * 1024 * 1024),
  created_at timestamptz not null default now()
);
create index on attachments (conversation_id);

create table handoffs (
  id text primary key,
  conversation_id text not null references conversations (id) on delete cascade,
  reason text not null,
  -- 0 danger, 1 urgent, 2 normal
  priority smallint not null check (priority between 0 and 2),
  language text not null,
  region text,
  summary_sealed bytea not null,
  state text not null default 'waiting' check (state in ('waiting', 'taken', 'closed')),
  requested_at timestamptz not null,
  requested_seq integer not null,
  taken_by text references agents (id),
  taken_at timestamptz,
  requeued_at timestamptz,
  closed_at timestamptz,
  closed_how text,
  check ((state = 'taken') = (taken_by is not null and closed_at is null))
);
create unique index handoffs_one_open on handoffs (conversation_id) where state <> 'closed';
create index handoffs_queue on handoffs (priority, requested_at) where state = 'waiting';
create index on handoffs (conversation_id, requested_at desc);

create table notes (
  id text primary key,
  conversation_id text not null references conversations (id) on delete cascade,
  agent_id text not null references agents (id),
  -- the page's own mark: what tells a second copy of the same note
  client_id text not null,
  body_sealed bytea not null,
  created_at timestamptz not null default now(),
  unique (conversation_id, agent_id, client_id)
);
create index on notes (conversation_id, created_at);

-- What must happen later, committed with the turn that asks for it. A job is only its alarm clock.
create table due_times (
  id text primary key,
  kind text not null,
  conversation_id text not null references conversations (id) on delete cascade,
  reference text not null,
  due_at timestamptz not null,
  done_at timestamptz,
  outcome text,
  unique (kind, reference)
);
create index on due_times (due_at) where done_at is null;
create index on due_times (conversation_id);

-- The page's own session: an HttpOnly cookie from which a token is minted again after days.
create table visitor_sessions (
  token_digest bytea primary key,
  conversation_id text not null,
  user_id text not null,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null
);

-- Address limits, shared by the nodes. Lost in a crash of the database, which is what we want of a counter of minutes.
create unlogged table rate_limits (
  key bytea not null,
  started_at timestamptz not null,
  count integer not null,
  primary key (key)
);
