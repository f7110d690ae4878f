import type { Kysely } from 'kysely'
import { toDate } from '../platform/clock.ts'
import { conflict, forbidden, notFound } from '../platform/errors.ts'
import { randomId, type AgentId } from '../platform/ids.ts'
import type { Platform } from '../platform/platform.ts'
import type { Schema } from '../schema.ts'
import { makeLink, type SignInLink } from '../sign-in/index.ts'
import { requireActive } from './active.ts'
import { presentSince } from './presence.ts'
import { mayManage, type Role } from './rules.ts'

/** An account of the desk. */
export interface Agent {
  id: AgentId
  name: string
  role: Role
  languages: string[]
  region: string | null
  active: boolean
  /** A desk of theirs is open now. */
  present: boolean
}

/** What a colleague is invited with. */
export interface Invitee {
  name: string
  role: Role
  languages: string[]
  region: string | null
}

type Actor = { id: string; role: Role }
type Invitation = { agent: Agent; link: SignInLink }

const INVITATION_HOURS = 72

/** All accounts, active ones first, by name. */
export async function listAgents(platform: Platform): Promise<Agent[]> {
  return agentsWith(platform, platform.database.db)
    .orderBy('a.active', 'desc')
    .orderBy('a.name')
    .orderBy('a.id')
    .execute()
    .then((rows) => rows.map(asAgent))
}

/** One account. Throws `notFound`. */
export async function readAgent(platform: Platform, id: string): Promise<Agent> {
  return readIn(platform, platform.database.db, id)
}

/**
 * Opens an account and makes the link that lets its owner in, good for 72 hours. `mark` is made by the
 * page: a second copy opens no second account, it gets a new link for the first. Throws `forbidden`.
 */
export async function inviteAgent(
  platform: Platform,
  actor: Actor,
  invitee: Invitee,
  mark: string = randomId(),
): Promise<Invitation> {
  if (!mayManage(actor, invitee.role)) throw forbidden()
  const created_at = toDate(platform.clock.now())
  return platform.database.hold(() =>
    platform.database.transaction(async (tx) => {
      await requireActive(tx, actor.id)
      await tx.db
        .insertInto('agents')
        .values({ id: randomId(), ...invitee, created_at, created_by: actor.id, invited_as: mark })
        .onConflict((copy) => copy.columns(['created_by', 'invited_as']).doNothing())
        .execute()
      const { id, role } = await tx.db
        .selectFrom('agents')
        .select(['id', 'role'])
        .where('created_by', '=', actor.id)
        .where('invited_as', '=', mark)
        .executeTakeFirstOrThrow()
      if (!mayManage(actor, role)) throw forbidden()
      return invitation(platform, tx.db, actor, id)
    }),
  )
}

/**
 * A new link for an account, which voids the one not yet used. It keeps who made it, and its use ends
 * the account's other sessions. Throws `notFound`, `forbidden`, `inactive`.
 */
export async function renewLink(platform: Platform, actor: Actor, id: string): Promise<Invitation> {
  return platform.database.transaction(async (tx) => {
    await requireActive(tx, actor.id)
    const agent = await readIn(platform, tx.db, id)
    if (!mayManage(actor, agent.role)) throw forbidden()
    if (!agent.active) throw conflict('inactive')
    return invitation(platform, tx.db, actor, agent.id)
  })
}

/**
 * Closes an account: its sessions and links end with the commit, its sockets are told at once. What it
 * wrote stays under its name. Throws `notFound`, `forbidden`, `ownAccount`.
 */
export async function deactivateAgent(platform: Platform, actor: Actor, id: string): Promise<void> {
  if (actor.id === id) throw conflict('ownAccount')
  await platform.database.transaction(async (tx) => {
    await requireActive(tx, actor.id)
    const agent = await readIn(platform, tx.db, id)
    if (!mayManage(actor, agent.role)) throw forbidden()
    tx.later(tx.db.updateTable('agents').set({ active: false }).where('id', '=', id).compile())
    tx.later(tx.db.deleteFrom('agent_sessions').where('agent_id', '=', id).compile())
    tx.later(tx.db.deleteFrom('sign_in_links').where('agent_id', '=', id).where('used_at', 'is', null).compile())
    tx.later(tx.db.deleteFrom('desks').where('agent_id', '=', id).compile())
    tx.afterCommit(() => platform.bell.ring(`agent:${id}`))
  })
}

async function invitation(platform: Platform, db: Kysely<Schema>, actor: Actor, id: string): Promise<Invitation> {
  const agent = await readIn(platform, db, id)
  const made = { now: platform.clock.now(), hours: INVITATION_HOURS, madeBy: actor.id }
  return { agent, link: await makeLink(db, platform.settings.publicUrl, agent.id, made) }
}

async function readIn(platform: Platform, db: Kysely<Schema>, id: string): Promise<Agent> {
  const row = await agentsWith(platform, db).where('a.id', '=', id).executeTakeFirst()
  if (row === undefined) throw notFound()
  return asAgent(row)
}

function agentsWith(platform: Platform, db: Kysely<Schema>) {
  return db
    .selectFrom('agents as a')
    .select(['a.id', 'a.name', 'a.role', 'a.languages', 'a.region', 'a.active'])
    .select((row) =>
      row
        .exists(
          row
            .selectFrom('desks as d')
            .select('d.id')
            .whereRef('d.agent_id', '=', 'a.id')
            .where('d.seen_at', '>', presentSince(platform.clock.now())),
        )
        .as('present'),
    )
}

const asAgent = (row: Omit<Agent, 'id' | 'present'> & { id: string; present: unknown }): Agent => ({
  ...row,
  id: row.id as AgentId,
  present: row.present === true,
})
