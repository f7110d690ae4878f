import type { Turns } from '../../bots/inbound.ts'
import { seenWorking } from '../../services/agents/index.ts'
import { windowEnds } from '../../bots/channels/windows.ts'
import { readLog, type LogRange } from '../../services/conversations/index.ts'
import {
  accessConversation,
  addNote,
  closeConversation,
  markRead,
  readConversation,
  readMyPeople,
  readQueue,
  sendAgain,
  takeConversation,
  writeAsAgent,
} from '../../services/handoff/index.ts'
import { readDeliveries, readReach, type Reach } from '../../services/delivery/index.ts'
import { toDate } from '../../services/platform/clock.ts'
import { notFound } from '../../services/platform/errors.ts'
import type { ConversationId } from '../../services/platform/ids.ts'
import type { Platform } from '../../services/platform/platform.ts'
import { ok, route, type AgentActor, type Answer, type Call, type Route } from '../route.ts'
import type { ConversationView, MessagesView, MyPeopleView, QueueView } from '../types.ts'
import { idParam, logQuery, messageBody, messageRef, noteBody, nothing, readBody } from './schemas.ts'
import { cardView, conversationView, messageView, noteView } from './views.ts'

export interface ConversationDeps {
  turns: Pick<Turns, 'handBack'>
}

const PAGE = 100
const AT = '/api/v1/conversations/:id'

