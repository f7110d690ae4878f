import { render } from '../dialogs/kit/render.ts'
import type { Say } from '../dialogs/kit/say.ts'
import type { MessageBody } from '../services/conversations/index.ts'
import type { BotState } from './state.ts'
import type { Turn } from './turn.ts'

/** What a dialog would say, as a message in one language. */
export function inLanguage(say: Say, language: string): MessageBody {
  const { text, choices } = render(say, language)
  return choices.length === 0 ? { text } : { text, choices }
}

/**
 * The same in several, the first one first, with its buttons: their answers are understood in every
 * language. In danger a language is neither asked about nor guessed at.
 */
export function inLanguages(say: Say, languages: readonly string[]): MessageBody {
  const bodies = languages.map((language) => inLanguage(say, language))
  return { ...bodies[0], text: bodies.map(({ text }) => text).join('\n\n') }
}

/** The languages to be spoken about a danger: the one it was said in, then the conversation's. */
export const dangerLanguages = ({ conversation }: Turn, { dangerLanguage }: BotState): readonly string[] => [
  ...new Set([dangerLanguage ?? conversation.language, conversation.language]),
]
