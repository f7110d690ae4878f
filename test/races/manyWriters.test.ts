import { expect } from 'chai'
import {
  append,
  receiveMessage,
  type LoggedMessage,
  type OpenConversation,
} from '../../services/conversations/index.ts'
import { addNote, readConversation, takeConversation, writeAsAgent } from '../../services/handoff/index.ts'
import type { ConversationId } from '../../services/platform/ids.ts'
import { testClock } from '../support/clock.ts'
import { refusal, type TestAgent } from '../support/deskWorld.ts'
import { proves } from '../support/proofs.ts'
import { randomFrom, seedOfThisRun, type Random } from '../support/seeded.ts'
import { startTwoNodes, type TwoNodes } from '../support/twoNodes.ts'

const long = process.env['TEST_LONG'] === '1'
const CONVERSATIONS = long ? 500 : 15
const AT_ONCE = 5
const MESSAGES = 10
/** What people say; the order in which it arrives decides what the bot makes of it. */
const WORDS = [
  'Français',
  'oui, j’accepte',
  'Amina',
  'à l’étranger',
  'le 12 mars',
  'je ne sais pas',
  'passer',
  'c’est exact',
  'une personne svp',
  'English please',
  'STOP',
  'aide',
  'retour',
  'mon mari me frappe',
  'continuer',
  'merci',
]
const REMINDER = 'Rappel : votre rendez-vous est demain.'

describe('many writers in one conversation', function () {
  this.timeout(long ? 600_000 : 60_000)
  const clock = testClock('2026-11-24T15:00:00Z')
  let two: TwoNodes
  let agent: TestAgent
  before(async () => {
    two = await startTwoNodes({ clock })
    agent = await two.people.agent('Amélie', 'supervisor')
  })
  after(() => two.stop())

  proves('C2', 'leave what one after the other would have left, in the order of the log', async (proof) => {
    const seed = seedOfThisRun()
    proof.seed(seed)
    const random = randomFrom(seed)
    let writes = 0
    let overtaken = 0
    for (let done = 0; done < CONVERSATIONS; done += AT_ONCE)
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          const written = await atOnce(random)
          const log = await two.log(written.id)
          expect(log.map(({ seq }) => seq)).to.deep.equal(log.map((_, i) => i + 1))
          const said = log.filter(({ author }) => author === 'newcomer').map(({ body }) => body.text)
          expect([...said].sort(), 'each message once').to.deep.equal([...written.said].sort())
          if (said.join() !== written.said.join()) overtaken += 1
          writes += log.length

          const replayed = await replay(log)
          expect(linesOf(await two.log(replayed))).to.deep.equal(linesOf(log))
          expect(await endOf(replayed)).to.deep.equal(await endOf(written.id))
        }),
      )
    expect(overtaken, 'conversations in which one message overtook another').to.be.above(0)
    proof.tried(
      `${CONVERSATIONS} conversations × (${MESSAGES} messages, take-over, agent’s words, note, reminder, hand-back) at once, 2 nodes`,
    )
    proof.figure(`0 lost updates in ${writes} rows, equal to the replay; ${overtaken} logs in another order than sent`)
  })

  /** Everybody writes at once, on both nodes. */
  async function atOnce(random: Random): Promise<{ id: ConversationId; said: string[] }> {
    const id = await begun()
    const said = Array.from({ length: MESSAGES }, () => WORDS[Math.floor(random() * WORDS.length)] ?? '')
    const messages = said.map((text, i) => says(id, text, `m${i}`, two.node(pick(random)), random() < 0.5))
    const node = two.node(pick(random))
    const visit = async (): Promise<string[]> => {
      const came = await refusal(takeConversation(node.platform, agent, id))
      const wrote = await refusal(writeAsAgent(node.platform, agent, id, { text: 'Bonjour', clientMessageId: 'a' }))
      return [came, wrote]
    }
    const note = addNote(two.node(pick(random)).platform, agent, id, 'À rappeler', 'n')
    const reminder = two.people.turn(id, (_tx, c) => remind(c))
    expect(await visit()).to.deep.equal(['done', 'done'])
    // Danger that nobody has read keeps the agent: then the conversation stays theirs.
    if (random() < 0.7) await refusal(two.node(pick(random)).turns.handBack(id, agent.id))
    await Promise.all([...messages, note, reminder])
    return { id, said }
  }

  async function begun(): Promise<ConversationId> {
    const id = await two.conversation('test')
    const start = { conversationId: id, externalId: `${id}/start`, kind: 'start' as const, body: { text: '' } }
    await two.node(0).turns.take(start)
    return id
  }

  type Node = ReturnType<TwoNodes['node']>

  async function says(id: ConversationId, text: string, mark: string, node: Node, byWeb: boolean): Promise<void> {
    const { platform, turns } = node
    const message = { externalId: `${id}/${mark}`, body: { text } }
    if (byWeb) await turns.take({ conversationId: id, kind: 'message', ...message })
    else {
      await receiveMessage(platform.database, platform.keys, id, { ...message, at: new Date() })
      await turns.takeReceived(id)
    }
  }

  const remind = (c: OpenConversation): unknown => append(c, { author: 'system', body: { text: REMINDER } })

  /** Does again in a fresh conversation, one after the other, what the log says was done. */
  async function replay(log: LoggedMessage[]): Promise<ConversationId> {
    const id = await begun()
    const node = two.node(0)
    for (const { seq, author, body } of log)
      if (author === 'newcomer') await says(id, body.text, `m${seq}`, node, true)
      else if (author === 'agent')
        await writeAsAgent(node.platform, agent, id, { text: body.text, clientMessageId: 'a' })
      else if (body.text === REMINDER) await two.people.turn(id, (_tx, c) => remind(c))
      else if (/^Amélie (a rejoint|has joined)/.test(body.text)) await takeConversation(node.platform, agent, id)
      else if (HANDED_BACK.test(body.text)) await node.turns.handBack(id, agent.id)
    await addNote(node.platform, agent, id, 'À rappeler', 'n')
    return id
  }

  /** How a conversation stands at its end, without what is only its own. */
  async function endOf(id: ConversationId): Promise<unknown> {
    const { notes, file } = await readConversation(two.node(1).platform, agent, id)
    return two.people.turn(id, (_tx, c) => ({
      state: c.state,
      answers: Object.fromEntries(c.answers),
      consents: file?.consents.map(({ purpose, given }) => ({ purpose, given })),
      notes: notes.map(({ text }) => text),
      handoff: c.handoff && { state: c.handoff.state, priority: c.handoff.priority },
      row: [c.language, c.mode, c.holder, c.agentId, c.epoch, c.seq],
    }))
  }
})

const HANDED_BACK = /^Amélie (a quitté|has left)/
/** Where the person stands in the queue depends on the others in it. */
const PLACE = /Vous êtes (au rang \d+|la prochaine personne) de la file|You are (number \d+|next) in the queue/g

const linesOf = (log: LoggedMessage[]): string[] =>
  log.map(
    ({ author, body }) =>
      `${author}: ${body.text.replace(PLACE, '…')} [${(body.choices ?? []).map(({ title }) => title).join('|')}]`,
  )

const pick = (random: Random): number => Math.floor(random() * 2)
