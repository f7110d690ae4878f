import { expect } from 'chai'
import { createHmac } from 'node:crypto'
import { openKeys } from '../../../services/platform/keys.ts'
import { networkOf } from '../../../services/platform/rateLimits.ts'
import { openTokens, sameSecret } from '../../../services/platform/tokens.ts'
import { testClock } from '../../support/clock.ts'

const keys = openKeys(Buffer.alloc(32, 'one key'))

describe('tokens', () => {
  const clock = testClock('2026-03-02T15:00:00Z')
  const tokens = openTokens(keys, 'https://parcours.example', clock)
  const codeOf = (work: () => unknown): unknown => {
    try {
      return work()
    } catch (error) {
      return (error as { code: string }).code
    }
  }
  const reads = (kind: 'conv' | 'stream' | 'file', token: string) => codeOf(() => tokens.read(kind, token))

  it('give back what they were given, until they are over', () => {
    const token = tokens.issue('conv', { conv: 'c', user: 'u' }, 1800)
    expect(reads('conv', token)).to.deep.equal({ conv: 'c', user: 'u' })
    clock.advance({ seconds: 1799 })
    expect(reads('conv', token)).to.deep.equal({ conv: 'c', user: 'u' })
    clock.advance({ seconds: 1 })
    expect(reads('conv', token)).to.equal('tokenExpired')
  })

  it('open one kind of thing only', () => {
    for (const kind of ['conv', 'stream', 'file'] as const)
      for (const other of ['conv', 'stream', 'file'] as const)
        expect(reads(other, tokens.issue(kind, { a: 'b' }, 60))).to.deep.equal(
          kind === other ? { a: 'b' } : 'tokenInvalid',
        )
  })

  it('of another key, another deployment or the future are not ours', () => {
    const elsewhere = [
      openTokens(openKeys(Buffer.alloc(32, 'other')), 'https://parcours.example', clock),
      openTokens(keys, 'https://other.example', clock),
      openTokens(keys, 'https://parcours.example', testClock('2030-01-01T00:00:00Z')),
    ]
    for (const other of elsewhere) expect(reads('conv', other.issue('conv', {}, 60))).to.equal('tokenInvalid')
  })

  it('cannot choose their algorithm, even when signed with our key', () => {
    const [, payload = ''] = tokens.issue('conv', { conv: 'c' }, 60).split('.')
    for (const header of [{ alg: 'none' }, { alg: 'HS256', typ: 'JWT' }, { alg: 'HS512', typ: 'JWT' }]) {
      const text = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${payload}`
      expect(reads('conv', `${text}.${createHmac('sha256', keys.tokenKey).update(text).digest('base64url')}`)).to.equal(
        'tokenInvalid',
      )
    }
  })

  it('are refused in any part changed, cut or too long', () => {
    const token = tokens.issue('conv', { conv: 'c' }, 60)
    for (let at = 0; at < token.length - 1; at += 7) {
      const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
      expect(reads('conv', changed), `changed at ${at}`).to.equal('tokenInvalid')
      expect(reads('conv', token.slice(0, at))).to.equal('tokenInvalid')
    }
    for (const odd of ['', '.', '..', '...', `${token}.`, 'x'.repeat(100_000)])
      expect(reads('conv', odd)).to.equal('tokenInvalid')
  })

  it('that are shared stay the same within their span, and end one to two spans later', () => {
    clock.set('2026-03-02T15:10:00Z')
    const token = tokens.issueShared('file', { file: 'f' }, 3600)
    clock.set('2026-03-02T15:59:59Z')
    expect(tokens.issueShared('file', { file: 'f' }, 3600)).to.equal(token)
    clock.set('2026-03-02T16:59:59Z')
    expect(reads('file', token)).to.deep.equal({ file: 'f' })
    expect(tokens.issueShared('file', { file: 'f' }, 3600)).to.not.equal(token)
    clock.set('2026-03-02T17:00:00Z')
    expect(reads('file', token)).to.equal('tokenExpired')
  })

  it('compare secrets whole', () => {
    expect(sameSecret('abc', 'abc')).to.equal(true)
    for (const wrong of ['', 'ab', 'abcd', 'abd']) expect(sameSecret(wrong, 'abc')).to.equal(false)
  })
})

describe('address limits', () => {
  it('count a /64 of IPv6 as one address', () => {
    const table: [string, string][] = [
      ['203.0.113.7', '203.0.113.7'],
      ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
      ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
      ['2001:0db8:0001:0002:ffff::', '2001:db8:1:2::/64'],
      ['2001:db8::1', '2001:db8:0:0::/64'],
      ['::1', '0:0:0:0::/64'],
      ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ]
    for (const [address, network] of table) expect(networkOf(address), address).to.equal(network)
  })
})
