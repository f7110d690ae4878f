import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { readPhrases } from '../../services/understanding/phrases.ts'
import { digestOfExamples, readExamples } from '../../services/understanding/sentence/examples.ts'
import { classify } from '../../services/understanding/sentence/classifier.ts'
import { sentenceIntents } from '../../services/understanding/sentence/intents.ts'
import { packModel, unpackModel } from '../../services/understanding/sentence/modelFile.ts'
import { combine, MODEL_FILE, sentenceReader } from '../../services/understanding/sentence/reader.ts'
import { train, TRAINING } from '../../services/understanding/sentence/training.ts'
import { readRows } from '../../commands/understand/rows.ts'
import { accuracy, dangerFigures, type Judged } from '../../commands/understand/score.ts'

const SMALL = [
  { text: 'je cherche du travail', label: 'work' },
  { text: 'un emploi de soudeur', label: 'work' },
  { text: 'un cours de français', label: 'french' },
  { text: 'apprendre le français le soir', label: 'french' },
  { text: 'il me frappe', label: 'danger' },
  { text: 'mon mari me frappe et me menace', label: 'danger' },
]

describe('the model of sentences', () => {
  it('is made from the sentences that are there: run npm run understand:train after changing them', () => {
    expect(unpackModel(readFileSync(MODEL_FILE)).header.trainedOn).to.equal(digestOfExamples())
  })

  it('is the same each time it is made, and says the same once it is packed', () => {
    const settings = { ...TRAINING, bits: 12 }
    const [one, other] = [train(SMALL, sentenceIntents, settings), train(SMALL, sentenceIntents, settings)]
    const made = { trainedOn: 'x', dangerFrom: 0.5 }
    expect(packModel(one, made).equals(packModel(other, made))).to.equal(true)
    const { model } = unpackModel(packModel(one, made))
    for (const { text, label } of SMALL) {
      const scores = classify(text, model)
      expect(scores[label], text).to.equal(Math.max(...Object.values(scores)))
      expect(scores[label]).to.be.closeTo(classify(text, one)[label] ?? 0, 0.02)
    }
    expect(() => unpackModel(packModel(one, made).subarray(0, -1))).to.throw('cut short')
  })

  it('takes what a rule says for sure, and danger from either', () => {
    const read = combine(train(SMALL, sentenceIntents, { ...TRAINING, bits: 12 }), 0.5, [...readPhrases().values()])
    expect(read('STOP')).to.include({ intent: 'stop', confidence: 1, danger: false })
    expect(read('je veux mourir')).to.include({ intent: 'danger', danger: true })
    expect(read('il frappe et menace')).to.include({ intent: 'danger', danger: true })
    expect(read('')).to.include({ danger: false })
  })

  it('reads the longest message in little time', () => {
    const read = sentenceReader()
    for (const unit of ['a', 'mon mari ', '😀', '我', '. '])
      for (let round = 0; round < 3; round += 1) {
        const started = performance.now()
        read(unit.repeat(4_000 / unit.length))
        if (round === 2) expect(performance.now() - started, unit).to.be.below(60)
      }
  })

  it('has sentences of every intent in French and English, and danger in eight languages', () => {
    const all = readExamples()
    const has = (language: string, label: string) =>
      all.some((one) => one.file.startsWith(language) && one.label === label)
    for (const intent of sentenceIntents)
      for (const lang of ['fr', 'en']) expect(has(lang, intent), intent).to.equal(true)
    for (const lang of ['fr', 'en', 'es', 'ar', 'pt', 'zh-Hans', 'ht', 'uk'])
      expect(has(lang, 'danger'), lang).to.equal(true)
  })
})

describe('sentences that nobody tuned to', () => {
  const read = sentenceReader()
  const judge = (file: string): Judged[] =>
    readRows(`test/understanding/heldApart/${file}`, ['language', 'utterance', 'intent']).map(
      ({ language, utterance: text, intent: expected }) => {
        const { intent } = read(text)
        return { language, text, expected, read: intent, right: intent === expected }
      },
    )

  it('are read as well as they were when the model was made', () => {
    const judged = judge('intents.tsv')
    const { overall } = accuracy(judged)
    const { dangerRecall, dangerFalseAlarms } = dangerFigures(judged)
    expect(judged).to.have.lengthOf(958)
    expect(overall).to.be.at.least(0.82)
    expect(dangerRecall).to.be.at.least(0.96)
    expect(dangerFalseAlarms).to.be.at.most(0.09)
  })

  it('and danger in each of the eight languages', () => {
    const judged = judge('danger.tsv')
    expect(judged).to.have.lengthOf(520)
    for (const language of ['fr', 'en', 'es', 'ar', 'pt', 'zh-Hans', 'ht', 'uk'])
      expect(dangerFigures(judged.filter((one) => one.language === language)).dangerRecall, language).to.be.at.least(
        0.9,
      )
  })
})
