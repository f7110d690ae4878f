import type { Platform } from '../services/platform/platform.ts'
import type { Bot } from './turn.ts'

/** What the bot is made of. A test may give another. */
export interface BotParts {
  bot: Bot
}

/** A bot and the way to stop what it started. */
export interface RunningBot extends Bot {
  stop(): Promise<void>
}

export async function startBot(_platform: Platform, parts: Partial<BotParts>): Promise<RunningBot> {
  const echo: Bot = {
    onStart: async (turn) => turn.say('bot', { text: 'hello' }),
    onMessage: async (turn, body) => turn.say('bot', { text: `echo ${body.text}` }),
    onOverheard: async () => {},
    onHandedBack: async (turn) => turn.say('bot', { text: 'back' }),
  }
  return { ...(parts.bot ?? echo), stop: async () => {} }
}
