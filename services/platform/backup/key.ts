import { SealBroken, type Keys } from '../keys.ts'
import { BackupRefused, type Header } from './format.ts'

/** Throws `BackupRefused` `wrongKey` unless `keys` open the data key that a database or its backup proves itself with. */
export function expectKeyOf(witness: Header['witness'], keys: Keys): void {
  if (witness === null) return
  try {
    keys.unwrap(witness.id, Buffer.from(witness.wrapped, 'base64'))
  } catch (error) {
    if (error instanceof SealBroken) throw new BackupRefused('wrongKey')
    throw error
  }
}
