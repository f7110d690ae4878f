import { speak } from '../../services/locales/index.ts'

/** What of a Direct Line activity the terminal shows. */
export interface ShownActivity {
  type: string
  text?: string
  suggestedActions?: { actions?: { title: string; value: unknown }[] }
  attachments?: { name?: string }[]
  channelData?: { parcours?: { author?: string; agentName?: string; urgent?: boolean } }
}

/** A button, as a number presses it. */
export interface Pressable {
  title: string
  value: string
}

/** The buttons under a message. */
export const pressables = ({ suggestedActions }: ShownActivity): Pressable[] =>
  (suggestedActions?.actions ?? []).map(({ title, value }) => ({ title, value: String(value) }))

/** Whose words they are, as the page says it: the assistant, the agent's name, the system. */
export function authorOf({ channelData }: ShownActivity, language: string): string {
  const { author = 'bot', agentName } = channelData?.parcours ?? {}
  if (author === 'agent' && agentName !== undefined && agentName !== '') return agentName
  return speak(language, `conversation:author.${author}`)
}

/**
 * A message as lines for the terminal; empty for the person's own and for what is no message. Urgent
 * ones are marked in words, because colours may be off. Control characters never reach the terminal.
 */
export function linesOf(activity: ShownActivity, language: string): string[] {
  const { type, text = '', attachments = [], channelData } = activity
  const { author, urgent } = channelData?.parcours ?? {}
  if (type !== 'message' || author === 'newcomer') return []
  const mark = urgent === true ? `!! ${speak(language, 'conversation:urgent')} · ` : ''
  const [first = '', ...rest] = plain(text).split('\n')
  return [
    `${mark}${plain(authorOf(activity, language))} : ${first}`,
    ...rest.map((line) => `    ${line}`),
    ...attachments.map(({ name = '' }) => `    [${plain(name)}]`),
    ...pressables(activity).map(({ title }, index) => `    ${index + 1}) ${plain(title)}`),
  ]
}

/** What a typed line says: a number presses the button of that number, anything else is said as it is. */
export function said(line: string, buttons: readonly Pressable[]): string {
  const number = /^\s*(\d{1,2})\s*$/.exec(line)?.[1]
  return (number === undefined ? undefined : buttons[Number(number) - 1]?.value) ?? line.trim()
}

const plain = (text: string): string => text.replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '')
