import type { MessageBody } from '../../../services/conversations/index.ts'
import { speak } from '../../../services/locales/index.ts'
import { isNumbered, numbered, QUICK_REPLIES } from '../numbered.ts'
import { splitAtSentences } from '../split.ts'
import { SAY } from './events.ts'

/** Meta's limit, in UTF-16 units: a text has fewer than 2,000. */
const TEXT = 1_999

interface QuickReply {
  content_type: 'text'
  title: string
  payload: string
}

/** `message` of the Send API, without our mark. */
export interface GraphMessage {
  text: string
  quick_replies?: QuickReply[]
}

/**
 * A message as Messenger shows it: long texts in parts that end with a sentence, buttons as quick replies under the
 * last part. Titles that do not fit under a button are listed in the text, and the buttons are their numbers.
 */
export function renderMessage(
  { text, choices = [] }: MessageBody,
  { language, by }: { language: string; by: string | undefined },
): GraphMessage[] {
  const isList = isNumbered('messenger', choices)
  const listed = isList ? numbered(choices) : []
  const words = by === undefined || text === '' ? text : speak(language, 'channels:agentSays', { name: by, text })
  const whole = [words, ...listed].filter((line) => line !== '').join('\n')
  const parts = splitAtSentences(whole, TEXT).map((part): GraphMessage => ({ text: part }))
  const last = parts.at(-1)
  if (last !== undefined && choices.length > 0)
    last.quick_replies = choices.slice(0, QUICK_REPLIES.most).map(({ title }, i) => ({
      content_type: 'text',
      title: isList ? String(i + 1) : title,
      payload: `${SAY}${title}`.slice(0, 1_000),
    }))
  return parts
}
