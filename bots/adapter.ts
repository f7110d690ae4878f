import {
  ActivityTypes,
  BotAdapter,
  TurnContext,
  type Activity,
  type ConversationReference,
  type ResourceResponse,
} from 'botbuilder-core'
import { DialogContext, type DialogSet, type DialogState } from 'botbuilder-dialogs'
import type { MessageBody } from '../services/conversations/index.ts'
import type { Turn } from './turn.ts'

/** Where a `TurnContext` keeps the turn that it belongs to. */
const OWN_TURN = Symbol('turn')

/**
 * Bot Framework's way in and out, without its transport: an activity in, activities out, all inside
 * our turn. What the bot sends is appended to the conversation's log and leaves with the commit.
 */
export class TurnAdapter extends BotAdapter {
  /** Runs `logic` over the activity that the newcomer's message becomes. */
  async run(turn: Turn, activity: Partial<Activity>, logic: (context: TurnContext) => Promise<void>): Promise<void> {
    const context = new TurnContext(this, activity)
    context.turnState.set(OWN_TURN, turn)
    await logic(context)
  }

  override sendActivities(context: TurnContext, activities: Partial<Activity>[]): Promise<ResourceResponse[]> {
    const turn = turnOf(context)
    const sent = activities.map((activity) => {
      if (activity.type === ActivityTypes.Message) turn.say('bot', toBody(activity))
      return { id: activity.id ?? '' }
    })
    return Promise.resolve(sent)
  }

  override updateActivity(): Promise<void> {
    return Promise.reject(new Error('the log is never rewritten'))
  }

  override deleteActivity(): Promise<void> {
    return Promise.reject(new Error('the log is never rewritten'))
  }

  override continueConversation(
    _reference: Partial<ConversationReference>,
    _logic: (revocableContext: TurnContext) => Promise<void>,
  ): Promise<void> {
    return Promise.reject(new Error('what is not an answer is a turn of its own'))
  }
}

/** Where the framework keeps what its memory paths (`$name`) are made of; the same for all turns. */
const MEMORY_CONFIGURATION = 'DialogStateManagerConfiguration'
let memoryConfiguration: unknown

/** Opens the dialogs of a turn. The framework would make its memory configuration anew each time: an eighth of a turn. */
export function openDialogs(dialogs: DialogSet, context: TurnContext, state: DialogState): DialogContext {
  if (memoryConfiguration !== undefined) context.turnState.set(MEMORY_CONFIGURATION, memoryConfiguration)
  const opened = new DialogContext(dialogs, context, state)
  memoryConfiguration = context.turnState.get(MEMORY_CONFIGURATION)
  return opened
}

/** The turn behind a context. */
function turnOf(context: TurnContext): Turn {
  const turn = context.turnState.get<Turn>(OWN_TURN)
  if (turn === undefined) throw new Error('a context without its turn')
  return turn
}

/** A newcomer's logged message as a Bot Framework activity. */
export function toActivity(turn: Turn, type: ActivityTypes, body: MessageBody): Partial<Activity> {
  const { conversation, at } = turn
  return {
    type,
    id: `${conversation.id}-${turn.seq}`,
    timestamp: new Date(at.epochMilliseconds),
    channelId: conversation.channel,
    serviceUrl: '',
    conversation: { id: conversation.id, isGroup: false, conversationType: 'personal', name: '' },
    from: { id: conversation.userId, name: '', role: 'user' },
    recipient: { id: 'parcours', name: '', role: 'bot' },
    locale: conversation.language,
    text: body.text,
    textFormat: 'plain',
    value: body.value,
  }
}

function toBody(activity: Partial<Activity>): MessageBody {
  const actions = activity.suggestedActions?.actions ?? []
  return {
    text: activity.text ?? '',
    ...(actions.length === 0 ? {} : { choices: actions.map(({ title, value }) => ({ title, value: String(value) })) }),
    ...((activity.channelData as { urgent?: unknown } | undefined)?.urgent === true ? { urgent: true } : {}),
  }
}
