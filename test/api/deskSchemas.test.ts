import { expect } from 'chai'
import { messageBody, noteBody } from '../../api/desk/schemas.ts'

describe('what agents write', () => {
  it('is taken whole up to 4,000 characters, and refused beyond', () => {
    const taken = (text: string): boolean =>
      messageBody.safeParse({ text, clientMessageId: 'a' }).success && noteBody.safeParse({ text }).success
    expect(taken('😀'.repeat(4_000))).to.equal(true)
    expect(taken('😀'.repeat(4_001))).to.equal(false)
    expect(taken('')).to.equal(false)
  })
})
