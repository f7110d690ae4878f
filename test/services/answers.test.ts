import { expect } from 'chai'
import { findAnswer, loadAnswers } from '../../services/answers/index.ts'
import { openCatalogue } from '../../services/catalogue/index.ts'
import { openDatabase, type Database } from '../../services/platform/database.ts'
import { openLog } from '../../services/platform/log.ts'
import { readRows } from '../../commands/understand/rows.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

describe('answers from the content', function () {
  this.timeout(30_000)
  let test: TestDatabase
  let database: Database
  const answers = openCatalogue().then((catalogue) => catalogue.answers())
  before(async () => {
    test = await createTestDatabase()
    database = openDatabase(test.connection, openLog('silent'))
  })
  after(async () => {
    await database.close()
    await test.drop()
  })
  const look = async (language: string, question: string) => {
    const all = await answers
    return database.transaction((tx) => findAnswer(tx, all, language, question))
  }

  it('are at least 120 in each language, each with its source and day', async () => {
    const all = await answers
    expect(all.length).to.be.at.least(120)
    for (const { id, source, checkedOn, fr, en } of all) {
      expect(source, id).to.not.equal('')
      expect(checkedOn, id).to.match(/^\d{4}-\d\d-\d\d$/)
      for (const { answer } of [fr, en]) expect(answer.length, id).to.be.within(20, 600)
    }
  })

  it('are found by their own words, without accents, and mistyped', async () => {
    expect((await look('fr', 'Combien coûte l’évaluation comparative ?')).answer?.id).to.equal('eval-cost')
    expect((await look('fr', 'COMBIEN COUTE L EVALUATION COMPARATIVE')).answer?.id).to.equal('eval-cost')
    expect((await look('en', 'how much is the comparativ evaluaton')).answer?.id).to.equal('eval-cost')
  })

  it('are each found by the question they are written under', async () => {
    for (const one of (await answers).filter((_, i) => i % 4 === 0))
      for (const language of ['fr', 'en'] as const)
        expect((await look(language, one[language].question)).answer?.id, one.id).to.equal(one.id)
  })

  it('are none for what nobody has written about', async () => {
    expect(await look('fr', 'zorglub bulgroz flibustier')).to.deep.equal({ answer: null, perhaps: [] })
    expect(await look('fr', '')).to.deep.equal({ answer: null, perhaps: [] })
    expect(await look('fr', "'; drop table answers; --")).to.have.property('answer', null)
  })

  it('are loaded once, and again when the content has changed', async () => {
    const all = await answers
    const count = async () =>
      Number(
        (
          await database.db
            .selectFrom('answer_phrasings')
            .select(({ fn }) => fn.countAll().as('n'))
            .executeTakeFirstOrThrow()
        ).n,
      )
    const before = await count()
    await Promise.all([loadAnswers(database, all), loadAnswers(database, all)])
    expect(await count()).to.equal(before)
    await Promise.all([loadAnswers(database, all.slice(0, 10)), loadAnswers(database, all.slice(0, 10))])
    expect(await count()).to.be.below(before)
    await loadAnswers(database, all)
    expect(await count()).to.equal(before)
  })

  it('to questions that nobody tuned to: right, wrong and silent as measured', async () => {
    let [right, wrong, offered, alarms, none, asked] = [0, 0, 0, 0, 0, 0]
    for (const { language, question, expected } of readRows('test/understanding/heldApart/questions.tsv', [
      'language',
      'question',
      'expected',
    ])) {
      const { answer, perhaps } = await look(language, question)
      const wanted = expected.split('|')
      if (expected === 'none') {
        none += 1
        alarms += Number(answer !== null)
        continue
      }
      asked += 1
      if (answer !== null) wanted.includes(answer.id) ? (right += 1) : (wrong += 1)
      else offered += Number(perhaps.some(({ id }) => wanted.includes(id)))
    }
    console.log(
      `      ${asked} questions: ${right} answered right, ${wrong} wrong, ${offered} offered the right one among three; ${alarms} of ${none} that nothing answers were answered`,
    )
    expect([asked, none]).to.deep.equal([180, 60])
    expect(right + offered).to.be.at.least(90)
    expect(wrong).to.be.at.most(8)
    expect(alarms).to.be.at.most(5)
  })
})
