import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { readability } from '../../commands/words/readability.ts'

describe('npm run words', () => {
  it('counts words and sentences, and finds long words harder', () => {
    expect(readability('Oui. Merci beaucoup, Amina !', 'fr')).to.include({ words: 4, longest: 3 })
    expect(readability('{{name}} arrive demain.', 'fr').words).to.equal(3)
    expect(readability('', 'fr')).to.deep.equal({ words: 0, longest: 0, ease: 100 })
    const plain = readability('The cat sat on the mat.', 'en').ease
    expect(plain).to.be.within(105, 125)
    expect(
      readability('Institutional accommodation necessitates administrative authorization.', 'en').ease,
    ).to.be.below(0)
    expect(
      readability('La réglementation administrative nécessite une autorisation institutionnelle.', 'fr').ease,
    ).to.be.below(30)
    expect(readability('Le chat est sur le lit.', 'fr').ease).to.be.above(90)
  })

  it('prints each language, the hardest texts first', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['commands/words.ts', '--worst', '3'])
    for (const lang of ['fr', 'en']) expect(stdout).to.match(new RegExp(`^${lang}: \\d+ texts`, 'm'))
    const eases = [...stdout.matchAll(/ease (-?\d+),/g)].map(([, ease]) => Number(ease))
    expect(eases).to.have.lengthOf(6)
    expect(eases.slice(0, 3)).to.deep.equal(eases.slice(0, 3).toSorted((a, b) => a - b))
  })
})
