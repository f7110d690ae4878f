import { expect } from 'chai'
import { chooseLanguage, directionOf, nativeName, speech } from '../../web/text.ts'

describe('what the pages say', () => {
  const fr = speech('fr', {
    chat: {
      hello: 'Bonjour {{name}}',
      left_one: 'reste {{count}}',
      left_other: 'restent {{count}}',
      group: { deep: 'profond' },
    },
  })

  it('finds a sentence by file and path, and fills it', () => {
    expect(fr.say('chat:hello', { name: 'Léa' })).to.equal('Bonjour Léa')
    expect(fr.say('chat:group.deep')).to.equal('profond')
  })

  it('chooses the plural of the language', () => {
    expect([0, 1, 2].map((count) => fr.say('chat:left', { count }))).to.deep.equal(['reste 0', 'reste 1', 'restent 2'])
  })

  it('shows a missing key as itself and looks nothing up outside the file', () => {
    expect(fr.say('chat:nothing')).to.equal('chat:nothing')
    expect(fr.lookup('chat:group')).to.equal(null)
    expect(fr.lookup('chat:constructor.name')).to.equal(null)
  })

  it('takes the first wish it can satisfy, else the reference language', () => {
    expect(chooseLanguage(['fr', 'en'], [null, 'en-CA'])).to.equal('en')
    expect(chooseLanguage(['fr', 'en'], ['xx', 'fr-FR', 'en'])).to.equal('fr')
    expect(chooseLanguage(['fr', 'en'], ['de'])).to.equal('fr')
  })

  it('knows the direction and the own name of languages', () => {
    expect(['fr', 'ar', 'fa-AF', 'ht'].map(directionOf)).to.deep.equal(['ltr', 'rtl', 'rtl', 'ltr'])
    expect(['fr', 'en', 'es'].map(nativeName)).to.deep.equal(['Français', 'English', 'Español'])
  })
})
