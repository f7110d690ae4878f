import type { LoggedMessage } from '../../../services/conversations/index.ts'
import { fileLink } from '../../../services/files/index.ts'
import { toDate, type Clock } from '../../../services/platform/clock.ts'
import { randomId } from '../../../services/platform/ids.ts'
import type { Tokens } from '../../../services/platform/tokens.ts'
import type { Bearer } from './door.ts'

/** An activity on its way to a client: plain JSON of the Bot Framework protocol. */
export interface OutgoingActivity {
  type: 'message' | 'event' | 'typing'
  id: string
  [property: string]: unknown
}

/** Writes a conversation's log as its newcomer may read it. */
export interface ActivityWriter {
  /** The same for the log and for the echo. Agents appear by their name, never by an id. */
  message(logged: LoggedMessage): OutgoingActivity
  /** What happens and is kept nowhere (typing, a read mark, an echo of those): it has no place in the order. */
  passing(author: LoggedMessage['author'], what: Passing): OutgoingActivity
}

/** What passes. `clientActivityID` tells a client that its own was accepted. */
export interface Passing {
  type: 'typing' | 'event'
  name?: string
  value?: unknown
  clientActivityID?: string
}

const PRODUCT = 'Parcours'

export function activityWriter(bearer: Bearer, tokens: Tokens, publicUrl: string, clock: Clock): ActivityWriter {
  const place = { channelId: 'directline', conversation: { id: bearer.conversationId } }
  const from = (author: LoggedMessage['author'], agentName?: string) => {
    if (author === 'newcomer') return { id: bearer.userId, name: '', role: 'user' }
    if (author === 'agent') return { id: 'agent', name: agentName ?? '', role: 'bot' }
    return { id: author === 'bot' ? 'parcours' : 'system', name: PRODUCT, role: 'bot' }
  }
  return {
    message(logged) {
      const { body, author, agent } = logged
      const base = {
        id: logged.id,
        timestamp: logged.createdAt.toISOString(),
        ...place,
        from: from(author, agent?.name),
        channelData: {
          // Web Chat sorts by it. All that is logged has one: mixed with times, the order would break.
          'webchat:sequence-id': logged.seq,
          ...(body.clientActivityID === undefined ? {} : { clientActivityID: body.clientActivityID }),
          ...shownInstead(body.displayText),
          parcours: {
            author,
            ...(agent === undefined ? {} : { agentName: agent.name }),
            ...(body.urgent === true ? { urgent: true } : {}),
            // What each button stands for, in the order of the actions: our page leaves at `quickExit`.
            ...(body.choices === undefined ? {} : { choices: body.choices.map(({ value }) => value) }),
            ...(body.asking === undefined ? {} : { asking: body.asking }),
            ...(logged.status === 'failed' ? { status: 'failed' } : {}),
          },
        },
      }
      if (logged.kind === 'event')
        return {
          type: 'event',
          ...base,
          name: body.name ?? '',
          ...(body.value === undefined ? {} : { value: body.value }),
        }
      return {
        type: 'message',
        ...base,
        text: body.text,
        textFormat: 'plain',
        ...(body.value === undefined ? {} : { value: body.value }),
        // A client says the value in the person's name, for all to read: so it is what the button shows.
        ...(body.choices === undefined || body.choices.length === 0
          ? {}
          : {
              suggestedActions: { actions: body.choices.map(({ title }) => ({ type: 'imBack', title, value: title })) },
            }),
        ...(body.files === undefined
          ? {}
          : {
              attachments: body.files.map(({ id, name, contentType }) => ({
                contentType,
                contentUrl: publicUrl + fileLink(tokens, id),
                name,
              })),
            }),
      }
    },
    passing: (author, { clientActivityID, ...what }) => ({
      ...what,
      id: randomId(),
      timestamp: toDate(clock.now()).toISOString(),
      ...place,
      from: from(author),
      channelData: { ...(clientActivityID === undefined ? {} : { clientActivityID }), parcours: { author } },
    }),
  }
}

/** What a button press shows: its own text, or nothing at all (then only the bot reads it). */
function shownInstead(displayText: string | undefined): Record<string, unknown> {
  if (displayText === undefined) return {}
  return displayText === '' ? { postBack: true } : { messageBack: { displayText } }
}
