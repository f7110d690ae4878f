import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import fc from 'fast-check'
import { openKeys, SealBroken } from '../../../services/platform/keys.ts'

describe('keys', () => {
  const keys = openKeys(randomBytes(32))
  const { key, wrapped } = keys.newDataKey('k1')

  it('open what they sealed, through the wrapped key that the database keeps', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const value: unknown = JSON.parse(json)
        expect(keys.unwrap('k1', wrapped).open('t.c:1', key.seal('t.c:1', value))).to.deep.equal(value)
      }),
      { numRuns: 100 },
    )
  })

  it('show nothing of it', () => {
    expect(key.seal('t.c:1', 'numéro 514-555-0199').includes('514')).to.equal(false)
    expect(key.seal('t.c:1', 'same').equals(key.seal('t.c:1', 'same')), 'two seals of one value differ').to.equal(false)
  })

  it('refuse a value that was moved to another row', () => {
    expect(() => key.open('t.c:2', key.seal('t.c:1', 'x'))).to.throw(SealBroken)
  })

  it('refuse a value of which one bit was changed, wherever', () => {
    const sealed = key.seal('t.c:1', 'answer')
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(() => key.open('t.c:1', changed), `byte ${at}`).to.throw(SealBroken)
    }
  })

  it("refuse another person's key, another row's wrapped key, another master key", () => {
    const other = keys.newDataKey('k2')
    expect(() => other.key.open('t.c:1', key.seal('t.c:1', 'x'))).to.throw(SealBroken)
    expect(() => keys.unwrap('k1', other.wrapped)).to.throw(SealBroken)
    expect(() => openKeys(randomBytes(32)).unwrap('k1', wrapped)).to.throw(SealBroken)
  })

  it('find by a blind index: the same for the same value and purpose, and for nothing else', () => {
    const index = (purpose: string, value: string): string => keys.blindIndex(purpose, value).toString('hex')
    expect(index('phone', '+15145550199')).to.equal(index('phone', '+15145550199'))
    expect(
      new Set([index('phone', 'a'), index('email', 'a'), index('phone', 'b'), index('phon', 'ea')]),
    ).to.have.lengthOf(4)
  })
})
