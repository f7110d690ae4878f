import type { DialogState } from 'botbuilder-dialogs'
import { z } from 'zod'

const schema = z.object({
  version: z.literal(1),
  dialogs: z.object({ dialogStack: z.array(z.looseObject({ id: z.string(), state: z.unknown() })) }),
  /** The person confirmed the summary of the onboarding. */
  onboarded: z.boolean(),
  /** What the bot itself has asked, outside any dialog; it goes before the dialog's question. */
  asked: z.enum(['safe', 'region', 'language']).nullable(),
  /** Danger was said: no question is asked again until the person wants to go on. */
  paused: z.boolean(),
  /** Asked not to be written to by ourselves. */
  quiet: z.boolean(),
  /** What was said when a question was missed three times: for the person who takes over. */
  trouble: z.string().nullable(),
})

/** What the bot keeps between two messages of a conversation: small, versioned JSON. */
export interface BotState {
  version: 1
  dialogs: DialogState
  onboarded: boolean
  asked: 'safe' | 'region' | 'language' | null
  paused: boolean
  quiet: boolean
  trouble: string | null
}

/** The state that a conversation kept; a fresh one when it kept none, or one that this version cannot read. */
export function readState(kept: unknown): BotState {
  const read = schema.safeParse(kept)
  if (read.success) return read.data
  return {
    version: 1,
    dialogs: { dialogStack: [] },
    onboarded: false,
    asked: null,
    paused: false,
    quiet: false,
    trouble: null,
  }
}

/** What is open and what was answered in it: for the summary that an agent reads. */
export function openQuestion({ dialogs }: BotState): { step: string | null; answers: Record<string, unknown> } {
  const top = dialogs.dialogStack.at(-1)
  const read = z
    .object({ asked: z.string().nullable(), answers: z.record(z.string(), z.unknown()) })
    .safeParse(top?.state)
  if (top === undefined || !read.success) return { step: null, answers: {} }
  const { asked, answers } = read.data
  return { step: asked === null ? null : `${top.id}:${asked}`, answers }
}
