import type { Pause, TurnPort } from '../dialogs/kit/context.ts'
import { render } from '../dialogs/kit/render.ts'
import { giveConsent, saveAnswer, withdrawConsent } from '../services/newcomers/index.ts'
import type { Keys } from '../services/platform/keys.ts'
import type { Readings, Understanding } from '../services/understanding/index.ts'
import type { BotState } from './state.ts'
import type { Turn } from './turn.ts'

/**
 * The turn as dialogs see it: a language, a moment, a file, a voice. All that they are allowed to do
 * goes through here and commits with the turn.
 */
export function portOf(
  turn: Turn,
  state: BotState,
  heard: Readings,
  { keys, understanding }: { keys: Keys; understanding: Understanding },
  pause?: Pause,
): TurnPort {
  const { tx, conversation, at, seq } = turn
  return {
    get lang() {
      return conversation.language
    },
    now: at,
    file: conversation.answers,
    ...(pause === undefined ? {} : { pause }),
    services: {
      newcomers: {
        giveConsent: (purpose, { wordsKey }) => giveConsent(tx, keys, conversation, { purpose, wordsKey, seq, at }),
        withdrawConsent: (purpose, { wordsKey, erases }) =>
          withdrawConsent(tx, conversation, { purpose, wordsKey, seq, at }, erases),
        confirm() {
          state.onboarded = true
        },
      },
      conversation: {
        setLanguage(lang) {
          conversation.language = lang
        },
      },
    },
    say(say) {
      const { text, choices, asking } = render(say, conversation.language)
      turn.say('bot', {
        text,
        ...(choices.length === 0 ? {} : { choices }),
        ...(asking === undefined ? {} : { asking }),
      })
    },
    save({ name, value, dialog }) {
      saveAnswer(tx, conversation, { name, value, dialog, author: 'newcomer', seq, at })
    },
    offerPerson({ said }) {
      state.trouble = said
    },
    readings: (wants) => understanding.complete(heard, { lang: conversation.language, now: at, wants }),
  }
}
