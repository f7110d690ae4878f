import type { Choice } from '../../services/conversations/index.ts'

/** Channels without buttons: choices are always a numbered list. */
const WITHOUT_BUTTONS: ReadonlySet<string> = new Set(['sms', 'whatsapp'])
/** Meta's limits of quick replies: how many, and the letters of a title. */
export const QUICK_REPLIES = { most: 13, title: 20 } as const

/** Whether a message's choices are shown as a list of numbers, so that a number is an answer. */
export function isNumbered(channel: string, choices: readonly Pick<Choice, 'title'>[]): boolean {
  if (WITHOUT_BUTTONS.has(channel)) return choices.length > 0
  const fits = choices.length <= QUICK_REPLIES.most && choices.every(({ title }) => title.length <= QUICK_REPLIES.title)
  return channel === 'messenger' && !fits
}

/** The choices as lines. */
export const numbered = (choices: readonly Pick<Choice, 'title'>[]): string[] =>
  choices.map(({ title }, i) => `${i + 1}. ${title}`)

const NUMBER = /^\s*(\d{1,2})\s*[.)]?\s*$/

/** What a number stands for among what was offered; the text itself where it is none of it. */
export function chosenBy(text: string, offered: readonly string[]): string {
  const at = Number(NUMBER.exec(text)?.[1] ?? 0)
  return offered[at - 1] ?? text
}
