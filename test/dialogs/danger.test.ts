import { expect } from 'chai'
import { dangerSays } from '../../dialogs/danger.ts'
import { freeTalk } from '../../dialogs/freeTalk.ts'
import { render } from '../../dialogs/kit/render.ts'
import { openCatalogue } from '../../services/catalogue/index.ts'
import { languages } from '../../services/locales/index.ts'
import { ruleReader } from '../../services/understanding/index.ts'
import { Temporal } from 'temporal-polyfill'

const helpLines = (await openCatalogue()).helpLines()

describe('what is said in danger', () => {
  const spoken = (says: ReturnType<typeof dangerSays>, lang: string) => says.map((say) => render(say, lang))

  for (const lang of languages) {
    it(`gives the numbers first, each on its line, then one sentence (${lang})`, () => {
      const [numbers, sentence, safe] = spoken(dangerSays(['violence'], null, helpLines), lang)
      const lines = numbers?.text.split('\n') ?? []
      expect(lines[0]).to.match(/911$/)
      expect(lines.join('\n')).to.match(/1 800 363-9010/)
      for (const line of lines) expect(line).to.match(/\d{3}/)
      expect(numbers?.text).to.not.match(/\?/)
      expect(sentence?.text).to.not.match(/\d{3}/)
      expect(safe?.choices.map(({ value }) => value)).to.deep.equal(['yes', 'no', 'quickExit'])
    })

    it(`can say every situation in words (${lang})`, () => {
      for (const situation of Object.keys(helpLines.situations) as (keyof typeof helpLines.situations)[])
        for (const region of [null, '06'])
          for (const { text } of spoken(dangerSays([situation], region, helpLines), lang)) expect(text).to.not.equal('')
    })
  }

  it('gives the number of the region when it is known, and asks for the city only after the others', () => {
    expect(spoken(dangerSays(['childInDanger'], '06', helpLines), 'fr')[0]?.text).to.match(/514 896-3100/)
    const unplaced = dangerSays(['childInDanger'], null, helpLines)
    expect(unplaced.map(({ key }) => key)).to.deep.equal([
      'interruptions:danger.lines',
      'interruptions:danger.after.childInDanger',
      'interruptions:danger.whichRegion',
    ])
  })

  it('shows each line once for several situations, by the most urgent', () => {
    const [numbers, after] = dangerSays(['suicide', 'violence'], null, helpLines)
    const text = render(numbers ?? { key: '' }, 'fr').text
    expect(text.match(/911$/gm)).to.have.length(1)
    expect(text.indexOf('277-3553')).to.be.below(text.indexOf('363-9010'))
    expect(text.indexOf('277-3553'), 'despair is answered by its own line first').to.be.below(text.search(/911$/m))
    expect(after?.key).to.equal('interruptions:danger.after.suicide')
  })
})

describe('a message when no dialog is open', () => {
  const read = ruleReader()
  const hear = (text: string) => read(text, { now: Temporal.Instant.from('2026-11-25T15:00:00Z') })
  const file = new Map([['consent', true]])

  const table: readonly [string, ReadonlyMap<string, unknown>, boolean, unknown][] = [
    ['Continuer mon dossier', file, false, { begin: 'onboarding', from: 'preferredName' }],
    ['continue', new Map(), false, { begin: 'onboarding', from: 'consent' }],
    ['Ouvrir un dossier', new Map(), false, { begin: 'onboarding', from: 'consent' }],
    ['Change an answer', file, true, { begin: 'onboarding', from: 'review' }],
    ['recommencer', file, true, { begin: 'onboarding' }],
  ]
  for (const [text, known, onboarded, expected] of table)
    it(`${text} → ${JSON.stringify(expected)}`, () =>
      expect(freeTalk(hear(text), { file: known, onboarded })).to.deep.equal(expected))

  it('says what it can do, with a person among the buttons that the interruptions understand', () => {
    for (const lang of languages)
      for (const [known, onboarded] of [
        [new Map(), false],
        [file, false],
        [file, true],
      ] as const) {
        const answer = freeTalk(hear('combien coûte un loyer ?'), { file: known, onboarded })
        const { choices } = 'unless' in answer ? render(answer.unless, lang) : { choices: [] }
        expect(hear(choices.at(-1)?.title ?? '').intents.has('human'), lang).to.equal(true)
      }
  })
})
