import { ActivityTypes, type TurnContext } from 'botbuilder-core'
import { DialogContext, DialogContextError, DialogSet, DialogTurnStatus } from 'botbuilder-dialogs'
import { freeTalk } from '../dialogs/freeTalk.ts'
import { TURN, type Pause } from '../dialogs/kit/context.ts'
import { ScriptDialog } from '../dialogs/kit/scriptDialog.ts'
import { onboarding } from '../dialogs/onboarding.ts'
import { openCalendar } from '../services/calendar/index.ts'
import { openCatalogue, type Catalogue } from '../services/catalogue/index.ts'
import type { MessageBody } from '../services/conversations/index.ts'
import { speak } from '../services/locales/index.ts'
import type { Keys } from '../services/platform/keys.ts'
import {
  regionReader,
  ruleReader,
  startUnderstanding,
  type Readings,
  type Understanding,
} from '../services/understanding/index.ts'
import { toActivity, TurnAdapter } from './adapter.ts'
import { interrupt, overhear } from './interruptions.ts'
import { portOf } from './port.ts'
import { readState, type BotState } from './state.ts'
import type { Bot, Turn } from './turn.ts'

/** What the bot is made of; a test gives another bot, or another of its parts. */
export interface BotParts {
  bot: Bot
  catalogue: Catalogue
  understanding: Understanding
}

/** A bot, and the way to stop what it started. */
export interface RunningBot extends Bot {
  stop(): Promise<void>
}

/** Loads what the bot knows and starts what it understands with. */
export async function startBot(keys: Keys, parts: Partial<BotParts> = {}): Promise<RunningBot> {
  if (parts.bot !== undefined) return { ...parts.bot, stop: () => Promise.resolve() }
  const catalogue = parts.catalogue ?? (await openCatalogue())
  const understanding = parts.understanding ?? startUnderstanding()
  return { ...createBot(keys, catalogue, understanding), stop: () => understanding.stop() }
}

/**
 * The bot only routes: interruptions first, then the open dialog, then free talk. What is said is in
 * `dialogs/` and `locales/`; what is decided is in `services/`.
 */
function createBot(keys: Keys, catalogue: Catalogue, understanding: Understanding): Bot {
  const adapter = new TurnAdapter()
  const dialogs = new DialogSet().add(new ScriptDialog(onboarding))
  const readRules = ruleReader()
  const parts = { catalogue, calendar: openCalendar(catalogue), regionNamed: regionReader(catalogue.regions()) }

  /** Runs `work` with the dialogs of a conversation, as they were left, and keeps them as it leaves them. */
  async function withDialogs(
    turn: Turn,
    body: MessageBody,
    work: (dialog: DialogContext, state: BotState) => Promise<void>,
    pause?: Pause,
  ): Promise<void> {
    const state = readState(turn.conversation.state)
    await adapter.run(turn, toActivity(turn, ActivityTypes.Message, body), async (context: TurnContext) => {
      context.turnState.set(TURN, portOf(turn, state, { keys, understanding }, pause))
      await work(new DialogContext(dialogs, context, state.dialogs), state).catch((error: unknown) => {
        // The framework wraps what a dialog throws; the turn judges the error itself.
        throw error instanceof DialogContextError ? error.error : error
      })
    })
    turn.conversation.state = state
  }

  const rulesOf = (turn: Turn, body: MessageBody): Readings => readRules(body.text, { now: turn.at })

  async function listen(turn: Turn, body: MessageBody, dialog: DialogContext, state: BotState): Promise<void> {
    const readings = rulesOf(turn, body)
    const interruption = await interrupt(turn, state, readings, parts)
    if (interruption === 'answered') return
    if (interruption === 'ask again') return askAgain(dialog)
    if (body.text.trim() === '' && (body.files?.length ?? 0) > 0) {
      turn.say('bot', { text: speak(turn.conversation.language, 'interruptions:fileReceived') })
      return askAgain(dialog)
    }
    const { status } = await dialog.continueDialog()
    if (status === DialogTurnStatus.empty) await talkFreely(turn, readings, dialog, state)
  }

  async function askAgain(dialog: DialogContext): Promise<void> {
    if (dialog.activeDialog !== undefined) await dialog.repromptDialog()
  }

  async function talkFreely(turn: Turn, readings: Readings, dialog: DialogContext, state: BotState): Promise<void> {
    const { answers } = turn.conversation
    const next = freeTalk(readings, { file: answers, onboarded: state.onboarded })
    if ('begin' in next) await dialog.beginDialog(next.begin, next.from === undefined ? {} : { from: next.from })
    else portOf(turn, state, { keys, understanding }).say(next.say)
  }

  return {
    onStart: (turn) =>
      withDialogs(turn, { text: '' }, async (dialog) => {
        await dialog.beginDialog(onboarding.name)
      }),
    onMessage: (turn, body) => withDialogs(turn, body, (dialog, state) => listen(turn, body, dialog, state)),
    async onOverheard(turn, body) {
      const state = readState(turn.conversation.state)
      await overhear(turn, state, rulesOf(turn, body), parts)
      turn.conversation.state = state
    },
    onHandedBack: (turn, agentName) =>
      withDialogs(
        turn,
        { text: '' },
        async (dialog, state) => {
          turn.say('system', { text: speak(turn.conversation.language, 'handoff:handedBack', { name: agentName }) })
          if (dialog.activeDialog !== undefined) await dialog.repromptDialog()
          else await talkFreely(turn, rulesOf(turn, { text: '' }), dialog, state)
        },
        'agent',
      ),
  }
}
