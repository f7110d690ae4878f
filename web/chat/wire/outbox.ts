import { backoff } from '../../backoff.ts'
import { ask, UPLOAD_PATIENCE, type Outcome } from './http.ts'
import type { Access, Session } from './session.ts'
import type { Unsent, World } from './world.ts'

/** A message on its way out. `accepted`: the server has it, its echo has not come yet. */
export interface Outgoing extends Unsent {
  files?: File[]
  state: 'queued' | 'sending' | 'failed' | 'accepted'
  /** Why it failed for good: an HTTP status, e.g. 413. */
  status?: number
}

/** What is being sent, in the order it was written, each exactly once. */
export interface Outbox {
  /** Oldest first. */
  all(): readonly Outgoing[]
  add(text: string, files?: File[]): void
  /** Sends a failed message again, under the same id: if it had arrived after all, it isn't doubled. */
  retry(clientActivityID: string): void
  discard(clientActivityID: string): void
  /** The log has it. */
  echoed(clientActivityID: string): void
  /** The network is back: don't wait. */
  wake(): void
  stop(): void
}

/** An echo normally comes within a second; later the stream is taken for dead. */
const ECHO_WITHIN = 8_000
/** Files that must wait longer than this, in ms, give way: the words behind them are not held up by a quota. */
const FILES_WAIT = 60_000
/** A message that stays forbidden with fresh tokens is not going to pass. */
const STALE_TRIES = 2

/**
 * Sends one message at a time: the second leaves when the first is acknowledged, so their order is the
 * person's. What the network or the server refuses for now is tried again without end; what can never
 * pass is marked failed and lets the others go.
 *
 * @param changed called after each change of what `all()` says
 * @param echoLate the server has accepted a message that the stream doesn't show
 */
export function openOutbox(
  world: World,
  session: Session,
  language: () => string,
  changed: () => void,
  echoLate: () => void,
): Outbox {
  let items: Outgoing[] = world.unsent.load().map((unsent) => ({ ...unsent, state: 'queued' as const }))
  let busy = false
  let stopped = false
  let failures = 0
  let cancelWait = (): void => {}

  function set(next: Outgoing[]): void {
    items = next
    const kept = items.filter((item) => item.state !== 'accepted' && item.files === undefined)
    world.unsent.save(kept.map(({ clientActivityID, text, at }) => ({ clientActivityID, text, at })))
    changed()
  }

  function mark(id: string, change: Partial<Outgoing>): void {
    set(items.map((item) => (item.clientActivityID === id ? { ...item, ...change } : item)))
  }

  async function pump(): Promise<void> {
    if (busy || stopped) return
    const next = items.find((item) => item.state === 'queued')
    if (next === undefined) return
    busy = true
    const outcome = await send(next)
    busy = false
    if (stopped || !items.some((item) => item.clientActivityID === next.clientActivityID)) return void pump()
    const overQuota = next.files !== undefined && outcome.kind === 'later' && (outcome.retryAfter ?? 0) > FILES_WAIT
    if (outcome.kind === 'later' && !overQuota) {
      failures += 1
      mark(next.clientActivityID, { state: 'queued' })
      cancelWait()
      cancelWait = world.later(() => void pump(), Math.max(outcome.retryAfter ?? 0, backoff(failures, world.chance())))
      return
    }
    failures = 0
    if (outcome.kind === 'ok') accepted(next.clientActivityID)
    else mark(next.clientActivityID, { state: 'failed', status: outcome.kind === 'later' ? 429 : outcome.status })
    void pump()
  }

  function accepted(id: string): void {
    mark(id, { state: 'accepted' })
    world.later(() => {
      if (!stopped && items.some((item) => item.clientActivityID === id && item.state === 'accepted')) echoLate()
    }, ECHO_WITHIN)
  }

  async function send(item: Outgoing): Promise<Outcome> {
    for (let tried = 1; ; tried += 1) {
      const access = await session.access()
      if (access === null) return { kind: 'later', retryAfter: session.retryAfter() }
      if (stopped) return { kind: 'later', retryAfter: null }
      if (tried === 1) mark(item.clientActivityID, { state: 'sending' })
      const outcome = await ask(world, { method: 'POST', token: access.token, ...writing(item, access, language()) })
      if (outcome.kind !== 'stale' || tried > STALE_TRIES) return outcome
      session.drop(access)
    }
  }

  return {
    all: () => items,
    add(text, files) {
      const at = new Date(world.now()).toISOString()
      set([
        ...items,
        { clientActivityID: world.newId(), text, at, state: 'queued', ...(files === undefined ? {} : { files }) },
      ])
      // Messages that already wait for the network keep waiting, and this one with them.
      if (failures === 0) void pump()
    },
    retry(id) {
      const again = items.find((item) => item.clientActivityID === id && item.state === 'failed')
      if (again === undefined) return
      const { status: _status, ...rest } = again
      set([...items.filter((item) => item !== again), { ...rest, state: 'queued' }])
      void pump()
    },
    discard(id) {
      set(items.filter((item) => item.clientActivityID !== id || item.state === 'sending'))
    },
    echoed(id) {
      if (items.some((item) => item.clientActivityID === id)) set(items.filter((item) => item.clientActivityID !== id))
    },
    wake() {
      cancelWait()
      failures = 0
      void pump()
    },
    stop() {
      stopped = true
      cancelWait()
    },
  }
}

/** The request of a message, without its token. */
function writing(
  item: Outgoing,
  access: Access,
  locale: string,
): { path: string; json?: unknown; form?: FormData; patience?: number } {
  const path = `/v3/directline/conversations/${access.conversationId}`
  const activity = {
    type: 'message',
    text: item.text,
    textFormat: 'plain',
    locale,
    from: { id: access.userId, role: 'user' },
    channelData: { clientActivityID: item.clientActivityID },
  }
  if (item.files === undefined) return { path: `${path}/activities`, json: activity }
  const attachments = item.files.map((file) => ({ name: file.name, contentType: file.type }))
  const form = new FormData()
  form.append(
    'activity',
    new Blob([JSON.stringify({ ...activity, attachments })], { type: 'application/vnd.microsoft.activity' }),
    'blob',
  )
  for (const file of item.files) form.append('file', file, file.name)
  return { path: `${path}/upload?userId=${encodeURIComponent(access.userId)}`, form, patience: UPLOAD_PATIENCE }
}
