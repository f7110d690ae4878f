import { expect } from 'chai'
import { requireRight, rightsOf, type Actor, type Need, type Standing } from '../../services/handoff/permissions.ts'

const me: Actor = { id: 'me', name: 'Me', role: 'agent' }
const supervisor: Actor = { ...me, role: 'supervisor' }
const administrator: Actor = { ...me, role: 'administrator' }

const untouched: Standing = { heldBy: undefined, accompaniedBy: undefined, waiting: false }
const queued: Standing = { ...untouched, waiting: true }
const mine: Standing = { heldBy: 'me', accompaniedBy: 'me', waiting: false }
const accompanied: Standing = { ...untouched, accompaniedBy: 'me' }
const othersPerson: Standing = { ...untouched, accompaniedBy: 'other' }
const heldByOther: Standing = { heldBy: 'other', accompaniedBy: 'other', waiting: false }
const myPersonHeldByOther: Standing = { heldBy: 'other', accompaniedBy: 'me', waiting: false }
const othersPersonQueued: Standing = { ...othersPerson, waiting: true }

const all: Need[] = ['read', 'take', 'write', 'handBack', 'close', 'note']
const holder: Need[] = ['read', 'write', 'handBack', 'close', 'note']
const watcher: Need[] = ['read', 'take', 'note']

/** Who, of which conversation, may do exactly what. */
const table: [string, Actor, Standing, Need[]][] = [
  ['an agent, one that only the bot knows', me, untouched, []],
  ['an agent, one that waits', me, queued, ['read', 'take']],
  ['an agent, one they hold', me, mine, holder],
  ['an agent, one they accompany', me, accompanied, watcher],
  ['an agent, one another accompanies', me, othersPerson, []],
  ['an agent, one another holds', me, heldByOther, []],
  ['an agent, one they accompany and another holds', me, myPersonHeldByOther, []],
  ['an agent, one another accompanies and that waits', me, othersPersonQueued, ['read', 'take']],
  ['a supervisor, one that only the bot knows', supervisor, untouched, watcher],
  ['a supervisor, one that another holds', supervisor, heldByOther, watcher],
  ['a supervisor, one they hold', supervisor, mine, holder],
  ['an administrator, one that only the bot knows', administrator, untouched, []],
  ['an administrator, one that another holds', administrator, heldByOther, []],
  ['an administrator, one that waits', administrator, queued, ['read', 'take']],
]

describe('who may do what with a conversation', () => {
  for (const [who, actor, standing, may] of table)
    it(`${who}: ${may.join(', ') || 'nothing'}`, () => {
      const rights = rightsOf(actor, standing)
      expect(all.filter((need) => rights[need])).to.have.members(may)
    })

  const said = (actor: Actor, standing: Standing | undefined, need: Need): string => {
    try {
      requireRight(actor, standing, need)
      return 'allowed'
    } catch (error) {
      return (error as { code: string }).code
    }
  }

  it('says the same of what is foreign and of what does not exist', () => {
    for (const need of all.filter((one) => one !== 'take')) {
      expect(said(me, heldByOther, need)).to.equal('notFound')
      expect(said(me, undefined, need)).to.equal('notFound')
    }
    expect(said(me, untouched, 'take')).to.equal('notFound')
    expect(said(me, undefined, 'take')).to.equal('notFound')
  })

  it('says "not yours" of what is seen and not held, and "already taken" to who comes second', () => {
    expect(said(me, queued, 'write')).to.equal('notYours')
    expect(said(supervisor, heldByOther, 'write')).to.equal('notYours')
    expect(said(me, heldByOther, 'take')).to.equal('alreadyTaken')
    expect(said(me, mine, 'write')).to.equal('allowed')
  })
})
