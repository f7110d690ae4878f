import { createHash, randomBytes } from 'node:crypto'
import { drawRandom } from './random.ts'

declare const brand: unique symbol
/** A string that only its own domain makes: a `NewcomerId` is not a `ConversationId`. */
export type Branded<Name extends string> = string & { readonly [brand]: Name }

export type ConversationId = Branded<'conversation'>
export type NewcomerId = Branded<'newcomer'>
export type AgentId = Branded<'agent'>
export type HandoffId = Branded<'handoff'>

/** 128 random bits in the letters that no channel needs to escape: `[A-Za-z0-9_-]`. */
export const randomId = (): string => drawRandom(16).toString('base64url')

/** 256 random bits: a secret that is handed out once and kept only as its digest. */
export const randomSecret = (): string => randomBytes(32).toString('base64url')

/** What the database keeps of a secret. */
export const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest()
