import type { Temporal } from 'temporal-polyfill'
import {
  append,
  MAX_ATTEMPTS,
  nextReceived,
  openConversation,
  placeReceived,
  readReceived,
  ringNews,
  saveConversation,
  type Draft,
  type MessageBody,
  type OpenConversation,
} from '../services/conversations/index.ts'
import { storeFiles } from '../services/files/index.ts'
import { releaseToBot, requestPerson } from '../services/handoff/index.ts'
import { speak } from '../services/locales/index.ts'
import { toDate } from '../services/platform/clock.ts'
import { brokenConstraint, DeadlinePassed, HOLD_MS, isAway, type Transaction } from '../services/platform/database.ts'
import { conflict, notFound, ParcoursError, tooMany, unavailable } from '../services/platform/errors.ts'
import { randomId, type ConversationId } from '../services/platform/ids.ts'
import { patience } from '../services/platform/patience.ts'
import type { Platform } from '../services/platform/platform.ts'
import type { Inbound, Taken, Turns } from './inbound.ts'
import { createLines } from './line.ts'
import { rememberRefused } from './refused.ts'

/** What the bot is given: a locked conversation, the message's place in its log, and a voice. */
export interface Turn {
  readonly tx: Transaction
  readonly conversation: OpenConversation
  /** The moment of this turn: one for everything that it decides and writes. */
  readonly at: Temporal.Instant
  /** Where the newcomer's message stands in the log; 0 when they said nothing (start, hand-back). */
  readonly seq: number
  /** Appends a message. It leaves when the turn commits, or not at all. */
  say(author: 'bot' | 'system', body: MessageBody): void
}

/** What decides the answers. Mode and author are settled before it is called. */
export interface Bot {
  /** What may be kept of a newcomer's message; a bot that does not say keeps all. */
  keeps?(conversation: OpenConversation, body: MessageBody): MessageBody
  /** The person opened the conversation and said nothing yet. */
  onStart(turn: Turn): Promise<void>
  onMessage(turn: Turn, body: MessageBody): Promise<void>
  /** An agent holds the conversation: the bot is silent, but danger is not. */
  onOverheard(turn: Turn, body: MessageBody): Promise<void>
  /** A word that the channel itself obeys, and has noted: it is confirmed once where the carrier has not. */
  onOptOut?(turn: Turn, optOut: NonNullable<MessageBody['optOut']>): Promise<void>
  /** The agent of this name gave the conversation back. */
  onHandedBack(turn: Turn, agentName: string): Promise<void>
}

/** A turn is rolled back and its conversation freed after this. */
export const DEADLINE_MS = 10_000
/** How often a web turn that throws is tried before it is kept as failed. */
const WEB_ATTEMPTS = 2
/** What may wait for its turn in one conversation, on one node. */
const LINE_LENGTH = 32
/** Posts that one conversation may make in `BURST_SECONDS`. */
const BURST_POSTS = 20
const BURST_SECONDS = 10
/** How much longer than a turn may last somebody behind it waits, in ms; all in all less than the 20 s that Web Chat waits. */
const BEHIND_MS = 2_000

/**
 * The way of a message: one transaction that locks its conversation, recognises a copy, lets the bot
 * or an agent's silence answer, and writes everything back; acknowledged after the commit. `deadlineMs`
 * is another for tests only.
 */