/** What agents read and do. Each handler starts from the proof that this agent may do this to this conversation. */
export function conversationRoutes(platform: Platform, { turns }: ConversationDeps): Route[] {
  const { database, keys, bell, log } = platform

  /** A command on a conversation: an empty body, answered `204` once it is committed. */
  const command = (
    path: string,
    summary: string,
    act: (agent: AgentActor, id: ConversationId) => Promise<void>,
  ): Route =>
    route({
      method: 'POST',
      path: `${AT}/${path}`,
      summary,
      who: 'agent',
      params: idParam,
      body: nothing,
      answers: { 204: 'Done', 404: 'No such conversation for this agent', 409: 'Somebody else was first' },
      async handle({ agent, params }): Promise<Answer> {
        await act(agent, params.id as ConversationId)
        return { status: 204 }
      },
    })

  async function messageAt(agent: AgentActor, id: ConversationId, seq: number) {
    const [message] = (await readLog(database.db, keys, id, { after: seq - 1 }, 1)).messages
    if (message === undefined) throw notFound()
    return messageView(message, agent.id)
  }

  return [
    route({
      method: 'GET',
      path: '/api/v1/queue',
      summary: 'Who waits for a person, by priority, then by waiting time',
      who: 'agent',
      async handle() {
        const view: QueueView = { waiting: (await readQueue(platform)).map(cardView) }
        return ok(view)
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/my-people',
      summary: 'Whom this agent holds, then whom they accompany',
      who: 'agent',
      async handle({ agent }) {
        const view: MyPeopleView = { people: (await readMyPeople(platform, agent)).map(cardView) }
        return ok(view)
      },
    }),
    route({
      method: 'GET',
      path: AT,
      summary: 'A conversation with the person’s file and the notes',
      who: 'agent',
      params: idParam,
      async handle({ agent, params }) {
        const sheet = await readConversation(platform, agent, params.id)
        const id = params.id as ConversationId
        const [deliveries, reach] = await Promise.all([readDeliveries(database, id), readReach(database, id)])
        return ok(conversationView(sheet, { deliveries, reach: reachView(platform, reach) }))
      },
    }),
    route({
      method: 'GET',
      path: `${AT}/messages`,
      summary: 'The log: after a position, before one, or the last messages',
      who: 'agent',
      params: idParam,
      query: logQuery,
      async handle({ agent, params, query }) {
        const { id } = await accessConversation(database.db, agent, params.id, 'read')
        const page = await readLog(database.db, keys, id, rangeOf(query), PAGE, 'message')
        const view: MessagesView = {
          more: page.more,
          messages: page.messages.map((message) => messageView(message, agent.id)),
        }
        return ok(view)
      },
    }),
    route({
      method: 'POST',
      path: `${AT}/messages`,
      summary: 'Write to the person; a second copy is answered with the first',
      who: 'agent',
      params: idParam,
      body: { json: messageBody },
      async handle({ agent, params, body }) {
        const id = params.id as ConversationId
        const { seq } = await writeAsAgent(platform, agent, id, body)
        return ok(await messageAt(agent, id, seq))
      },
    }),
    route({
      method: 'POST',
      path: `${AT}/send-again`,
      summary: 'Send a message again that failed, or of which nobody knows',
      who: 'agent',
      params: idParam,
      body: { json: messageRef },
      answers: { 204: 'It waits to be sent, or was no such message', 409: 'Somebody else answers' },
      async handle({ agent, params, body }): Promise<Answer> {
        await sendAgain(platform, agent, params.id as ConversationId, body.messageId)
        return { status: 204 }
      },
    }),
    command('typing', 'The agent is writing', async (agent, id) => {
      await accessConversation(database.db, agent, id, 'write')
      bell.whisper(`typing:${id}`, `agent ${agent.id}`)
    }),
    command('take', 'Take the conversation; of many exactly one does', (agent, id) =>
      takeConversation(platform, agent, id),
    ),
    command('hand-back', 'Give the conversation back to the bot', async (agent, id) => {
      await accessConversation(database.db, agent, id, 'handBack')
      await turns.handBack(id, agent.id)
    }),
    command('close', 'End the hand-off: what was asked is done', (agent, id) => closeConversation(platform, agent, id)),
    route({
      method: 'POST',
      path: `${AT}/read`,
      summary: 'Read up to a position',
      who: 'agent',
      params: idParam,
      body: { json: readBody },
      answers: { 204: 'Marked' },
      async handle({ agent, params, body }) {
        await database.hold(() => markRead(platform, agent, params.id, body.seq))
        return { status: 204 }
      },
    }),
    route({
      method: 'POST',
      path: `${AT}/notes`,
      summary: 'Add an internal note',
      who: 'agent',
      params: idParam,
      body: { json: noteBody },
      answers: { 201: 'Added' },
      handle: async ({ agent, params, body }) => ({
        status: 201,
        json: noteView(await addNote(platform, agent, params.id as ConversationId, body.text, body.clientNoteId)),
      }),
    }),
  ].map((row) => present(row.method === 'GET' ? patient(row) : row))

  /** What only reads may be tried again while the database is away. */
  function patient(row: Route): Route {
    return { ...row, handle: (call: Call<unknown, unknown, unknown>) => database.hold(() => row.handle(call)) }
  }

  /** Whoever works on a conversation is at their desk, also where the network lets no socket through. */
  function present(row: Route): Route {
    if (!row.path.startsWith(AT)) return row
    return {
      ...row,
      async handle(call: Call<unknown, unknown, unknown>) {
        const answer = await row.handle(call)
        await seenWorking(platform, call.agent).catch((error: unknown) => {
          log.debug('desk.presence_not_kept', { agent: call.agent.id, error }) // the next request says it again
        })
        return answer
      },
    }
  }
}

function rangeOf({ after, before }: { after?: number | undefined; before?: number | undefined }): LogRange {
  if (after !== undefined) return { after }
  return before === undefined ? 'last' : { before }
}

/** What the composer is told: until when the person may be written to, and why not when they may not be. */
function reachView({ settings, clock }: Platform, reach: Reach | undefined): ConversationView['reach'] {
  if (reach === undefined) return {}
  if (reach.optedOut) return { refusal: 'optedOut' }
  if (reach.unreachable !== undefined) return { refusal: 'unreachable' }
  const until = windowEnds(reach.channel, reach.wroteAt, settings.messenger?.humanAgent === true)
  if (until === undefined) return {}
  return { until: until.toISOString(), ...(until <= toDate(clock.now()) ? { refusal: 'windowClosed' } : {}) }
}
