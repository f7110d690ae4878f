import { deliveryOf, echoOf, readOf, type Happening } from './events.ts'
import type { Plan } from './faults.ts'
import type { Sent } from './routes.ts'
import { stamp } from './thread.ts'
import type { Posted } from './webhook.ts'

/** What Meta tells the Page of its own messages: echoes and receipts, and when. */
export interface Echoes {
  /** To be called once a message is taken, before its answer. */
  beforeReply(sent: Sent, plan: Plan): Promise<void>
  /** To be called when its answer is given or lost. */
  afterReply(sent: Sent, plan: Plan): void
  /** Posts what is held, oldest first, one after another. */
  flush(): Promise<Posted[]>
  /** How many echoes are held. */
  held(): number
  /** Resolves when all that is under way is posted. */
  settled(): Promise<void>
}

/**
 * @param timing `automatic`: an echo follows the answer; `held`: it waits for `flush()`
 * @param receipts whether devices tell of each message at once
 */
export function newEchoes(options: {
  timing: 'automatic' | 'held'
  receipts: 'automatic' | 'onDemand'
  now: () => number
  send: (happenings: readonly Happening[]) => Promise<Posted>
}): Echoes {
  const { timing, now, send } = options
  const held: Happening[] = []
  const underWay = new Set<Promise<unknown>>()

  function inBackground(work: () => Promise<unknown>): void {
    const promise: Promise<unknown> = work().finally(() => underWay.delete(promise))
    underWay.add(promise)
  }

  function receiptsOf({ thread }: Sent, plan: Plan): Happening[] {
    const kind = plan.receipts === 'usual' && options.receipts === 'automatic' ? 'delivery' : plan.receipts
    if (kind === 'usual') return []
    const fresh = thread.messages.filter(({ from, at }) => from === 'page' && at > thread.deliveredTo)
    const watermark = fresh.at(-1)?.at ?? thread.deliveredTo
    thread.deliveredTo = watermark
    const read = kind === 'readFirst' ? [readOf(thread, stamp(thread, now()), watermark)] : []
    const mids = kind === 'deliveryWithoutMids' ? undefined : fresh.map(({ mid }) => mid)
    return [...read, deliveryOf(thread, stamp(thread, now()), mids, watermark)]
  }

  return {
    async beforeReply(sent, plan) {
      if (plan.echo === 'before') await send([echoOf(sent.thread, sent.message)])
    },
    afterReply(sent, plan) {
      const echo = echoOf(sent.thread, sent.message)
      const isHeld = plan.echo === 'late' || (timing === 'held' && plan.echo !== 'none' && plan.echo !== 'before')
      const times = plan.echo === 'none' || plan.echo === 'before' ? 0 : plan.echo === 'twice' ? 2 : 1
      const echoes = Array.from({ length: times }, () => echo)
      if (isHeld) held.push(...echoes)
      const now = [...(isHeld ? [] : echoes), ...receiptsOf(sent, plan)]
      if (now.length === 0) return
      inBackground(async () => {
        for (const one of now) await send([one])
      })
    },
    async flush() {
      const posted: Posted[] = []
      for (const one of held.splice(0)) posted.push(await send([one]))
      return posted
    },
    held: () => held.length,
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay)
    },
  }
}
