import type { Bot } from '../../bots/turn.ts'
import type { LoggedMessage, MessageBody } from '../../services/conversations/index.ts'

/**
 * A bot whose whole state is how many messages it has heard: "3: bonjour" is its answer to the third. So
 * a message that was lost, doubled or answered from an old state shows in what it says. `first` runs
 * after the answer and before the commit: there it may wait, or throw.
 */
export function parrot(first: (body: MessageBody) => Promise<void> = async () => {}): Bot {
  return {
    onStart: async (turn) => turn.say('bot', { text: 'start' }),
    async onMessage(turn, body) {
      const heard = ((turn.conversation.state as { heard?: number } | null)?.heard ?? 0) + 1
      turn.conversation.state = { heard }
      turn.say('bot', { text: `${heard}: ${body.text}` })
      await first(body)
    },
    onOverheard: async () => {},
    onHandedBack: async (turn) => turn.say('bot', { text: 'back' }),
  }
}

/** The log of a conversation in which the parrot answered each of these once, in this order, and nothing else was said. */
export const parroted = (texts: readonly string[]): string[] =>
  texts.flatMap((text, i) => [`newcomer: ${text}`, `bot: ${i + 1}: ${text}`])

/** `author: text`, oldest first. */
export const linesOf = (log: readonly LoggedMessage[]): string[] =>
  log.map(({ author, body }) => `${author}: ${body.text}`)
