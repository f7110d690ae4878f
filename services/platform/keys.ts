import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto'
import { drawRandom } from './random.ts'

/**
 * Encryption at rest. One master key, kept outside the database, gives by HKDF the keys below; each
 * person and each conversation has a data key of its own, stored wrapped. To erase is to destroy
 * the data key. (A backup holds the wrapped keys of its day: with the master key it reads what was erased since.)
 *
 * A sealed value is `version(1) | nonce(12) | tag(16) | ciphertext`, AES-256-GCM. The `place` (table,
 * column and row) is authenticated with it, so that a value moved to another row does not open.
 */
export interface Keys {
  /** A new data key, wrapped for `data_keys.wrapped`. `id` is the row's id. */
  newDataKey(id: string): { key: DataKey; wrapped: Buffer }
  unwrap(id: string, wrapped: Buffer): DataKey
  /** Finds an encrypted value by equality without keeping it in clear: HMAC-SHA-256. */
  blindIndex(purpose: string, value: string): Buffer
  /** Signs tokens (HS256). */
  readonly tokenKey: KeyObject
}

export interface DataKey {
  seal(place: string, value: unknown): Buffer
  open<T>(place: string, sealed: Buffer): T
  sealBytes(place: string, bytes: Uint8Array): Buffer
  openBytes(place: string, sealed: Buffer): Buffer
}

/** A sealed value does not open: it was changed, moved to another row, or its key is not this one. */
export class SealBroken extends Error {
  readonly code = 'sealBroken'
  constructor() {
    super('a sealed value does not open')
    this.name = 'SealBroken'
  }
}

const VERSION = 1
const NONCE = 12
const TAG = 16
/** Data keys kept unwrapped in memory, at most. */
const KEYS_AT_HAND = 10_000

// Keys are KeyObjects: made from bytes for each value, they would take four times the time of sealing it.
function encrypt(key: KeyObject, place: string, plain: Uint8Array): Buffer {
  const nonce = drawRandom(NONCE)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place))
  const body = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), body])
}

function decrypt(key: KeyObject, place: string, sealed: Buffer): Buffer {
  if (sealed[0] !== VERSION || sealed.length < 1 + NONCE + TAG) throw new SealBroken()
  const nonce = sealed.subarray(1, 1 + NONCE)
  const tag = sealed.subarray(1 + NONCE, 1 + NONCE + TAG)
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG })
  decipher.setAAD(Buffer.from(place)).setAuthTag(tag)
  try {
    return Buffer.concat([decipher.update(sealed.subarray(1 + NONCE + TAG)), decipher.final()])
  } catch {
    throw new SealBroken()
  }
}

function dataKey(bytes: Buffer): DataKey {
  const raw = createSecretKey(bytes)
  return {
    seal: (place, value) => encrypt(raw, place, Buffer.from(JSON.stringify(value))),
    open: <T>(place: string, sealed: Buffer) => JSON.parse(decrypt(raw, place, sealed).toString()) as T,
    sealBytes: (place, bytes) => encrypt(raw, place, bytes),
    openBytes: (place, sealed) => decrypt(raw, place, sealed),
  }
}

/** Opens the keys. `masterKey` is 32 random bytes. */
export function openKeys(masterKey: Buffer): Keys {
  if (masterKey.length !== 32) throw new RangeError('the master key is 32 bytes')
  const derive = (purpose: string): KeyObject =>
    createSecretKey(Buffer.from(hkdfSync('sha256', masterKey, 'parcours', purpose, 32)))
  const wrapping = derive('wrap')
  const indexing = derive('blind-index')
  /** Data keys that were unwrapped lately, by their row. Used only with the row at hand: an erased one opens nothing. */
  const unwrapped = new Map<string, { wrapped: Buffer; key: DataKey }>()
  return {
    newDataKey(id) {
      const raw = randomBytes(32)
      return { key: dataKey(raw), wrapped: encrypt(wrapping, `data_keys.wrapped:${id}`, raw) }
    },
    unwrap(id, wrapped) {
      const known = unwrapped.get(id)
      if (known?.wrapped.equals(wrapped) === true) return known.key
      const key = dataKey(decrypt(wrapping, `data_keys.wrapped:${id}`, wrapped))
      if (unwrapped.size >= KEYS_AT_HAND) unwrapped.clear()
      unwrapped.set(id, { wrapped, key })
      return key
    },
    blindIndex: (purpose, value) => createHmac('sha256', indexing).update(`${purpose}\0${value}`).digest(),
    tokenKey: derive('tokens'),
  }
}
