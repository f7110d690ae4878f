import { randomBytes } from 'node:crypto'

/** A Twilio identifier: two letters for the kind (`SM`, `MM`, `ME`, `MG`, `AC`, `SK`), then 32 hexadecimal digits. */
export const newSid = (kind: string): string => kind + randomBytes(16).toString('hex')
