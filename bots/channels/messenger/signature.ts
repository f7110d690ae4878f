import { createHmac, timingSafeEqual } from 'node:crypto'
import { forbidden } from '../../../services/platform/errors.ts'
import { verified, type Verified } from '../verified.ts'

const HEADER = /^sha256=([0-9a-f]{64})$/

/**
 * Proves that bytes were signed with the app's secret: HMAC-SHA256 over the bytes as they came, which Meta has
 * escaped its own way; anything read and written again would not fit. Throws `forbidden`.
 */
export function verify(bytes: Buffer, header: string | undefined, appSecret: string): Verified<Buffer> {
  const said = HEADER.exec(header ?? '')?.[1]
  if (said === undefined) throw forbidden()
  const own = createHmac('sha256', appSecret).update(bytes).digest()
  if (!timingSafeEqual(own, Buffer.from(said, 'hex'))) throw forbidden()
  return verified(bytes)
}

/** Meta's own proof that a call with a token comes from the app. */
export const appSecretProof = (token: string, appSecret: string): string =>
  createHmac('sha256', appSecret).update(token).digest('hex')
