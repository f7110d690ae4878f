import { expect } from 'chai'
import type { Bot } from '../../bots/turn.ts'
import { receiveMessage, type LoggedMessage } from '../../services/conversations/index.ts'
import { requestPerson, takeConversation, writeAsAgent, type Actor } from '../../services/handoff/index.ts'
import type { ConversationId } from '../../services/platform/ids.ts'
import { refusal, type TestAgent } from '../support/deskWorld.ts'
import { linesOf } from '../support/parrot.ts'
import { proves } from '../support/proofs.ts'
import { randomFrom, seedOfThisRun, type Random } from '../support/seeded.ts'
import { startTwoNodes, type TwoNodes } from '../support/twoNodes.ts'

const long = process.env['TEST_LONG'] === '1'
const ROUNDS = long ? 1_000 : 30
const AT_ONCE = 5

/** A turn of the bot that has said its words and does not end before it is let go. */
interface HeldTurn {
  running: PromiseWithResolvers<void>
  end: PromiseWithResolvers<void>
}

describe('an agent who takes over while the bot answers', function () {
  this.timeout(long ? 600_000 : 60_000)
  const held = new Map<string, HeldTurn>()
  const bot: Bot = {
    onStart: async (turn) => turn.say('bot', { text: 'start' }),
    async onMessage({ tx, conversation, at, say }, { text }) {
      if (text === 'une personne')
        requestPerson(tx, conversation, { reason: 'asked', lastWords: text, known: {}, openStep: null, at })
      say('bot', { text: `bot: ${text}` })
      const turn = text === 'lent' ? held.get(conversation.id) : undefined
      turn?.running.resolve()
      await turn?.end.promise
    },
    onOverheard: async () => {},
    onHandedBack: async (turn) => turn.say('bot', { text: 'back' }),
  }
  let two: TwoNodes
  let agent: TestAgent
  let supervisor: TestAgent
  before(async () => {
    two = await startTwoNodes({ parts: { bot } })
    agent = await two.people.agent('Amélie')
    supervisor = await two.people.agent('Sam', 'supervisor')
  })
  after(() => two.stop())

  proves(
    'C6',
    'hears nothing more of it; nor does a supervisor of the agent, until it is handed back',
    async (proof) => {
      const seed = seedOfThisRun()
      proof.seed(seed)
      const random = randomFrom(seed)
      const late = { bot: 0, agent: 0 }
      let during = 0
      for (let done = 0; done < ROUNDS; done += AT_ONCE)
        for (const log of await Promise.all(Array.from({ length: AT_ONCE }, () => round(random)))) {
          const found = judge(log)
          late.bot += found.bot
          late.agent += found.agent
          during += found.during
          expect(found.handedBack, linesOf(log).join('\n')).to.equal(true)
        }
      expect(late).to.deep.equal({ bot: 0, agent: 0 })
      expect(during, 'words of the newcomer that came while somebody held it').to.be.above(ROUNDS)
      proof.tried(`${ROUNDS} × (take-over in a running turn, supervisor steps in, hand-back), 2 nodes, web and webhook`)
      proof.figure(`${late.bot} bot and ${late.agent} agent messages after losing the seat; ${during} heard in silence`)
    },
  )

  async function round(random: Random): Promise<LoggedMessage[]> {
    const id = await two.conversation('test')
    const say = speaker(id, random)
    await say('une personne')
    const turn = { running: Promise.withResolvers<void>(), end: Promise.withResolvers<void>() }
    held.set(id, turn)
    // The turn runs and has spoken; a click, and more words, arrive behind it on either node.
    const lent = say('lent')
    await turn.running.promise
    const behind = [say('derrière'), take(agent, id, random), say('derrière encore')]
    if (random() < 0.5) await new Promise(setImmediate)
    turn.end.resolve()
    expect(await behind[1]).to.equal('done')
    const writing = [1, 2, 3].map((n) => write(agent, id, `a${n}`, random))
    await Promise.all([lent, ...behind, say('avant Sam'), take(supervisor, id, random), ...writing])
    expect(await write(agent, id, 'late', random)).to.equal('notFound')
    // Given back while the person writes.
    await Promise.all([
      say('pendant le retour'),
      write(supervisor, id, 's1', random).then(() => two.node(pick(random)).turns.handBack(id, supervisor.id)),
      say('pendant le retour aussi'),
    ])
    await say('et après')
    held.delete(id)
    return two.log(id)
  }

  /** Writes as the person, over either way and node. Resolves once the words have had their turn. */
  function speaker(id: ConversationId, random: Random): (text: string) => Promise<unknown> {
    return async (text) => {
      const { platform, turns } = two.node(pick(random))
      const externalId = `${id}/${text}`
      if (random() < 0.5) return turns.take({ conversationId: id, externalId, kind: 'message', body: { text } })
      await receiveMessage(platform.database, platform.keys, id, { externalId, body: { text }, at: new Date() })
      return turns.takeReceived(id)
    }
  }

  const take = (who: Actor, id: ConversationId, random: Random): Promise<string> =>
    refusal(takeConversation(two.node(pick(random)).platform, who, id))

  const write = (who: Actor, id: ConversationId, text: string, random: Random): Promise<string> =>
    refusal(writeAsAgent(two.node(pick(random)).platform, who, id, { text, clientMessageId: text }))
})

const pick = (random: Random): number => Math.floor(random() * 2)

/** Reads a log with one question: who held the conversation when this was said? */
function judge(log: LoggedMessage[]): { bot: number; agent: number; during: number; handedBack: boolean } {
  let holder: string | undefined
  const found = { bot: 0, agent: 0, during: 0, handedBack: false }
  for (const { author, agent, body } of log) {
    const came = author === 'system' ? /^(\S+) a rejoint/.exec(body.text)?.[1] : undefined
    if (came !== undefined) holder = came
    else if (author === 'bot' && body.text === 'back') {
      found.handedBack = holder === 'Sam'
      holder = undefined
    } else if (author === 'bot' && holder !== undefined) found.bot += 1
    else if (author === 'agent' && agent?.name !== holder) found.agent += 1
    else if (author === 'newcomer' && holder !== undefined) found.during += 1
  }
  const last = linesOf(log).slice(-2)
  expect(last, 'after the hand-back the bot answers').to.deep.equal(['newcomer: et après', 'bot: bot: et après'])
  return found
}
