import type { DialogState } from 'botbuilder-dialogs'
import { z } from 'zod'

/** Fields that came after the first version have a default: a conversation under way must outlive a deployment. */
const schema = z.object({
  version: z.literal(1),
  dialogs: z.object({ dialogStack: z.array(z.looseObject({ id: z.string(), state: z.unknown() })) }),
  /** The person confirmed the summary of the onboarding. */
  onboarded: z.boolean().default(false),
  /** What the bot itself has asked, outside any dialog; it goes before the dialog's question. */
  asked: z.enum(['safe', 'region', 'language']).nullable().default(null),
  /** How often the answer to `asked` was not understood. */
  missed: z.int().default(0),
  /** Danger was said: no question is asked again until the person wants to go on. */
  paused: z.boolean().default(false),
  /** The danger that whoever takes over was told of. */
  danger: z.string().nullable().default(null),
  /** Somebody else may read the screen: nothing more about a danger is written on it. */
  watched: z.boolean().default(false),
  /** The shipped language in which danger was said, when it is not the conversation's. */
  dangerLanguage: z.string().nullable().default(null),
  /** Where in the log the numbers were last said for a danger that was not sure. */
  perhapsDanger: z.int().nullable().default(null),
  /** Titles of what was last offered as a numbered list: a number is one of them. */
  offered: z.array(z.string()).default([]),
  /** Asked not to be written to by ourselves. */
  quiet: z.boolean().default(false),
  /** What was said when a question was missed three times: for the person who takes over. */
  trouble: z.string().nullable().default(null),
  /** The conversation's epoch in the bot's last turn: it has risen when an agent was there since. Null: not known. */
  epoch: z.int().nullable().default(null),
})

/** What the bot keeps between two messages of a conversation: small, versioned JSON. */
export interface BotState extends Omit<z.infer<typeof schema>, 'dialogs'> {
  dialogs: DialogState
}

/** The state that a conversation kept; a fresh one when it kept none, or one that this version cannot read. */
export function readState(kept: unknown): BotState {
  const read = schema.safeParse(kept)
  return read.success ? read.data : schema.parse({ version: 1, dialogs: { dialogStack: [] } })
}

/**
 * Takes note, at the beginning of a turn of the bot, that an agent was in the conversation since its last one:
 * what the bot had asked is no longer what the person answers. Returns whether one was.
 * Danger holds the questions back only while somebody is to come for it.
 */
export function noteAgent(state: BotState, { epoch, handoff }: { epoch: number; handoff: unknown }): boolean {
  const agentCame = state.epoch !== null && epoch > state.epoch
  state.epoch = epoch
  if (agentCame) state.asked = null
  if (handoff === undefined) resume(state)
  return agentCame
}

/** Danger no longer holds the questions back, nor does what was asked about it. */
export function resume(state: BotState): void {
  if (state.asked !== 'language') state.asked = null
  state.paused = false
  state.watched = false
  state.danger = null
  state.dangerLanguage = null
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
