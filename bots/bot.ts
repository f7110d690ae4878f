import { ActivityTypes, type TurnContext } from 'botbuilder-core'
import { type DialogContext, DialogContextError, DialogSet, DialogTurnStatus } from 'botbuilder-dialogs'
import { asksBetween, mayAsk } from '../dialogs/answers.ts'
import { freeTalk } from '../dialogs/freeTalk.ts'
import { TURN, type Pause } from '../dialogs/kit/context.ts'
import type { Say } from '../dialogs/kit/say.ts'
import { ScriptDialog } from '../dialogs/kit/scriptDialog.ts'
import { onboarding } from '../dialogs/onboarding.ts'
import { openCalendar } from '../services/calendar/index.ts'
import { openCatalogue, type Catalogue } from '../services/catalogue/index.ts'
import { isOutbound, type MessageBody, type OpenConversation } from '../services/conversations/index.ts'
import { speak } from '../services/locales/index.ts'
import type { Keys } from '../services/platform/keys.ts'
import { once } from '../services/platform/once.ts'
import {
  masked,
  regionReader,
  sentenceReader,
  ruleReader,
  startUnderstanding,
  type Understanding,
  withoutFreeText,
  type Readings,
} from '../services/understanding/index.ts'
import { openDialogs, toActivity, TurnAdapter } from './adapter.ts'
import { chosenBy, isNumbered } from './channels/numbered.ts'
import { interrupt, overhear, type Heard as Understood } from './interruptions.ts'
import { portOf } from './port.ts'
import { answerBetween, answerOrAsk, answerTopic } from './questions.ts'
import { noteAgent, openQuestion, readState, resume, type BotState } from './state.ts'
import type { Bot, Turn } from './turn.ts'
import { dangerLanguages, inLanguages } from './voice.ts'

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

/** Only sound was sent: somebody spoke. */
const isVoice = ({ files = [] }: MessageBody): boolean =>
  files.every(({ contentType }) => contentType.startsWith('audio/'))

/** Keeps what the last message of this turn offered, where the channel shows it as a numbered list. */
function noteOffered({ conversation }: Turn, state: BotState): void {
  const last = conversation.appended.findLast(({ author }) => author === 'bot')
  if (last === undefined) return
  const { choices = [] } = last.body
  state.offered = isNumbered(conversation.channel, choices) ? choices.map(({ title }) => title) : []
}

/** What is written after danger is kept; where somebody may read the screen, no more than that is said. */
const keptSays = ({ watched }: BotState): Say => ({ key: `interruptions:${watched ? 'kept' : 'keptForPerson'}` })

/**
 * Numbers that nobody is to write here are masked before anything is kept or read (quebec.md, section 9, 3). Where a
 * telephone is asked for, nine digits are one.
 */
function withoutIdentifiers({ state }: OpenConversation, body: MessageBody): MessageBody {
  if (openQuestion(readState(state)).step?.endsWith(':phone') === true) return body
  const text = masked(body.text)
  return text === body.text ? body : { ...body, text, masked: true }
}

/** A message, and what was read in it. */
interface Heard extends Understood {
  body: MessageBody
}

/**
 * The bot only routes: interruptions first, then the open dialog, then free talk. What is said is in
 * `dialogs/` and `locales/`; what is decided is in `services/`.
 */
