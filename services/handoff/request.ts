import type { Kysely } from 'kysely'
import type { Temporal } from 'temporal-polyfill'
import type { OpenConversation } from '../conversations/index.ts'
import { setDue } from '../due/index.ts'
import { toDate } from '../platform/clock.ts'
import type { Transaction } from '../platform/database.ts'
import { randomId, type HandoffId } from '../platform/ids.ts'
import type { Schema } from '../schema.ts'
import { DANGER_UNREAD } from './alarms.ts'
import { summaryPlace, type HandoffSummary, type Priority, type Reason } from './types.ts'

export interface PersonRequest {
  reason: Reason
  /** In danger: which situation, as `content/help-lines.json` names it. */
  situation?: string
  /** The step that was open, e.g. `onboarding:arrival`. */
  openStep?: string | null
  /** The person's own last words; cut at 300 characters. */
  lastWords: string
  /** Answers given so far, by step name. */
  known: Record<string, unknown>
  region?: string
  /** Danger was said again: what it was is to be known instead of what was said the first time. */
  renews?: boolean
  at: Temporal.Instant
}

/**
 * Danger goes before everything; a legal limit (quebec.md, section 9, 16) and a failure of ours before what
 * can wait its turn.
 */
const PRIORITY: Record<Reason, Priority> = { danger: 0, deadline: 1, failure: 1, asked: 2, misunderstood: 2 }
const LAST_WORDS = 300
/** How long danger may stay unread by the agent who holds the conversation. Danger is never left to one pair of eyes. */
const DANGER_UNREAD_SECONDS = 60

/**
 * Asks for a person, within a turn: the conversation is `waiting` from its commit on, and in the queue.
 * A conversation has one open hand-off: a graver reason raises it and keeps its place in time; an equal
 * or lesser one changes nothing, but that a danger that `renews` says what it is now. While an agent holds the conversation it stays `human`; the graver
 * priority is kept for the case that it returns to the queue.
 */
export function requestPerson(
  tx: Transaction,
  c: OpenConversation,
  request: PersonRequest,
): 'opened' | 'raised' | 'renewed' | 'already' {
  const priority = PRIORITY[request.reason]
  const open = c.handoff
  const renews = request.renews === true && open?.priority === priority
  if (open !== undefined && open.priority <= priority && !renews) return 'already'
  if (open === undefined && c.mode === 'human') return 'already'
  const id = open?.id ?? (randomId() as HandoffId)
  const summary = c.key.seal(summaryPlace(id), summaryOf(request))
  if (open !== undefined) {
    open.priority = priority
    tx.later(
      tx.db
        .updateTable('handoffs')
        .set({ priority, reason: request.reason, summary_sealed: summary })
        .where('id', '=', id)
        .compile(),
    )
    return renews ? 'renewed' : 'raised'
  }
  c.mode = 'waiting'
  c.handoff = { id, state: 'waiting', priority, requestedAt: toDate(request.at) }
  tx.later(
    tx.db
      .insertInto('handoffs')
      .values({
        id,
        conversation_id: c.id,
        reason: request.reason,
        priority,
        language: c.language,
        region: request.region ?? null,
        summary_sealed: summary,
        requested_at: toDate(request.at),
        requested_seq: c.seq,
        taken_by: null,
        taken_at: null,
        requeued_at: null,
        closed_at: null,
        closed_how: null,
      })
      .compile(),
  )
  return 'opened'
}

function summaryOf(request: PersonRequest): HandoffSummary {
  return {
    lastWords: Array.from(request.lastWords).slice(0, LAST_WORDS).join(''),
    known: request.known,
    openStep: request.openStep ?? null,
    situation: request.situation ?? null,
  }
}

/** The place in the queue of a waiting hand-off, from 1. Its own row need not be committed yet. */
export async function queuePosition(
  db: Kysely<Schema>,
  handoff: { priority: number; requestedAt: Date; id: string },
): Promise<number> {
  const { ahead } = await db
    .selectFrom('handoffs')
    .select((row) => row.fn.countAll<string>().as('ahead'))
    .where('state', '=', 'waiting')
    .where((row) =>
      row(
        row.refTuple('priority', 'requested_at', 'id'),
        '<',
        row.tuple(handoff.priority, handoff.requestedAt, handoff.id),
      ),
    )
    .executeTakeFirstOrThrow()
  return Number(ahead) + 1
}

/**
 * Danger was written while an agent holds the conversation: they are alerted, and a supervisor is when
 * nobody has read it within 60 seconds. `seq` is where the newcomer's message stands in the log. The
 * turn's ring of `queue` makes the desks look for alarms.
 */
export function alertDanger(
  tx: Transaction,
  c: OpenConversation,
  danger: { seq: number; situation: string; at: Temporal.Instant },
): void {
  setDue(tx, {
    kind: DANGER_UNREAD,
    conversationId: c.id,
    reference: `${c.id}:${danger.seq}`,
    at: danger.at.add({ seconds: DANGER_UNREAD_SECONDS }),
  })
}
