import { z } from 'zod'
import { languages } from '../../services/locales/index.ts'
import { MESSAGE_CHARACTERS } from '../../services/conversations/index.ts'

const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)
const position = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number)

/** `:id` in a path. */
export const idParam = z.object({ id })

/** A file of a conversation. */
export const fileParams = z.object({ id, file: id })

/** A command without content: no body, or `{}`. */
export const nothing = { json: z.strictObject({}), optional: true } as const

export const signInBody = z.strictObject({ token: z.string().regex(/^[A-Za-z0-9_-]{43}$/) })

/** Which stretch of the log; at most one of the two. */
export const logQuery = z
  .strictObject({ after: position.optional(), before: position.optional() })
  .refine(({ after, before }) => after === undefined || before === undefined)

/** Words of an agent: refused when a message does not hold them, because cut, their end would be lost. */
const words = z
  .string()
  .min(1)
  .refine((text) => Array.from(text.normalize('NFC')).length <= MESSAGE_CHARACTERS)

export const messageBody = z.strictObject({
  text: words,
  clientMessageId: id,
})

export const readBody = z.strictObject({ seq: z.int().min(0).max(999_999_999) })

/** A message of the conversation. */
export const messageRef = z.strictObject({ messageId: id })

export const noteBody = z.strictObject({
  text: words,
  /** Made by the page: a second copy is the first note. */
  clientNoteId: id.optional(),
})

/** A name: one line, without the control characters that no column holds. */
const line = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .refine((text) => !/\p{Cc}/u.test(text))

export const invitationBody = z.strictObject({
  name: line,
  role: z.enum(['agent', 'supervisor', 'administrator']),
  languages: z
    .array(z.string().refine((language) => languages.includes(language)))
    .min(1)
    .max(languages.length),
  region: line.nullable(),
  /** Made by the page: a second copy opens no second account. */
  clientInvitationId: id.optional(),
})

/** What the page may send on the live socket. */
export const clientFrame = z.strictObject({ watch: id.nullable() })
