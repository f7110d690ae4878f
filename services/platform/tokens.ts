import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Clock } from './clock.ts'
import { forbidden } from './errors.ts'
import { randomId } from './ids.ts'
import type { Keys } from './keys.ts'

/**
 * What a token opens, and nothing else: `conv` the Direct Line calls of one conversation, `stream` its
 * web socket, `file` one attachment.
 */
export type TokenKind = 'conv' | 'stream' | 'file'

/** What a token says of its bearer. */
export type Claims = Readonly<Record<string, string>>

/**
 * Signed, expiring tokens: JWT, HS256. Shaped as JWT because the official Direct Line clients read
 * the claim `user` out of them. Nothing is kept of a token: what it says was true when it was made.
 */
export interface Tokens {
  /** Signs `claims` for `seconds` from now. */
  issue(kind: TokenKind, claims: Claims, seconds: number): string
  /** The same token for all who ask within one span of time; it ends one to two spans from now. */
  issueShared(kind: TokenKind, claims: Claims, spanSeconds: number): string
  /** The claims of a token of this kind. Throws `forbidden`: `tokenExpired`, or `tokenInvalid` for all else. */
  read(kind: TokenKind, token: string): Claims
}

const MAX_CHARACTERS = 2_000
/** By how much the clocks of two nodes may differ. */
const SKEW_SECONDS = 30

/** Opens the signer. `issuer` is the public address: a token of another deployment is not ours. */
export function openTokens(keys: Keys, issuer: string, clock: Clock): Tokens {
  // The key's name, by which a second key can be told from it while they are exchanged.
  const kid = createHash('sha256').update('kid').update(keys.tokenKey.export()).digest('base64url').slice(0, 11)
  // Only this very header is accepted, so that no token chooses its algorithm.
  const header = encode({ alg: 'HS256', typ: 'JWT', kid })
  const sign = (text: string): Buffer => createHmac('sha256', keys.tokenKey).update(text).digest()
  const now = (): number => Math.floor(clock.now().epochMilliseconds / 1000)
  const write = (kind: TokenKind, claims: Claims, times: { nbf: number; exp: number; jti?: string }): string => {
    const text = `${header}.${encode({ ...claims, typ: kind, iss: issuer, ...times })}`
    return `${text}.${sign(text).toString('base64url')}`
  }
  return {
    issue: (kind, claims, seconds) => write(kind, claims, { nbf: now(), exp: now() + seconds, jti: randomId() }),
    issueShared(kind, claims, span) {
      const started = Math.floor(now() / span) * span
      return write(kind, claims, { nbf: started, exp: started + 2 * span })
    },
    read(kind, token) {
      const [head, payload, signature, ...rest] = token.length > MAX_CHARACTERS ? [] : token.split('.')
      if (head !== header || payload === undefined || signature === undefined || rest.length > 0)
        throw forbidden('tokenInvalid')
      const given = Buffer.from(signature, 'base64url')
      const right = sign(`${head}.${payload}`)
      if (given.length !== right.length || !timingSafeEqual(given, right)) throw forbidden('tokenInvalid')
      const said = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
      if (said['typ'] !== kind || said['iss'] !== issuer) throw forbidden('tokenInvalid')
      if (Number(said['nbf']) > now() + SKEW_SECONDS) throw forbidden('tokenInvalid')
      if (!(Number(said['exp']) > now())) throw forbidden('tokenExpired')
      const { typ: _typ, iss: _iss, nbf: _nbf, exp: _exp, jti: _jti, ...claims } = said
      return claims as Claims
    },
  }
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Whether two secrets are equal, in a time that tells nothing of where they differ. */
export function sameSecret(given: string, right: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(given), hash(right))
}
