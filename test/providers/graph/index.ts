import { newEchoes } from './echoes.ts'
import { FIELDS } from './events.ts'
import { newFaults, SOAK_RATES, type Fault, type Rates, type Where } from './faults.ts'
import { newPerson, type Person } from './person.ts'
import { newRecord, type GraphRecord } from './record.ts'
import { startServer } from './server.ts'
import type { Fields } from './shapes.ts'
import type { About } from './thread.ts'
import { newWebhook, type Posted, type Webhook } from './webhook.ts'
import { newWorld, type GraphPage } from './world.ts'

export interface GraphOptions {
  /** Meta's own clock, in milliseconds: the 24-hour window is counted by it. */
  now?: () => number
  appId?: number
  appSecret?: string
  /** The first is the one that is meant when none is named. */
  pages?: readonly (Pick<GraphPage, 'id'> & Partial<GraphPage>)[]
  /** Where our webhook is; it may be said later. */
  webhookUrl?: string
  /** How long Meta waits for a 200: 5,000 ms. */
  patienceMs?: number
  /** `held`: echoes wait for `flushEchoes()`. */
  echoes?: 'automatic' | 'held'
  /** `automatic`: devices tell at once of each message that they got. */
  receipts?: 'automatic' | 'onDemand'
  /** Whether Meta's review allowed HUMAN_AGENT (yes unless said) and utility messages (no unless said). */
  humanAgent?: boolean
  utility?: boolean
  requiresProof?: boolean
  /** 300 sends, 10 of them with media, and 2 looks at conversations a second, by `now`. */
  enforcesRates?: boolean
  port?: number
}

/** Meta's side of Messenger, on this machine: refuses what Meta refuses, fails when asked, and keeps a record. */
export interface GraphStandIn extends Pick<Webhook, 'send' | 'post' | 'redeliver' | 'verify'> {
  /** For `MESSENGER_GRAPH_URL`; the version is added by the client. */
  readonly url: string
  readonly appId: number
  readonly appSecret: string
  /** Tokens may be added and taken away. */
  readonly pages: readonly GraphPage[]
  /** The first Page's token. */
  readonly token: string
  readonly record: GraphRecord
  webhookUrl: string | undefined
  /** Somebody who has Messenger: the same for the same PSID. Without one, somebody new. */
  person(psid?: string, about?: About): Person
  /** The messenger profile of a Page. */
  profile(page?: string): Fields
  /** Meta warns, blocks or unblocks a Page. */
  policy(action: 'warning' | 'block' | 'unblock', reason: string): Promise<Posted>
  /** The next requests of this kind meet these faults, one each. */
  fail(next: Fault | readonly Fault[], where?: Where): void
  /** From now on sends meet faults by chance. */
  failAtRandom(seed: number, rates?: Rates): void
  /** No more faults, waiting, drawn or lasting. */
  heal(): void
  /** Answers all that hangs, does what waited for it, and posts what follows. */
  release(): Promise<void>
  flushEchoes(): Promise<Posted[]>
  /** Echoes that wait for `flushEchoes()`. */
  readonly heldEchoes: number
  /** Resolves when no answer, echo or receipt is under way but what hangs. */
  settled(): Promise<void>
  /** Connections are refused until `up()`. */
  down(): Promise<void>
  up(): Promise<void>
  close(): Promise<void>
}

/** Starts the stand-in on 127.0.0.1, with one Page unless told otherwise, subscribed to everything. */
export async function startGraph(options: GraphOptions = {}): Promise<GraphStandIn> {
  const now = options.now ?? Date.now
  const pages = (options.pages ?? [{ id: '100200300400500' }]).map(({ id, name, tokens }) => ({
    id,
    name: name ?? `Page ${id}`,
    tokens: tokens ?? [`EAAtoken${id}`],
  }))
  const [first] = pages
  if (first === undefined) throw new RangeError('at least one Page')
  const world = newWorld({
    appId: options.appId ?? 555000111222333,
    appSecret: options.appSecret ?? 'app-secret-of-the-stand-in',
    now,
    permissions: { humanAgent: options.humanAgent ?? true, utility: options.utility ?? false },
    requiresProof: options.requiresProof ?? false,
    pages,
  })
  for (const { id } of pages) world.subscriptions.set(id, new Set(FIELDS))
  const record = newRecord()
  const faults = newFaults()
  const webhook = newWebhook({
    url: options.webhookUrl,
    secret: world.appSecret,
    patienceMs: options.patienceMs,
    now,
    record,
    isSubscribed: (page, field) => world.subscriptions.get(page)?.has(field) === true,
    unsubscribe: (page) => void world.subscriptions.delete(page),
  })
  const echoes = newEchoes({
    timing: options.echoes ?? 'automatic',
    receipts: options.receipts ?? 'onDemand',
    now,
    send: (happenings) => webhook.send(happenings),
  })
  const server = await startServer({
    port: options.port ?? 0,
    world,
    faults,
    echoes,
    record,
    enforcesRates: options.enforcesRates ?? false,
  })
  let people = 0
  return {
    url: server.url,
    appId: world.appId,
    appSecret: world.appSecret,
    pages,
    get token() {
      return first.tokens.at(-1) ?? ''
    },
    record,
    get webhookUrl() {
      return webhook.url
    },
    set webhookUrl(url) {
      webhook.url = url
    },
    person(psid, about = {}) {
      people += 1
      const thread = world.meet(about.page ?? first.id, psid ?? String(24_000_000_000_000_000n + BigInt(people)), about)
      return newPerson(thread, world, (happening) => webhook.send([happening]))
    },
    profile: (page = first.id) => world.profiles.get(page) ?? {},
    policy: (action, reason) =>
      webhook.send([
        {
          page: first.id,
          field: 'messaging_policy_enforcement',
          isStandby: false,
          event: { recipient: { id: first.id }, timestamp: now(), policy_enforcement: { action, reason } },
        },
      ]),
    send: webhook.send,
    post: webhook.post,
    redeliver: webhook.redeliver,
    verify: webhook.verify,
    fail: faults.add,
    failAtRandom: (seed, rates = SOAK_RATES) => faults.random(seed, rates),
    heal() {
      faults.clear()
      world.states.clear()
    },
    release: server.release,
    flushEchoes: echoes.flush,
    get heldEchoes() {
      return echoes.held()
    },
    settled: server.settled,
    down: server.down,
    up: server.up,
    async close() {
      await server.close()
      webhook.close()
    },
  }
}
