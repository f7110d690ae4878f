import { createHmac, generateKeyPairSync, randomBytes, sign, type KeyPairKeyObjectResult } from 'node:crypto'
import { Temporal } from 'temporal-polyfill'
import { openKeys } from '../../services/platform/keys.ts'
import type { Platform } from '../../services/platform/platform.ts'
import { openTokens, type Claims, type TokenKind } from '../../services/platform/tokens.ts'

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const parsed = (part = ''): Record<string, unknown> => JSON.parse(Buffer.from(part, 'base64url').toString()) as never

/** Made once: it takes longer than a hundred requests. */
let stranger: KeyPairKeyObjectResult | undefined

/**
 * Tokens that say what a right one says and are not: each wrong in one way, all else as it should be.
 * The right one is the server's own, so that every refusal is of what was changed.
 */
export function forgedTokens(platform: Platform, kind: TokenKind, claims: Claims): Record<string, string> {
  const { keys, settings, clock } = platform
  const at = (minutes: number) => ({ now: () => clock.now().add({ minutes }) })
  const issued = (issuer = settings.publicUrl, from = keys, minutes = 0): string =>
    openTokens(from, issuer, minutes === 0 ? clock : at(minutes)).issue(kind, claims, 1800)
  const right = issued()
  const [head = '', payload = '', signature = ''] = right.split('.')
  const headed = (header: object, hash: 'sha256' | 'sha512' = 'sha256'): string => {
    const text = `${encode(header)}.${payload}`
    return `${text}.${createHmac(hash, keys.tokenKey).update(text).digest('base64url')}`
  }
  const { privateKey, publicKey } = (stranger ??= generateKeyPairSync('rsa', { modulusLength: 2048 }))
  const rs = `${encode({ alg: 'RS256', typ: 'JWT', jwk: publicKey.export({ format: 'jwk' }) })}.${payload}`
  const header = parsed(head)
  const none = (alg: string): string => encode({ ...header, alg })
  const other = (key: string): string => `${head}.${encode({ ...parsed(payload), [key]: 'another' })}.${signature}`
  return {
    'no token': '',
    'not a token': 'x',
    'three dots': '...',
    'too long': `${right}${'A'.repeat(3_000)}`,
    'cut off': right.slice(0, -4),
    'with more behind it': `${right}A`,
    'a fourth part': `${right}.${signature}`,
    'no signature': `${head}.${payload}.`,
    'alg none': `${none('none')}.${payload}.`,
    'alg NoNe, signed': `${none('NoNe')}.${payload}.${signature}`,
    'HS512 with our key': headed({ ...header, alg: 'HS512' }, 'sha512'),
    'HS256 with our key and another header': headed({ alg: 'HS256', typ: 'JWT' }),
    'RS256 with a key of its own': `${rs}.${sign('sha256', Buffer.from(rs), privateKey).toString('base64url')}`,
    'an empty key': `${head}.${payload}.${createHmac('sha256', '').update(`${head}.${payload}`).digest('base64url')}`,
    'other claims under the same signature': other(kind === 'file' ? 'file' : 'conv'),
    'another MASTER_KEY': issued(settings.publicUrl, openKeys(randomBytes(32))),
    'another deployment with our key': issued('https://elsewhere.example'),
    expired: issued(settings.publicUrl, keys, -31),
    'not yet valid': issued(settings.publicUrl, keys, 5),
    'for another use': openTokens(keys, settings.publicUrl, clock).issue(
      kind === 'conv' ? 'stream' : 'conv',
      claims,
      1800,
    ),
    'for a third use': openTokens(keys, settings.publicUrl, clock).issue(
      kind === 'file' ? 'stream' : 'file',
      claims,
      1800,
    ),
  }
}

/** An instant long ago, for rows that have ended. */
export const longAgo = (): Date => new Date(Temporal.Now.instant().subtract({ hours: 100 }).epochMilliseconds)

/** Headers with which a proxy may say who asks: here nobody's word but the cookie's or token's counts. */
export const identityHeaders = (id: string): Record<string, string>[] =>
  [
    'X-Remote-User',
    'Remote-User',
    'X-Forwarded-User',
    'X-Forwarded-Email',
    'X-Forwarded-Preferred-Username',
    'X-Auth-Request-User',
    'X-User-Id',
    'X-User',
    'X-Authenticated-Userid',
    'X-MS-Client-Principal-Id',
    'X-SSL-Client-S-DN',
    'X-Parcours-Agent',
  ].map((name) => ({ [name]: id }))
