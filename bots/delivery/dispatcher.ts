import { conversationTopic } from '../../services/conversations/index.ts'
import {
  claimParts,
  dueHeads,
  failHeads,
  optOut,
  pauseAccount,
  pausedAccounts,
  recordOutcomes,
  settledBy,
  settleUnclear,
  skipMessages,
  takeLostForUnclear,
  unclearParts,
  type Claimed,
  type Head,
  type Outcome,
} from '../../services/delivery/index.ts'
import { toDate } from '../../services/platform/clock.ts'
import type { ConversationId } from '../../services/platform/ids.ts'
import type { Platform } from '../../services/platform/platform.ts'
import { createBreaker, type Breaker } from './breaker.ts'
import { createBucket, type Bucket } from './bucket.ts'
import type { Provider } from './provider.ts'

/** Heads of line that are claimed together, at most. */
const BATCH = 50
/** Calls under way on this node, at most: a provider that is slow does not keep the others waiting. */
const MOST_IN_FLIGHT = 64

/** Sends what the log has for providers: heads of line, claimed in batches, each recorded before the next of its line. */
export interface Dispatcher {
  /** Something was committed for a provider. */
  wake(): void
  /** Sends all that is due now; resolves when nothing more is, and nothing is under way. */
  drain(): Promise<void>
  /** Asks providers about parts of which nobody knows whether they were sent. */
  settle(): Promise<void>
  /** Claims no more, and waits for the calls that are under way. */
  stop(): Promise<void>
}

interface Account {
  provider: Provider
  bucket: Bucket
  breaker: Breaker
}

interface Ended {
  part: Claimed
  outcome: Outcome
}

