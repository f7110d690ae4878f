import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { AnswerContent } from '../catalogue/index.ts'
import type { Database } from '../platform/database.ts'

/** Languages in which questions are answered, and how their words are stemmed. */
export const answered = { fr: 'parcours_fr', en: 'parcours_en' } as const
export type AnsweredLanguage = keyof typeof answered

/** What a word of the answer counts beside one that the question is asked with. */
const IN_THE_ANSWER = 0.6

/** One node loads, the others wait and find it done. */
const LOCK = 7_201_909

/**
 * Makes the tables that answers are looked for in, from the content; nothing is done when they are made
 * of this content already. Some hundred milliseconds, once a release.
 */
export async function loadAnswers(database: Database, answers: readonly AnswerContent[]): Promise<void> {
  const digest = createHash('sha256').update(JSON.stringify(answers)).digest('hex')
  const isLoaded = async (db: Database['db']): Promise<boolean> =>
    (await db.selectFrom('answer_sets').select('language').where('digest', '=', digest).execute()).length ===
    Object.keys(answered).length
  if (await isLoaded(database.db)) return
  await database.transaction(async ({ db }) => {
    await sql`select pg_advisory_xact_lock(${LOCK})`.execute(db)
    if (await isLoaded(db)) return
    await db.deleteFrom('answer_phrasings').execute()
    await db.deleteFrom('answer_words').execute()
    await db.deleteFrom('answer_lexemes').execute()
    await db.deleteFrom('answer_sets').execute()
    for (const [language, config] of Object.entries(answered))
      await loadOne(db, language as AnsweredLanguage, config, answers)
    await db
      .insertInto('answer_sets')
      .values(Object.keys(answered).map((language) => ({ language, digest })))
      .execute()
  })
}

async function loadOne(
  db: Database['db'],
  language: AnsweredLanguage,
  config: string,
  answers: readonly AnswerContent[],
): Promise<void> {
  const rows = answers.flatMap(({ id, [language]: { question, alsoAsked } }) =>
    [question, ...alsoAsked].map((phrasing, position) => ({ id, position, phrasing })),
  )
  await sql`
    insert into answer_phrasings (answer_id, language, position, phrasing, lexemes)
    select id, ${language}, position, lower(unaccent(phrasing)), tsvector_to_array(to_tsvector(${config}::regconfig, phrasing))
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as t (id text, position smallint, phrasing text)`.execute(
    db,
  )
  const texts = answers.map(({ id, [language]: { answer } }) => ({ id, answer }))
  // How often an answer is asked for with a word; a word of the answer itself counts a little.
  const counted = sql`(
    select answer_id, lexeme, sum(times)::real as times from (
      select answer_id, unnest(lexemes) as lexeme, 1::real as times from answer_phrasings where language = ${language}
      union all
      select id, unnest(tsvector_to_array(to_tsvector(${config}::regconfig, answer))), ${IN_THE_ANSWER}::real
        from jsonb_to_recordset(${JSON.stringify(texts)}::jsonb) as t (id text, answer text)
    ) as each group by answer_id, lexeme)`
  await sql`
    insert into answer_lexemes (language, lexeme, weight)
    select ${language}, lexeme, ln(1 + ${answers.length}::real / count(*)) from ${counted} as c group by lexeme`.execute(
    db,
  )
  await sql`
    insert into answer_words (language, lexeme, answer_id, weight)
    select ${language}, c.lexeme, c.answer_id, l.weight * least(1, 1.28 * c.times / (c.times + 0.6))
      from ${counted} as c join answer_lexemes l on l.language = ${language} and l.lexeme = c.lexeme`.execute(db)
  await sql`
    update answer_phrasings p set weight = nullif(
             (select sum(l.weight) from answer_lexemes l where l.language = ${language} and l.lexeme = any(p.lexemes)), 0)
     where p.language = ${language}`.execute(db)
}
