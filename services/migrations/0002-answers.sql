-- Questions are answered from `content/answers.json`, found by their words and by likeness; what finds no answer is noted.

comment on table data_keys is 'A key a person or conversation. To delete the row is to erase what it sealed here; a backup taken before holds the row still.';

-- Words without accents, then their stems: people write neither all accents nor one form.
create text search configuration parcours_fr (copy = french);
alter text search configuration parcours_fr alter mapping for hword, hword_part, word with unaccent, french_stem;
create text search configuration parcours_en (copy = english);
alter text search configuration parcours_en alter mapping for hword, hword_part, word with unaccent, english_stem;

create table answer_phrasings (
  answer_id text not null,
  language text not null,
  position smallint not null,
  phrasing text not null,
  lexemes text[] not null,
  weight real,
  primary key (language, answer_id, position)
);
comment on table answer_phrasings is 'The ways in which each answered question is asked; made from content/answers.json at start.';
comment on column answer_phrasings.weight is 'What its words weigh together.';

create table answer_lexemes (
  language text not null,
  lexeme text not null,
  weight real not null,
  primary key (language, lexeme)
);
create index on answer_lexemes using gin (lexeme gin_trgm_ops);
comment on column answer_lexemes.weight is 'How rare the word is among the answers: ln(1 + answers / those that have it).';

create table answer_words (
  language text not null,
  lexeme text not null,
  answer_id text not null,
  weight real not null,
  primary key (language, lexeme, answer_id)
);
comment on column answer_words.weight is 'What the word says for the answer: its rarity, the more the oftener the question is asked with it, at most once.';

create table answer_sets (
  language text primary key,
  digest text not null
);
comment on table answer_sets is 'Of which content the phrasings were made, so that a start makes them again only when it has changed.';

create table unanswered_questions (
  conversation_id text not null references conversations (id) on delete cascade,
  seq integer not null,
  language text not null,
  asked_at timestamptz not null,
  primary key (conversation_id, seq)
);
create index on unanswered_questions (asked_at);
comment on table unanswered_questions is 'Questions that no content answers, by their place in the log: the words stay sealed there.';
