import type { Transaction } from '../platform/database.ts'
import { answered, type AnsweredLanguage } from './load.ts'

/** An answer of the content that may be the one asked for. */
export interface Found {
  /** Its id in `content/answers.json`. */
  id: string
  /** How well the question's telling words fit, from 0; 2 is the very words of the content. */
  score: number
}

/** What of a question is looked at. */
const LONGEST = 300
/** A word that nobody asks with is taken for the most alike one from here on: typing is forgiven. */
const ALIKE_WORD = 0.4
/** Words that are taken for mistyped ones; a longer story has others to be found by. */
const MOST_MISTYPED = 6
/** A question is a story too: so many of its rarest known words are what it is about. */
const TELLING_WORDS = 3
/** How much its words together count, and how much the one way of asking that is nearest. */
const BY_WORDS = 0.7
const BY_PHRASING = 0.3

const FIND = `
  with asked as (
    select distinct lexeme from unnest(tsvector_to_array(to_tsvector($2::regconfig, $3))) as lexeme
  ), exact as (
    select l.lexeme, 1::real as alike, l.weight
      from asked a join answer_lexemes l on l.language = $1 and l.lexeme = a.lexeme
  ), mistyped as (
    select lexeme from asked where length(lexeme) > 3 and lexeme not in (select lexeme from exact) limit ${MOST_MISTYPED}
  ), known as (
    select lexeme, max(alike) as alike, max(weight) as weight from (
      select * from exact
      union all
      select near.lexeme, near.alike, near.weight
        from mistyped a cross join lateral (
          select l.lexeme, similarity(l.lexeme, a.lexeme) as alike, l.weight
            from answer_lexemes l
           where l.language = $1 and l.lexeme % a.lexeme
           order by alike desc limit 1) near
       where near.alike >= ${ALIKE_WORD}) as each
     group by lexeme
  ), telling as (
    select nullif(sum(weight), 0) as weight from (select weight from known order by weight desc limit ${TELLING_WORDS}) as t
  ), by_words as (
    select w.answer_id, least(1.5, sum(k.alike * w.weight) / max(telling.weight)) as score
      from known k join answer_words w on w.language = $1 and w.lexeme = k.lexeme, telling
     group by w.answer_id order by score desc limit 12
  )
  select b.answer_id as id,
         case when bool_or(p.phrasing = lower(unaccent($3))) then 2
              else ${BY_WORDS} * max(b.score) + ${BY_PHRASING} * coalesce(max(
                (select sum(k.alike * k.weight) from known k where k.lexeme = any(p.lexemes))
                / sqrt((select weight from telling) * p.weight)), 0)
         end as score
    from by_words b join answer_phrasings p on p.language = $1 and p.answer_id = b.answer_id
   group by b.answer_id
   order by score desc
   limit $4`

/**
 * The answers of the content nearest to a question, the nearest first: by the rarity of the words that
 * both have, the nearest word standing for a mistyped one. Some milliseconds.
 */
export async function nearestAnswers(
  tx: Pick<Transaction, 'named'>,
  language: string,
  question: string,
  limit = 3,
): Promise<Found[]> {
  if (!(language in answered)) return []
  const text = question.normalize('NFC').slice(0, LONGEST)
  const rows = await tx.named<{ id: string; score: number }>('answers-find', FIND, [
    language,
    answered[language as AnsweredLanguage],
    text,
    limit,
  ])
  return rows.map(({ id, score }) => ({ id, score: Number(score) }))
}
