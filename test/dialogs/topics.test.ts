import { expect } from 'chai'
import { render } from '../../dialogs/kit/render.ts'
import { pressedTopic, sayAbout, topicSays } from '../../dialogs/topics.ts'
import { openCatalogue } from '../../services/catalogue/index.ts'
import { wordsOf, type Sentence } from '../../services/understanding/index.ts'

describe('a sentence about a subject', () => {
  const read = (intent: Sentence['intent'], next: Sentence['intent'], confidence: number): Sentence => ({
    intent,
    next,
    confidence,
    danger: false,
    surelyDanger: false,
  })
  const said = async (sentence: Sentence, language: 'fr' | 'en' = 'en') => {
    const say = topicSays(sentence, (await openCatalogue()).answers(), language)
    return say === null ? null : render(say, language)
  }

  it('is told what can be done about it, with questions that the content answers', async () => {
    const { answers } = { answers: (await openCatalogue()).answers() }
    for (const topic of ['french', 'work', 'arrival', 'privacy'] as const) {
      const { text, choices } = render(sayAbout(topic, answers, 'fr'), 'fr')
      expect(text.length, topic).to.be.within(40, 220)
      expect(choices.length, topic).to.be.within(2, 4)
      expect(answers.some(({ fr }) => fr.question === choices[0]?.title)).to.equal(true)
      expect(choices.at(-1)?.title).to.equal('Parler à une personne')
    }
  })

  it('is asked about with the two likeliest when it is not sure, and each can be pressed', async () => {
    const asked = await said(read('french', 'appointment', 0.48))
    expect(asked?.text).to.match(/talk about French classes, or about an appointment/)
    expect(asked?.choices.map(({ title }) => title)).to.deep.equal([
      'French classes',
      'An appointment',
      'Talk to a person',
    ])
    expect(pressedTopic(wordsOf('An appointment'))).to.equal('appointment')
    expect(pressedTopic(wordsOf('Le travail'))).to.equal('work')
    expect(pressedTopic(wordsOf('le travail est dur'))).to.equal(undefined)
  })

  it('is asked about alone when nothing else is near; what is no subject is left alone', async () => {
    expect((await said(read('work', 'other', 0.4)))?.choices.map(({ title }) => title)).to.deep.equal([
      'Work',
      'Talk to a person',
    ])
    expect(await said(read('other', 'work', 0.4))).to.equal(null)
  })
})
