import { expect } from 'chai'
import type { Bot } from '../../bots/turn.ts'
import { receiveMessage, type MessageBody } from '../../services/conversations/index.ts'
import type { ConversationId } from '../../services/platform/ids.ts'
import type { Caller } from './directLineWire.ts'
import { eventually } from './eventually.ts'
import type { TwoNodes } from './twoNodes.ts'

/** A bot that throws at one word, and counts how often each message made it throw. */
export function throwsAtPoison(bot: Bot, tries: Map<string, number>): Bot {
  return {
    ...bot,
    async onMessage(turn, body) {
      await bot.onMessage(turn, body)
      if (!body.text.startsWith('poison')) return
      tries.set(body.text, (tries.get(body.text) ?? 0) + 1)
      throw new Error('this message cannot be processed')
    },
  }
}

/** Somebody whose messages break what trusts them, on the page and by webhook. */
export interface Poisoner {
  page: Caller
  hook: ConversationId
}

/** What came of a message: the bot answered, the edge refused it, or it was kept as failed and a person called. */
export type Outcome = 'answered' | 'refused' | 'failed'

/** One way of being poison. Resolves to what came of it, once that can be seen. */
export interface Poison {
  name: string
  outcome: Outcome
  send(two: TwoNodes, who: Poisoner, node: number): Promise<Outcome>
}

let marks = 0

const byPage =
  (activity: (text: string) => unknown, text = '') =>
  async (two: TwoNodes, { page }: Poisoner): Promise<Outcome> => {
    const { status, json } = await page.call(
      'POST',
      `/conversations/${page.id}/activities`,
      activity(`${text} ${(marks += 1)}`),
      { 'content-type': 'application/json' },
    )
    if (status === 400 || status === 413) return 'refused'
    expect(status, 'neither refused nor kept').to.equal(200)
    return outcomeOf(two, page.id as ConversationId, json['id'] as string)
  }

const byWebhook =
  (body: (mark: number) => unknown, damage?: (two: TwoNodes, externalId: string) => Promise<unknown>) =>
  async (two: TwoNodes, { hook }: Poisoner, node: number): Promise<Outcome> => {
    const { platform, turns } = two.node(node)
    const { database, keys } = platform
    const externalId = `${hook}/poison-${(marks += 1)}`
    await receiveMessage(database, keys, hook, { externalId, body: body(marks) as MessageBody, at: new Date() })
    await damage?.(two, externalId)
    await turns.takeReceived(hook)
    const row = await eventually('the row has its turn', () =>
      database.db
        .selectFrom('messages')
        .select('id')
        .where('external_id', '=', externalId)
        .where('seq', 'is not', null)
        .executeTakeFirst(),
    )
    return outcomeOf(two, hook, row.id)
  }

/** Reads it in the log: a message that failed has the excuse after it, and its conversation waits for a person. */
async function outcomeOf(two: TwoNodes, id: ConversationId, messageId: string): Promise<Outcome> {
  const log = await two.log(id)
  const place = log.findIndex((message) => message.id === messageId)
  expect(place, 'in the log').to.be.at.least(0)
  const [message, next] = log.slice(place)
  if (message?.status !== 'failed') return 'answered'
  expect(next?.body.text, 'the person is told').to.match(/une personne vous répondra/)
  expect(await two.people.state(id)).to.deep.include({ mode: 'waiting', handoff: 'waiting' })
  return 'failed'
}

/** Opening and closing brackets, ten thousand deep. */
const deep = (levels = 10_000): string => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels)
const MILLION = 'long '.repeat(200_000)
const said = (text: string): unknown => ({ type: 'message', text })
/** Turns one bit of what is sealed: it opens no more. */
const tamper = (two: TwoNodes, externalId: string): Promise<unknown> =>
  two
    .node(0)
    .platform.database.pool.query(
      `update messages set body_sealed = set_byte(body_sealed, 30, get_byte(body_sealed, 30) # 1) where external_id = $1`,
      [externalId],
    )

/** All ways of being poison that the catalogue names. */
export const POISONS: readonly Poison[] = [
  { name: 'throws, page', outcome: 'failed', send: byPage(said, 'poison') },
  { name: 'throws, webhook', outcome: 'failed', send: byWebhook((mark) => ({ text: `poison hook ${mark}` })) },
  { name: 'does not open', outcome: 'failed', send: byWebhook(() => ({ text: 'Bonjour' }), tamper) },
  { name: 'is no body', outcome: 'failed', send: byWebhook(() => null) },
  { name: 'has no text', outcome: 'failed', send: byWebhook(() => ({ words: 'Bonjour' })) },
  { name: 'U+0000, page', outcome: 'answered', send: byPage(said, 'a\u0000b') },
  { name: 'U+0000, webhook', outcome: 'answered', send: byWebhook(() => ({ text: 'a\u0000b' })) },
  { name: 'lone surrogates, page', outcome: 'answered', send: byPage(said, '\ud800 x \udfff') },
  { name: 'lone surrogates, webhook', outcome: 'answered', send: byWebhook(() => ({ text: '\ud800 x \udfff' })) },
  { name: '1 MB, page', outcome: 'refused', send: byPage(said, MILLION) },
  { name: '10,000 deep, page', outcome: 'refused', send: byPage(() => `{"type":"message","value":${deep()}}`) },
]
