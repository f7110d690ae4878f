-- Channels that we must call: where to write, how each part of a message went, and what a provider told us.

alter table conversations add column address_sealed bytea;
comment on column conversations.address_sealed is 'Where the person is written to on the channel; null where they read the log themselves.';
alter table conversations add column unreachable text;
comment on column conversations.unreachable is 'Why the provider takes nothing for them any more, until they write again.';
alter table conversations add column silent_until timestamptz;
comment on column conversations.silent_until is 'Somebody answers them elsewhere on the channel: until then the assistant only listens.';

-- The log is the outbox (messages.delivery); this is its account, a row a part.
create table deliveries (
  -- our mark: the provider gives it back, in an echo or a status
  id text primary key,
  message_id text not null references messages (id) on delete cascade,
  part smallint not null,
  parts smallint not null check (part < parts),
  conversation_id text not null references conversations (id) on delete cascade,
  -- who sends: rates and pauses are an account's
  account text not null,
  state text not null check (state in ('waiting', 'sending', 'unclear', 'sent', 'delivered', 'read', 'failed', 'unknown')),
  attempts smallint not null default 1,
  -- of an unclear one: how often the provider was asked, and whether it was sent a second time
  looks smallint not null default 0,
  resent boolean not null default false,
  due_at timestamptz not null,
  claimed_at timestamptz not null,
  provider_id text,
  -- the provider's own code of what went wrong last
  code text,
  settled_at timestamptz,
  unique (message_id, part)
);
create unique index deliveries_provider on deliveries (account, provider_id) where provider_id is not null;
create index deliveries_open on deliveries (due_at) where state in ('waiting', 'sending', 'unclear');
create index deliveries_conversation on deliveries (conversation_id, settled_at);
-- Heads of line: the oldest of each conversation that has not left.
create index messages_undelivered on messages (conversation_id, seq) where delivery in ('pending', 'sending');

-- A provider account that must not be called for a while; shared by the nodes.
create table channel_pauses (
  account text primary key,
  until timestamptz not null,
  code text not null
);

-- Who wants no more messages on a channel, by the blind index of their address there: no conversation writes to them.
create table opt_outs (
  channel text not null,
  contact_index bytea not null,
  -- the person's word, or the carrier's refusal
  how text not null check (how in ('word', 'carrier')),
  opted_out_at timestamptz not null default now(),
  primary key (channel, contact_index)
);
