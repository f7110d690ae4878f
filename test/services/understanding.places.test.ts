import { expect } from 'chai'
import { openCatalogue } from '../../services/catalogue/index.ts'
import { regionReader, wordsOf } from '../../services/understanding/index.ts'

const regionNamed = regionReader((await openCatalogue()).regions())

describe('the region that words name', () => {
  const table: readonly [string, string | null][] = [
    ['on est à Rimouski', '01'],
    ['Québec', '03'],
    ['we live in Quebec City', '03'],
    ['dans la ville de Québec', '03'],
    ['je vis au Québec', null],
    ['we came to Quebec in May', null],
    ['dans le Nord-du-Québec', '10'],
    ['au Québec, à Laval', '13'],
    ['English please', null],
  ]
  for (const [text, code] of table) it(`${text} → ${code}`, () => expect(regionNamed(wordsOf(text))).to.equal(code))
})
