import { expect } from 'chai'
import { linkify } from '../../web/conversation/linkify.ts'

const links = (text: string): string[] =>
  linkify(text).flatMap((part) => ('href' in part ? [`${part.text} → ${part.href}`] : []))

describe('links in messages', () => {
  const cases: [text: string, ...links: string[]][] = [
    ['Appelez le 911.', '911 → tel:911'],
    ['911 ou 811, jour et nuit', '911 → tel:911', '811 → tel:811'],
    ['En danger maintenant : 911', '911 → tel:911'],
    ['1 866 277-3553', '1 866 277-3553 → tel:+18662773553'],
    ['SOS violence conjugale : 1 800 363-9010.', '1 800 363-9010 → tel:+18003639010'],
    ['1\u00a0866\u00a0277\u20113553', '1\u00a0866\u00a0277\u20113553 → tel:+18662773553'],
    ['(514) 873-9999 ou 514-873-9999', '(514) 873-9999 → tel:+15148739999', '514-873-9999 → tel:+15148739999'],
    ['+33 6 12 34 56 78', '+33 6 12 34 56 78 → tel:+33612345678'],
    [
      'Voir https://www.quebec.ca/immigration.',
      'https://www.quebec.ca/immigration → https://www.quebec.ca/immigration',
    ],
    [
      '(https://fr.wikipedia.org/wiki/Lac_(Québec))',
      'https://fr.wikipedia.org/wiki/Lac_(Québec)) → https://fr.wikipedia.org/wiki/Lac_(Qu%C3%A9bec))',
    ],
    ['(voir https://quebec.ca)', 'https://quebec.ca → https://quebec.ca/'],
    ['écrivez à info@parcours.example, merci', 'info@parcours.example → mailto:info@parcours.example'],
    // What is not a link.
    ['http://quebec.ca'],
    ['javascript:alert(1) data:text/html,x ftp://a.example'],
    ['https://quebec.ca@evil.example/'],
    ['le 12 911 rue X, 9112 et 1911, 9,11'],
    ['dossier 18662773553'],
    ['911 $ et 811,50'],
    ['1 234 567 890 123'],
    ['<b>gras</b> & <script>'],
    [''],
  ]
  for (const [text, ...expected] of cases) {
    it(`${JSON.stringify(text)} has ${expected.length}`, () => {
      expect(links(text)).to.deep.equal(expected)
      expect(
        linkify(text)
          .map((part) => part.text)
          .join(''),
      ).to.equal(text)
    })
  }

  it('takes a time that grows with the text and no faster', () => {
    for (const piece of ['a', '1 ', '+1 ', 'a.', 'a@', 'a@a.', 'https://', '(', '514 ', '+1 (1) ', '911']) {
      const text = piece.repeat(4_000).slice(0, 16_000)
      const started = performance.now()
      linkify(text)
      expect(performance.now() - started, piece).to.be.lessThan(150)
    }
  })
})
