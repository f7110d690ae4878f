import { z } from 'zod'
import type { Found, Head, Outgoing, Unclear } from '../../../services/delivery/index.ts'
import type { Provider } from '../../delivery/provider.ts'
import { HUMAN_WINDOW_MS, WINDOW_MS } from '../windows.ts'
import { callGraph, sentBy } from './graph.ts'
import { renderMessage } from './render.ts'
import type { MessengerSettings } from './settings.ts'

export const CHANNEL = 'messenger'

/** What Meta lets a Page send in a second is 300; there is no hurry that would need it. */
const PER_SECOND = 50

export const accountOf = ({ pageId }: MessengerSettings): string => `${CHANNEL}:${pageId}`

/** Sending by Messenger: within the window, a part a call, each with our mark. */
export function messengerProvider(settings: MessengerSettings): Provider {
  return {
    channel: CHANNEL,
    account: accountOf(settings),
    perSecond: PER_SECOND,
    partsOf: (head) => partsOf(head).length,
    refusal(head, now) {
      const since = head.wroteAt === undefined ? Infinity : now.getTime() - head.wroteAt.getTime()
      if (since < WINDOW_MS) return undefined
      return isTypedByHuman(head) && settings.humanAgent && since < HUMAN_WINDOW_MS ? undefined : 'windowClosed'
    },
    async send(head, { mark, number, now }) {
      const message = partsOf(head)[number]
      if (message === undefined) return { kind: 'refused', code: 'noSuchPart' }
      const since = now.getTime() - (head.wroteAt?.getTime() ?? 0)
      const late = isTypedByHuman(head) && settings.humanAgent && since >= WINDOW_MS
      const type = late ? { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' } : { messaging_type: 'RESPONSE' }
      const body = { recipient: { id: head.address }, ...type, message: { ...message, metadata: mark } }
      return sentBy(await callGraph(settings, 'POST', 'me/messages', { body }))
    },
    find: (part) => findMessage(settings, part),
  }
}

const partsOf = ({ body, language, author, agentName }: Outgoing) =>
  renderMessage(body, { language, by: author === 'agent' ? agentName : undefined })

const isTypedByHuman = ({ author }: Head): boolean => author === 'agent'

const page = z.looseObject({
  data: z.array(
    z.looseObject({
      messages: z.looseObject({
        data: z.array(
          z.looseObject({
            id: z.string(),
            message: z.string().nullish(),
            created_time: z.string(),
            from: z.looseObject({ id: z.string() }),
          }),
        ),
      }),
    }),
  ),
})

/** Clocks differ a little. */
const EARLIER_MS = 5_000

/** Looks in the conversation at Meta for a part: ours, of the same words, and not from before it was sent. */
async function findMessage(settings: MessengerSettings, part: Unclear): Promise<Found> {
  const called = await callGraph(settings, 'GET', `${settings.pageId}/conversations`, {
    query: {
      platform: 'messenger',
      user_id: part.address ?? '',
      fields: 'messages{id,message,created_time,from}',
    },
  })
  const read = called.kind === 'answered' && called.status === 200 ? page.safeParse(called.body) : undefined
  if (read?.success !== true) return { kind: 'cannot' }
  const text = partsOf(part)[part.part]?.text
  const since = part.claimedAt.getTime() - EARLIER_MS
  const own = read.data.data
    .flatMap(({ messages }) => messages.data)
    .filter(
      ({ message, from, created_time: at }) =>
        from.id === settings.pageId && Date.parse(at) >= since && message === text,
    )
  return { kind: 'has', providerIds: own.map(({ id }) => id).reverse() }
}
