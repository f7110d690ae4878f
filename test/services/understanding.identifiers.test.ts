import { expect } from 'chai'
import fc from 'fast-check'
import { identifiersIn, masked } from '../../services/understanding/identifiers.ts'

/** Each with what is left of it when it is masked. */
function hides(title: string, rows: Readonly<Record<string, string>>): void {
  describe(title, () => {
    for (const [text, left] of Object.entries(rows)) it(text, () => expect(masked(text)).to.equal(left))
  })
}
function leaves(title: string, texts: readonly string[]): void {
  describe(title, () => {
    for (const text of texts) it(text, () => expect(identifiersIn(text)).to.deep.equal([]))
  })
}

hides('a social insurance number', {
  '046 454 286': '••• ••• •••',
  '130692544': '•••••••••',
  '130-692-544 et 2 enfants': '•••-•••-••• et 2 enfants',
  '130 692 544 2 enfants': '••• ••• ••• 2 enfants',
  '١٣٠٦٩٢٥٤٤': '•••••••••',
  'mon NAS est le 123456789': 'mon NAS est le •••••••••',
  'SIN: 123-456-789': 'SIN: •••-•••-•••',
  'N.A.S. 123456789': 'N.A.S. •••••••••',
  'my social insurance number is 123 456 789 thanks': 'my social insurance number is ••• ••• ••• thanks',
  'numéro d’assurance sociale : 12 34 56 789': 'numéro d’assurance sociale : •• •• •• •••',
})
hides('a payment card', {
  '4111 1111 1111 1111': '•••• •••• •••• ••••',
  'visa 4111111111111111 12/27': 'visa •••••••••••••••• 12/27',
  '4111 1111 1111 1111 12 27 123': '•••• •••• •••• •••• 12 27 123',
  '3782 822463 10005': '•••• •••••• •••••',
  '5555-5555-5555-4444': '••••-••••-••••-••••',
})
hides('a passport, after its word', {
  'passeport AB123456': 'passeport ••••••••',
  'mon passeport est le 12AB34567': 'mon passeport est le •••••••••',
  'passport no. A1234567': 'passport no. ••••••••',
  'passeport algérien n° 123456789': 'passeport algérien n° •••••••••',
  'passport: AB 123456': 'passport: •• ••••••',
})

leaves('telephones', [
  '+514 555 0123',
  '514 555 0123',
  '(514) 555-0123',
  '5145550123',
  '+33 6 12 34 56 78',
  '+221 701234567',
  '06 12 34 56 78',
  'whatsapp 046 454 286',
  'mon tél : 046454286',
  '+4915123456789',
  '514 555 0143 438 555 0117',
  'passeport 514 555 0123',
])
leaves('days, files and postal codes', [
  '2027-03-12',
  '12/03/2027',
  'le 12 03 2027',
  'dossier 12345678',
  'UCI 1234567890',
  '11-2345-6789',
  'passport and my file number is 12345678',
  'passport expires 2027-03-12',
  'passport 20270312',
  'H2X 1Y4',
  'A1234567',
])
leaves('numbers that do not agree with their check digit', ['my number is 123456789', '4111 1111 1111 1112'])
leaves('the Spanish “sin”, an ananas', ['sin trabajo 123456789', 'ananas 123456789'])

describe('identifiers', () => {
  it('tell which they are, and where', () => {
    expect(identifiersIn('NAS 130692544, carte 4111111111111111, passeport AB123456')).to.deep.equal([
      { kind: 'sin', start: 4, end: 13 },
      { kind: 'card', start: 21, end: 37 },
      { kind: 'passport', start: 49, end: 57 },
    ])
  })

  it('are apart and in order, and a masked text has none and its own length', () => {
    const words = fc.constantFrom(
      'NAS ',
      'passport ',
      '130692544',
      '4111111111111111',
      'AB123456',
      ' ',
      '-',
      '1',
      '٣',
      'é',
      '😀',
    )
    fc.assert(
      fc.property(fc.array(words, { maxLength: 30 }), (said) => {
        const text = said.join('')
        const found = identifiersIn(text)
        expect(found.every((one, i) => one.start < one.end && one.start >= (found[i - 1]?.end ?? 0))).to.equal(true)
        expect(masked(text)).to.have.length(text.length)
        expect(identifiersIn(masked(text))).to.deep.equal([])
      }),
    )
  })

  it('take a time in proportion to the text', () => {
    const millis = (unit: string): number => {
      const started = performance.now()
      identifiersIn(unit.repeat(20_000 / unit.length))
      return performance.now() - started
    }
    for (const unit of ['1', '1 ', '4111 ', 'passport ', 'passport no ', 'nas no ', ' ']) {
      millis(unit)
      expect(millis(unit), unit).to.be.below(150)
    }
  })
})