export function createDispatcher(platform: Platform, providers: readonly Provider[]): Dispatcher {
  const { database, keys, clock, log, bell } = platform
  const accounts = new Map<string, Account>(
    providers.map((provider) => [
      provider.channel,
      { provider, bucket: createBucket(provider.perSecond), breaker: createBreaker() },
    ]),
  )
  let running: Promise<void> | undefined
  let stopped = false
  let inFlight = 0
  let ended: Ended[] = []
  /** Resolved when there is something to look at: a call that ended, or a wake-up. */
  let signal = Promise.withResolvers<void>()
  let woken = false
  const raise = (): void => signal.resolve()

  async function run(): Promise<void> {
    for (;;) {
      woken = false
      signal = Promise.withResolvers<void>()
      await record(ended.splice(0))
      const { claimed, waitMs } = stopped ? { claimed: 0, waitMs: 0 } : await claimSome()
      if (claimed > 0 || ended.length > 0 || woken) continue
      if (inFlight === 0 && waitMs === 0) return
      const timer = waitMs > 0 ? setTimeout(raise, waitMs) : undefined
      await signal.promise
      clearTimeout(timer)
    }
  }

  /** Chooses, claims and commits, then begins the calls. `waitMs`: until an account allows more of what is due. */
  async function claimSome(): Promise<{ claimed: number; waitMs: number }> {
    const nothing = { claimed: 0, waitMs: 0 }
    const room = Math.min(BATCH, MOST_IN_FLIGHT - inFlight)
    const paused = await pausedAccounts(database, clock)
    const open = [...accounts.values()].filter(({ provider }) => !paused.has(provider.account))
    if (room <= 0 || open.length === 0) return nothing
    const channels = open.map(({ provider }) => provider.channel)
    const heads = await dueHeads(database, keys, { channels, limit: room, clock })
    if (heads.length === 0) return nothing
    const { empty, refused, ready, waitMs } = sorted(heads)
    await skipMessages(database, empty)
    await failHeads(database, refused, clock)
    ring(refused.map(({ head }) => head.conversationId))
    const parts = await claimParts(database, ready, clock)
    for (const part of parts) {
      inFlight += 1
      void finish(part)
    }
    return { claimed: empty.length + refused.length + parts.length, waitMs }
  }

  async function finish(part: Claimed): Promise<void> {
    const outcome = await call(part)
    inFlight -= 1
    ended.push({ part, outcome })
    raise()
  }

  async function record(outcomes: readonly Ended[]): Promise<void> {
    if (outcomes.length === 0) return
    const settled = outcomes.map(({ part, outcome }) => settledBy(part, outcome, Math.random()))
    const { conversationIds } = await database.hold(() => recordOutcomes(database, settled, clock))
    for (const { part, outcome } of outcomes)
      if (outcome.kind === 'optedOut') await optOut(database, part.head.conversationId, 'carrier')
    await rest(outcomes)
    ring(conversationIds)
  }

  /** What is to be sent now, within what each account allows; what has nothing in it; and what may not be sent. */
  function sorted(heads: readonly Head[]) {
    const now = toDate(clock.now())
    const empty: string[] = []
    const refused: { head: Head; account: string; code: string }[] = []
    const ready: { head: Head; parts: number; account: string }[] = []
    let waitMs = 0
    for (const head of heads) {
      const one = accounts.get(head.channel)
      if (one === undefined) continue
      const { account } = one.provider
      const parts = one.provider.partsOf(head)
      const code = head.unreachable ?? (head.address === undefined ? 'noAddress' : one.provider.refusal(head, now))
      if (parts === 0) empty.push(head.messageId)
      else if (code !== undefined) refused.push({ head, account, code })
      else if (one.bucket.take(1, performance.now()) === 1) ready.push({ head, parts, account })
      else waitMs = Math.max(waitMs, one.bucket.waitMs(performance.now()))
    }
    return { empty, refused, ready, waitMs }
  }

  async function call({ id, head }: Claimed): Promise<Outcome> {
    const one = accounts.get(head.channel)
    if (one === undefined) return { kind: 'later', code: 'noProvider' }
    try {
      return await one.provider.send(head, { mark: id, number: head.part, now: toDate(clock.now()) })
    } catch (error) {
      log.error('delivery.call_failed', { conversation: head.conversationId, error })
      return { kind: 'unclear', code: 'thrown' }
    }
  }

  /** An account rests when its provider says so, or answers nothing several times in a row. */
  async function rest(outcomes: readonly Ended[]): Promise<void> {
    for (const { part, outcome } of outcomes) {
      const one = accounts.get(part.head.channel)
      if (one === undefined) continue
      const { account } = one.provider
      const restMs = one.breaker.note(outcome.kind !== 'unclear')
      const forMs = outcome.kind === 'paused' ? outcome.forMs : restMs
      if (forMs === 0) continue
      const code = outcome.kind === 'paused' ? outcome.code : 'silent'
      log.warn('delivery.account_rests', { code })
      await pauseAccount(database, { account, code, forMs }, clock)
    }
  }

  function ring(conversationIds: readonly string[]): void {
    for (const id of new Set(conversationIds)) bell.ring(conversationTopic(id as ConversationId))
  }

  async function settle(): Promise<void> {
    if (accounts.size === 0) return
    await takeLostForUnclear(database, clock)
    const unclear = await unclearParts(database, keys, { channels: [...accounts.keys()], limit: BATCH, clock })
    await Promise.all(
      unclear.map(async (part) => {
        const one = accounts.get(part.channel)
        if (one === undefined) return
        const found = await one.provider.find(part).catch((error: unknown) => {
          log.warn('delivery.not_asked', { conversation: part.conversationId, error })
          return { kind: 'cannot' } as const
        })
        await settleUnclear(database, part.id, found, clock)
        ring([part.conversationId])
      }),
    )
    if (unclear.length > 0) dispatcher.wake()
  }

  const dispatcher: Dispatcher = {
    wake() {
      woken = true
      raise()
      if (stopped || running !== undefined || accounts.size === 0) return
      running = run()
        .catch((error: unknown) => log.error('delivery.stopped_short', { error }))
        .finally(() => {
          running = undefined
          // Rung between the last look and here.
          if (woken && !stopped) dispatcher.wake()
        })
    },
    async drain() {
      dispatcher.wake()
      while (running !== undefined) await running
    },
    settle,
    async stop() {
      stopped = true
      raise()
      while (running !== undefined) await running
    },
  }
  return dispatcher
}