function createBot(keys: Keys, catalogue: Catalogue, understanding: Understanding): Bot {
  const adapter = new TurnAdapter()
  const dialogs = new DialogSet().add(new ScriptDialog(onboarding))
  const readRules = ruleReader()
  const readSentence = once(sentenceReader)
  const parts = { catalogue, calendar: openCalendar(catalogue), regionNamed: regionReader(catalogue.regions()) }

  /** What was said, read once for the turn. */
  const hear = (turn: Turn, said: MessageBody): Heard => {
    const { offered } = readState(turn.conversation.state)
    const body = offered.length === 0 ? said : { ...said, text: chosenBy(said.text, offered) }
    return { body, readings: readRules(body.text, { now: turn.at }), sentence: readSentence()(body.text) }
  }

  /** Runs `work` with the dialogs of a conversation, as they were left, and keeps them as it leaves them. */
  async function withDialogs(
    turn: Turn,
    heard: Heard,
    work: (
      dialog: DialogContext,
      state: BotState,
      agentCame: boolean,
      hears: (readings: Readings) => void,
    ) => Promise<void>,
  ): Promise<void> {
    const state = readState(turn.conversation.state)
    const agentCame = noteAgent(state, turn.conversation)
    const pause: Pause = agentCame ? 'agent' : 'interruption'
    await adapter.run(turn, toActivity(turn, ActivityTypes.Message, heard.body), async (context: TurnContext) => {
      const hears = (readings: Readings): void =>
        void context.turnState.set(TURN, portOf(turn, state, readings, { keys, understanding }, pause))
      hears(heard.readings)
      await work(openDialogs(dialogs, context, state.dialogs), state, agentCame, hears).catch((error: unknown) => {
        // The framework wraps what a dialog throws; the turn judges the error itself.
        throw error instanceof DialogContextError ? error.error : error
      })
    })
    noteOffered(turn, state)
    turn.conversation.state = state
  }

  async function listen(
    turn: Turn,
    { body, readings, sentence }: Heard,
    dialog: DialogContext,
    state: BotState,
    agentCame: boolean,
    hears: (readings: Readings) => void,
  ): Promise<void> {
    const say = (key: string): void => turn.say('bot', { text: speak(turn.conversation.language, key) })
    const interruption = await interrupt(turn, state, { readings, sentence }, parts)
    if (interruption === 'answered') return
    if (interruption === 'ask again') return askAgain(dialog, state)
    if (body.masked) {
      say('interruptions:identifierRefused')
      return askAgain(dialog, state)
    }
    if (interruption === 'no free text') hears(withoutFreeText(readings))
    if (body.text.trim() === '' && (body.files?.length ?? 0) > 0) {
      say(isVoice(body) ? 'interruptions:voiceReceived' : 'interruptions:fileReceived')
      return askAgain(dialog, state)
    }
    if (body.text.trim() === '' && (body.remote?.length ?? 0) > 0) {
      say('interruptions:notOpened')
      return askAgain(dialog, state)
    }
    // After danger nothing is asked until the person wants it: what they write is for who will read them.
    if (state.paused && !readings.intents.has('resume'))
      return turn.say('bot', inLanguages(keptSays(state), dangerLanguages(turn, state)))
    const wasPaused = state.paused
    resume(state)
    // What follows an agent's words may answer them: it is not taken for the answer to the bot's older question.
    if ((wasPaused || agentCame) && dialog.activeDialog !== undefined) return askAgain(dialog, state)
    if (dialog.activeDialog !== undefined && asksBetween(readings)) {
      if (await answerBetween(turn, { readings, sentence }, catalogue)) return askAgain(dialog, state)
    }
    const { status } = await dialog.continueDialog()
    if (status === DialogTurnStatus.empty) await talkFreely(turn, { readings, sentence }, dialog, state)
  }

  async function askAgain(dialog: DialogContext, state: BotState): Promise<void> {
    if (dialog.activeDialog !== undefined && !state.paused) await dialog.repromptDialog()
  }

  async function talkFreely(
    turn: Turn,
    { readings, sentence }: Understood,
    dialog: DialogContext,
    state: BotState,
  ): Promise<void> {
    if (answerTopic(turn, readings, catalogue)) return
    const { answers } = turn.conversation
    const next = freeTalk(readings, { file: answers, onboarded: state.onboarded })
    if ('begin' in next) return void (await dialog.beginDialog(next.begin, { from: next.from, hears: next.hears }))
    const say = (what: Say): void => portOf(turn, state, readings, { keys, understanding }).say(what)
    if ('say' in next) return say(next.say)
    if (!mayAsk(readings)) return say(next.unless)
    await answerOrAsk(turn, { readings, sentence }, catalogue, next.unless.choices ?? [])
  }

  const nothing: MessageBody = { text: '' }
  const begin = (turn: Turn): Promise<void> =>
    withDialogs(turn, hear(turn, nothing), async (dialog) => {
      await dialog.beginDialog(onboarding.name)
    })

  return {
    onStart: begin,
    async onMessage(turn, body) {
      // A channel without a start of its own begins with the first message, or with the button that opens it.
      const isNew = turn.conversation.state === null && isOutbound(turn.conversation.channel)
      if (isNew) await begin(turn)
      if (isNew && body.opens === true) return
      const heard = hear(turn, body)
      await withDialogs(turn, heard, (dialog, state, ...more) => listen(turn, heard, dialog, state, ...more))
    },
    keeps: withoutIdentifiers,
    async onOverheard(turn, body) {
      const state = readState(turn.conversation.state)
      if (body.masked)
        turn.say('system', { text: speak(turn.conversation.language, 'interruptions:identifierRefused') })
      overhear(turn, state, hear(turn, body), parts)
      turn.conversation.state = state
    },
    async onOptOut(turn, { word, byCarrier }) {
      const state = readState(turn.conversation.state)
      state.quiet = word === 'help' ? state.quiet : word === 'stop'
      turn.conversation.state = state
      if (byCarrier) return
      turn.say('system', { text: speak(turn.conversation.language, `channels:${word}`), despiteOptOut: true })
    },
    onHandedBack(turn, agentName) {
      const heard = hear(turn, nothing)
      const greet = async (dialog: DialogContext, state: BotState): Promise<void> => {
        turn.say('system', { text: speak(turn.conversation.language, 'handoff:handedBack', { name: agentName }) })
        if (dialog.activeDialog !== undefined) await dialog.repromptDialog()
        else await talkFreely(turn, heard, dialog, state)
      }
      return withDialogs(turn, heard, greet)
    },
  }
}
