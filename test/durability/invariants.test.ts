import { readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect } from 'chai'
import { canaryWords } from '../support/world/canaryWords.ts'
import { openHistory, type Entry } from '../support/world/history.ts'
import { judge, type Judged } from '../support/world/invariants.ts'
import type { Kept, KeptConversation, KeptMessage } from '../support/world/kept.ts'

/** A run in which all is well, and that a test may spoil. */
interface Run {
  entries: Entry[]
  kept: Kept
}

const words = canaryWords()
const HIS = words.give('word', 'person-0')
const HERS = words.give('word', 'person-1')
const ownerOf = (conversation: string): string => (conversation === 'c0' ? 'person-0' : 'person-1')
const WITHIN_MS = 1_000

describe('the invariants of a run', () => {
  it('find nothing where all is well', () => {
    const { entries, kept } = well()
    expect(broken(judge({ entries, kept, words, ownerOf, withinMs: WITHIN_MS }))).to.deep.equal([])
  })

  const DOCTORED: { name: string; finds: keyof Judged; doctor: (run: Run, first: KeptConversation) => void }[] = [
    {
      name: 'I1: a message that was acknowledged and is gone',
      finds: 'lost',
      doctor: (_run, { log }) => renumber(log, log.splice(2, 2)),
    },
    {
      name: 'I1: a message that is kept under another id than the acknowledgement said',
      finds: 'lost',
      doctor: (_run, { log }) => void ((log[2] as KeptMessage).id = 'another'),
    },
    {
      name: 'I1: an agent’s reply that was acknowledged and is gone',
      finds: 'lost',
      doctor: ({ kept }) => {
        const { log } = kept.conversations[1] as KeptConversation
        renumber(log, log.splice(3, 1))
      },
    },
    {
      name: 'I2: a message that is kept twice',
      finds: 'doubled',
      doctor: (_run, { log }) => {
        log.push({ ...(log[2] as KeptMessage), id: 'copy' }, line('bot', 'reply-of-copy'))
        renumber(log)
      },
    },
    {
      name: 'I2: a consent that is recorded twice',
      finds: 'doubled',
      doctor: (_run, first) => void (first.consents = 2),
    },
    {
      name: 'I3: a gap in a log',
      finds: 'reordered',
      doctor: (_run, { log }) => void ((log.at(-1) as KeptMessage).seq += 1),
    },
    {
      name: 'I3: words in another order than they were said',
      finds: 'reordered',
      doctor: (_run, { log }) => {
        const [one, other] = [log[0], log[2]] as [KeptMessage, KeptMessage]
        log[0] = { ...other, seq: 1 }
        log[2] = { ...one, seq: 3 }
      },
    },
    {
      name: 'I3: a reply that is seen before the one that it follows',
      finds: 'reordered',
      doctor: ({ entries }) => {
        const seen = entries.filter(({ what }) => what === 'see')
        ;[(seen[0] as Entry).seq, (seen[1] as Entry).seq] = [2, 1]
      },
    },
    {
      name: 'I3: a reply that is never seen',
      finds: 'reordered',
      doctor: ({ entries }) => void entries.splice(entries.findIndex(({ what }) => what === 'see') + 1, 1),
    },
    {
      name: 'I3: a reply that is seen twice',
      finds: 'reordered',
      doctor: ({ entries }) => void entries.push({ ...(entries.findLast(({ what }) => what === 'see') as Entry) }),
    },
    {
      name: 'I4: somebody who never finished',
      finds: 'stuck',
      doctor: ({ entries }) =>
        void entries.splice(
          entries.findIndex(({ what }) => what === 'finish'),
          1,
        ),
    },
    {
      name: 'I4: somebody who finished long after the last fault',
      finds: 'stuck',
      doctor: ({ entries }) => void ((entries.find(({ what }) => what === 'finish') as Entry).ms = 100 + WITHIN_MS + 1),
    },
    {
      name: 'I4: a message that nobody answered',
      finds: 'stuck',
      doctor: (_run, { log }) => void log.pop(),
    },
    {
      name: 'I4: a message that was given up, though only the database was away',
      finds: 'stuck',
      doctor: (_run, { log }) => void ((log[2] as KeptMessage).status = 'failed'),
    },
    {
      name: 'I5: somebody else’s words in a log',
      finds: 'crossed',
      doctor: (_run, { log }) => void ((log[1] as KeptMessage).text = `merci ${HERS}`),
    },
    {
      name: 'I5: somebody else’s words on a screen, in lower case',
      finds: 'crossed',
      doctor: ({ entries }) => void ((entries.find(({ what }) => what === 'see') as Entry).text = HERS.toLowerCase()),
    },
    {
      name: 'I6: two open hand-offs of one conversation',
      finds: 'shared',
      doctor: ({ kept }) => {
        for (const takenBy of ['a', 'b'])
          kept.conversations[0]?.handoffs.push({ state: 'waiting', takenBy: null, closedHow: takenBy })
      },
    },
    {
      name: 'I6: a conversation that is held by somebody who did not take it',
      finds: 'shared',
      doctor: (_run, first) => Object.assign(first, { mode: 'human', heldBy: 'agent-9' }),
    },
    {
      name: 'I6: two agents who were both told that they have it',
      finds: 'shared',
      doctor: ({ entries }) => {
        const take = entries.findIndex(({ what, phase }) => what === 'take' && phase === 'ok')
        entries.splice(take + 1, 0, { ...(entries[take] as Entry), who: 'Camille B', op: 99 })
      },
    },
    {
      name: 'I7: what somebody wrote, in a console',
      finds: 'leaked',
      doctor: ({ kept }) => void kept.logs.push({ name: 'node 1', text: `error: ${HIS.toLowerCase()}` }),
    },
    {
      name: 'I8: an agent who took a conversation, and of whom no row tells',
      finds: 'unaudited',
      doctor: ({ kept }) => void kept.conversations[1]?.handoffs.pop(),
    },
  ]
  for (const { name, finds, doctor } of DOCTORED)
    it(`find ${name}`, () => {
      const run = well()
      doctor(run, run.kept.conversations[0] as KeptConversation)
      const found = broken(judge({ ...run, words, ownerOf, withinMs: WITHIN_MS }))
      expect(found).to.include(finds)
    })

  it('leave behind the history that broke one, in a file', () => {
    const history = openHistory()
    history.begin('say', 'person-0', { mark: 'm' }).end('info', { status: 0 })
    const file = history.save()
    const lines = readFileSync(file, 'utf8').trim().split('\n')
    rmSync(dirname(file), { recursive: true })
    expect(lines.map((one) => (JSON.parse(one) as Entry).phase)).to.deep.equal(['invoke', 'info'])
  })
})

