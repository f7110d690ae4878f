import { conflict, notFound } from '../platform/errors.ts'

/** Who asks. Administrators manage accounts; of conversations they see what an agent sees. */
export interface Actor {
  id: string
  name: string
  role: 'agent' | 'supervisor' | 'administrator'
}

/** What of a conversation decides who may see and touch it. */
export interface Standing {
  /** The agent who holds it now (mode `human`). */
  heldBy: string | undefined
  /** The agent who accompanies the person since the first take-over. */
  accompaniedBy: string | undefined
  /** In the queue, which every agent sees. */
  waiting: boolean
  /** Danger in it stays unread and no supervisor is at their desk: every agent is called. */
  callsEveryone?: boolean
}

export type Need = 'read' | 'write' | 'take' | 'handBack' | 'close' | 'note'

/** What an actor may do with a conversation. */
export type Rights = Readonly<Record<Need, boolean>>

/**
 * The rule of who may do what. To read: whoever holds it, whoever accompanies the person while no other
 * agent holds it, every agent while it waits in the queue, and supervisors; every agent stands in for
 * them where danger stays unread and no supervisor is there. To take: the same, except
 * who holds it already; so a supervisor may step in while an agent holds it. To write, hand back and
 * close: only the holder. To note: the same as to read, without those who only see it in the queue.
 */
export function rightsOf(actor: Actor, standing: Standing): Rights {
  const holds = standing.heldBy === actor.id
  const heldByAnother = standing.heldBy !== undefined && !holds
  const accompanies = standing.accompaniedBy === actor.id && !heldByAnother
  const supervises = actor.role === 'supervisor' || standing.callsEveryone === true
  return {
    read: holds || accompanies || standing.waiting || supervises,
    take: !holds && (accompanies || standing.waiting || supervises),
    write: holds,
    handBack: holds,
    close: holds,
    note: holds || accompanies || supervises,
  }
}

/**
 * Throws unless `actor` has the right. What is foreign and what does not exist are the same `notFound`;
 * what they may see but not do is `notYours`. Only to take what somebody holds is told as
 * `alreadyTaken`: the loser of a race saw it in the queue a moment ago.
 */
export function requireRight(actor: Actor, standing: Standing | undefined, need: Need): asserts standing is Standing {
  if (standing === undefined) throw notFound()
  const rights = rightsOf(actor, standing)
  if (rights[need]) return
  if (need === 'take' && standing.heldBy !== undefined) throw conflict('alreadyTaken')
  if (!rights.read) throw notFound()
  throw conflict('notYours')
}