export function createTurns(platform: Platform, bot: Bot, deadlineMs = DEADLINE_MS): Turns {
  const { database, keys, clock, bell, log, settings, metrics } = platform
  const inLine = createLines(LINE_LENGTH)
  const unlessRefused = rememberRefused(clock)

  /** Runs one turn over a locked conversation. `decide` returns whether there is anything to save. */
  async function inConversation<T>(
    id: ConversationId,
    externalId: string | undefined,
    decide: (tx: Transaction, c: OpenConversation, at: Temporal.Instant) => Promise<{ result: T; save: boolean }>,
  ): Promise<T> {
    return database.transaction(
      async (tx) => {
        const c = await openConversation(tx, keys, id, externalId)
        if (c === undefined) throw notFound()
        const at = clock.now()
        const before = { mode: c.mode, handoff: c.handoff?.id, priority: c.handoff?.priority }
        const { result, save } = await decide(tx, c, at)
        if (save) {
          saveConversation(tx, c, toDate(at))
          tx.afterCommit(() => {
            ringNews(bell, c, toDate(at))
            const queueChanged =
              before.mode !== c.mode || before.handoff !== c.handoff?.id || before.priority !== c.handoff?.priority
            if (queueChanged || c.handoff !== undefined || c.agentId !== undefined) bell.ring('queue')
          })
        }
        return result
      },
      { deadlineMs },
    )
  }

  const turnOf = (tx: Transaction, c: OpenConversation, at: Temporal.Instant, seq: number): Turn => ({
    tx,
    conversation: c,
    at,
    seq,
    say: (author, body) => void append(c, { author, body }),
  })

  /** Bot, or the silence that an agent's presence asks for. */
  async function answer(
    tx: Transaction,
    c: OpenConversation,
    at: Temporal.Instant,
    seq: number,
    body: MessageBody,
  ): Promise<void> {
    const turn = turnOf(tx, c, at, seq)
    if (body.optOut !== undefined && bot.onOptOut !== undefined) return bot.onOptOut(turn, body.optOut)
    const isAnsweredElsewhere = c.silentUntil !== undefined && c.silentUntil > toDate(at)
    if (c.mode === 'human' || isAnsweredElsewhere) await bot.onOverheard(turn, body)
    else await bot.onMessage(turn, body)
  }

  const keptOf = (c: OpenConversation, body: MessageBody): MessageBody => bot.keeps?.(c, body) ?? body

  async function takeOnce(inbound: Inbound): Promise<Taken> {
    return inConversation<Taken>(inbound.conversationId, inbound.externalId, async (tx, c, at) => {
      if (c.copy !== undefined) return { result: { id: c.copy.id, seq: c.copy.seq ?? 0, copy: true }, save: false }
      if (inbound.kind === 'start') return { result: await greet(tx, c, at, inbound), save: true }
      if (settings.rateLimit) countPost(c, at)
      const taken = await logInbound(tx, c, at, inbound)
      if (inbound.kind === 'message') await answer(tx, c, at, taken.seq, taken.body)
      return { result: { id: taken.id, seq: taken.seq, copy: false }, save: true }
    })
  }

  /** The first words, once a conversation: they carry the mark of the start, by which a second start is a copy. */
  async function greet(tx: Transaction, c: OpenConversation, at: Temporal.Instant, inbound: Inbound): Promise<Taken> {
    if (inbound.language !== undefined) c.language = inbound.language
    if (c.state === null && c.mode === 'bot') await bot.onStart(turnOf(tx, c, at, 0))
    const first =
      c.appended[0] ?? append(c, { author: 'system', kind: 'event', body: { text: '', name: 'parcours/start' } })
    first.externalId = inbound.externalId
    return { id: first.id, seq: first.seq, copy: false }
  }

  async function logInbound(
    tx: Transaction,
    c: OpenConversation,
    at: Temporal.Instant,
    inbound: Inbound,
    ended: Pick<Draft, 'status' | 'attempts'> = {},
  ) {
    const id = randomId()
    const files = inbound.files ?? []
    const kept = keptOf(c, inbound.body)
    const body = files.length === 0 ? kept : { ...kept, files: storeFiles(tx, c, id, files, at) }
    c.newcomerWroteAt = toDate(at)
    return append(
      c,
      {
        author: 'newcomer',
        kind: inbound.kind === 'event' ? 'event' : 'message',
        body,
        externalId: inbound.externalId,
        ...ended,
      },
      id,
    )
  }

  /** The message is kept as failed, the person is told in their language, and a human is called. */
  async function keepAsFailed(inbound: Inbound, attempts: number): Promise<Taken> {
    return inConversation<Taken>(inbound.conversationId, inbound.externalId, async (tx, c, at) => {
      if (c.copy !== undefined) return { result: { id: c.copy.id, seq: c.copy.seq ?? 0, copy: true }, save: false }
      const kept = await logInbound(tx, c, at, inbound, { status: 'failed', attempts })
      await callForHelp(turnOf(tx, c, at, kept.seq), kept.body)
      return { result: { id: kept.id, seq: kept.seq, copy: false }, save: true }
    })
  }

  async function callForHelp(turn: Turn, body: MessageBody): Promise<void> {
    const { tx, conversation: c, at } = turn
    // What failed may tell of danger, and that is read apart from what failed.
    await bot.onOverheard(turn, body).catch((error: unknown) => {
      log.error('turn.danger_not_read', { conversation: c.id, error })
    })
    if (c.mode === 'human') return // the agent who is there sees the message, and that it failed
    const known = Object.fromEntries(c.answers)
    requestPerson(tx, c, { reason: 'failure', lastWords: body.text, known, openStep: null, at })
    turn.say('system', { text: speak(c.language, 'handoff:failure') })
  }

  /** A copy that raced us to the commit: its unique index spoke first, and the log has the answer now. */
  const isCopyRace = (error: unknown): boolean => brokenConstraint(error) === 'messages_external'

  async function take(inbound: Inbound): Promise<Taken> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await takeOnce(inbound)
      } catch (error) {
        if (error instanceof ParcoursError || isAway(error)) throw error
        if (isCopyRace(error)) continue
        log.error('turn.failed', { conversation: inbound.conversationId, attempt, error })
        if (attempt < WEB_ATTEMPTS && !(error instanceof DeadlinePassed)) continue
        if (inbound.kind === 'start') throw error // nothing was said that could be kept: the client starts again
        return await keepAsFailed(inbound, attempt)
      }
    }
  }

  /** One `received` row: its attempt is counted and committed first, so that a crash in the turn counts too. */
  async function takeNextReceived(id: ConversationId): Promise<boolean> {
    const next = await database.hold(() => nextReceived(database, id))
    if (next === undefined) return false
    const givenUp = next.attempts > MAX_ATTEMPTS
    try {
      await takeReceivedRow(id, next.id, givenUp)
    } catch (error) {
      if (error instanceof ParcoursError || isAway(error)) throw error
      log.error('turn.failed', { conversation: id, attempt: next.attempts, error })
      if (givenUp) throw error // even keeping it as failed does not work: the sweep comes back
      // It would only hold up the others again.
      if (error instanceof DeadlinePassed) await takeReceivedRow(id, next.id, true)
    }
    return true
  }

  async function takeReceivedRow(id: ConversationId, rowId: string, givenUp: boolean): Promise<void> {
    await database.hold(() =>
      inConversation(id, undefined, async (tx, c, at) => {
        const message = await readReceived(tx, c, rowId)
        if (message === undefined) return { result: undefined, save: false }
        c.newcomerWroteAt = toDate(at)
        const body = message.body === undefined ? undefined : keptOf(c, message.body)
        const failed = givenUp || body === undefined
        const seq = placeReceived(tx, c, rowId, failed ? 'failed' : 'done', body === message.body ? undefined : body)
        if (failed) await callForHelp(turnOf(tx, c, at, seq), body ?? { text: '' })
        else await answer(tx, c, at, seq, body)
        return { result: undefined, save: true }
      }),
    )
  }

  return {
    async take(inbound, holdMs = Math.max(HOLD_MS, deadlineMs + BEHIND_MS)) {
      const stopTimer = metrics.turnSeconds.startTimer()
      const left = patience(holdMs)
      try {
        // To stand in line is to wait too: who came last in it has no more patience than who came first.
        const inTurn = () =>
          inLine(inbound.conversationId, () => {
            if (left() === 0) throw unavailable()
            return database.hold(() => take(inbound), left())
          })
        // A start is not counted, nor refused for what was written.
        const taken = await (inbound.kind === 'start' ? inTurn() : unlessRefused(inbound.conversationId, inTurn))
        metrics.turns.inc({ outcome: taken.copy ? 'copy' : 'done' })
        return taken
      } catch (error) {
        metrics.turns.inc({ outcome: error instanceof ParcoursError ? error.code : 'failed' })
        throw error
      } finally {
        stopTimer()
      }
    },
    async takeReceived(id) {
      for (let count = 0; ; count += 1) if (!(await inLine(id, () => takeNextReceived(id)))) return count
    },
    handBack(id, agentId) {
      let tried = false
      const giveBack = () =>
        inConversation(id, undefined, async (tx, c, at) => {
          // The first try was committed, and only its answer was lost.
          if (tried && c.mode === 'bot') return { result: undefined, save: false }
          if (c.holder?.id !== agentId) throw conflict('notYours')
          tried = true
          const { name } = c.holder
          await releaseToBot(tx, c, at)
          await bot.onHandedBack(turnOf(tx, c, at, 0), name)
          return { result: undefined, save: true }
        })
      return inLine(id, () => database.hold(giveBack))
    },
  }
}

/** The conversation's own rate limit: it lives in the row that the turn has locked, so it holds for all nodes. */
function countPost(c: OpenConversation, at: Temporal.Instant): void {
  const since = (at.epochMilliseconds - c.burst.startedAt.getTime()) / 1000
  if (since >= BURST_SECONDS || since < 0) c.burst = { startedAt: toDate(at), count: 0 }
  c.burst.count += 1
  if (c.burst.count > BURST_POSTS) throw tooMany(Math.ceil(BURST_SECONDS - Math.max(0, since)))
}