const broken = (judged: Judged): string[] =>
  Object.entries(judged as unknown as Record<string, string[]>).flatMap(([name, found]) =>
    found.length > 0 ? [name] : [],
  )

/** Two people: the first talks to the bot, the second to an agent too. */
function well(): Run {
  const entries: Entry[] = []
  let op = 0
  const add = (what: Entry['what'], who: string, ms: number, about: Partial<Entry>): void => {
    op += 1
    if (what === 'say' || what === 'take' || what === 'release' || what === 'reply')
      entries.push({ ms, op, phase: 'invoke', what, who, ...about })
    entries.push({ ms, op, phase: 'ok', what, who, ...about })
  }
  const said = (who: string, conversation: string, n: number, text: string): void =>
    add('say', who, n * 10, { conversation, mark: `${who}-${n}`, id: `${who}-${n}`, text })
  said('person-0', 'c0', 1, 'Bonjour')
  said('person-0', 'c0', 2, HIS)
  for (const seq of [1, 2, 3, 4]) add('see', 'person-0', 50, { conversation: 'c0', seq, text: `merci ${HIS}` })
  said('person-1', 'c1', 1, HERS)
  add('take', 'Camille A', 60, { conversation: 'c1' })
  add('reply', 'Camille A', 61, { conversation: 'c1', mark: 'r1' })
  add('release', 'Camille A', 62, { conversation: 'c1' })
  add('fault', 'server', 100, {})
  add('finish', 'person-0', 110, {})
  add('finish', 'person-1', 110, {})
  const c0 = [line('newcomer', 'person-0-1'), line('bot', 'b1'), line('newcomer', 'person-0-2', HIS), line('bot', 'b2')]
  const c1 = [
    line('newcomer', 'person-1-1', HERS),
    line('bot', 'b3'),
    line('system', 's1', 'Camille A a rejoint la conversation et vous répond.'),
    line('agent', 'r1'),
  ]
  const none = { mode: 'bot', heldBy: null, consents: 1 }
  return {
    entries,
    kept: {
      conversations: [
        { id: 'c0', ...none, handoffs: [], log: renumber(c0) },
        {
          id: 'c1',
          ...none,
          handoffs: [{ state: 'closed', takenBy: 'agent-1', closedHow: 'closed' }],
          log: renumber(c1),
        },
      ],
      logs: [{ name: 'node 0', text: 'Ready in 1 s' }],
    },
  }
}

function line(author: KeptMessage['author'], id: string, text = 'bien'): KeptMessage {
  const mark = author === 'newcomer' || author === 'agent' ? { mark: id } : {}
  return { id, seq: 0, author, kind: 'message', status: 'done', text, ...mark }
}

/** Gives the lines their places again. */
function renumber(log: KeptMessage[], ..._gone: unknown[]): KeptMessage[] {
  log.forEach((message, i) => (message.seq = i + 1))
  return log
}
