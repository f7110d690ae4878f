import { createServer as createTcpServer, connect, type AddressInfo, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import type pg from 'pg'
import { chatChannel } from '../../api/chat/index.ts'
import type { Route } from '../../api/route.ts'
import { serve, type Listening } from '../../api/server.ts'
import type { Times } from '../../bots/channels/directline/times.ts'
import { createTurns, type Bot } from '../../bots/turn.ts'
import { append, openConversation, saveConversation, type Draft } from '../../services/conversations/index.ts'
import { openBell } from '../../services/platform/bell.ts'
import { systemClock, toDate, type Clock } from '../../services/platform/clock.ts'
import { openDatabase } from '../../services/platform/database.ts'
import type { ConversationId } from '../../services/platform/ids.ts'
import { openKeys } from '../../services/platform/keys.ts'
import { openLog } from '../../services/platform/log.ts'
import { openMetrics } from '../../services/platform/metrics.ts'
import type { Platform } from '../../services/platform/platform.ts'
import type { Settings } from '../../services/platform/settings.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'
import { freePort } from './serverProcess.ts'

/** The web channel on a real database, with a bot of two sentences: a channel's test needs no dialog. */
export interface ChannelServer {
  readonly url: string
  readonly platform: Platform
  /** Stops this node and starts it again on the same port. */
  restart(whileDown?: () => Promise<void>): Promise<void>
  /** Another node on the same database, under the same public address. */
  secondNode(): Promise<ChannelServer>
  /** Cuts every connection to the database and refuses new ones. */
  cutDatabase(): void
  restoreDatabase(): void
  /** How many connections the database has refused so far: a test waits for one, not for a time. */
  refusedConnections(): number
  /** Appends to a conversation as the desk does: to the log, then the bell unless the ring is to be lost. */
  write(conversationId: string, drafts: Draft[], options?: { ring: boolean }): Promise<void>
  stop(): Promise<void>
}

export interface ChannelServerOptions {
  settings?: Partial<Settings>
  times?: Partial<Times>
  clock?: Clock
  /** More routes, for pages that only a test serves. */
  routes?: Route[]
}

export const SECRET = 'a-secret-of-the-tests-0123456789-abcdef'

/** Finds a turn that began with `slow`, from another connection, while it runs. */
export const TURN_SLEEPS =
  "select 1 from pg_stat_activity where datname = current_database() and query = 'select pg_sleep(0.2)' and state = 'active'"

/** Greets once, then says what it heard. */
const echoBot: Bot = {
  onStart: async (turn) => turn.say('bot', { text: 'Bonjour' }),
  async onMessage(turn, body) {
    if (body.text.startsWith('slow')) await turn.tx.named('slow', 'select pg_sleep(0.2)', [])
    if (body.text !== 'quiet') turn.say('bot', { text: `echo: ${body.text}` })
  },
  onOverheard: async () => {},
  onHandedBack: async () => {},
}

export async function startChannelServer(options: ChannelServerOptions = {}): Promise<ChannelServer> {
  const database = await createTestDatabase()
  const gate = await databaseGate(database.connection)
  const port = await freePort()
  const node = await startNode(gate.connection, port, `http://127.0.0.1:${port}`, options)
  return { ...node, ...nodes(gate, database, node, options) }
}

interface Node {
  url: string
  platform: Platform
  start(): Promise<void>
  halt(): Promise<void>
}

function nodes(gate: Gate, database: TestDatabase, first: Node, options: ChannelServerOptions) {
  const halts = [() => first.halt()]
  return {
    async restart(whileDown?: () => Promise<void>) {
      await first.halt()
      await whileDown?.()
      await first.start()
    },
    async secondNode(): Promise<ChannelServer> {
      const node = await startNode(gate.connection, await freePort(), first.url, options)
      halts.push(() => node.halt())
      return { ...node, ...nodes(gate, database, node, options), stop: () => node.halt() }
    },
    cutDatabase: gate.cut,
    restoreDatabase: gate.restore,
    refusedConnections: gate.refused,
    async write(conversationId: string, drafts: Draft[], { ring } = { ring: true }) {
      const { database: db, keys, clock, bell } = first.platform
      await db.transaction(async (tx) => {
        const c = await openConversation(tx, keys, conversationId as ConversationId)
        if (c === undefined) throw new Error('no such conversation')
        for (const draft of drafts) append(c, draft)
        saveConversation(tx, c, toDate(clock.now()))
        if (ring) tx.afterCommit(() => bell.ring(`conversation:${c.id}`))
      })
    },
    async stop() {
      gate.restore()
      for (const halt of halts) await halt()
      gate.close()
      await database.drop()
    },
  }
}

async function startNode(
  connection: pg.ClientConfig,
  port: number,
  publicUrl: string,
  options: ChannelServerOptions,
): Promise<Node> {
  const settings: Settings = {
    port,
    host: '127.0.0.1',
    publicUrl,
    dataDir: '/nowhere',
    databaseUrl: undefined,
    masterKey: Buffer.alloc(32, 'a key of the tests'),
    directLineSecret: SECRET,
    rateLimit: false,
    trustedProxies: [],
    messenger: undefined,
    twilio: undefined,
    metricsPort: 0,
    logLevel: 'silent',
    embedOrigins: [],
    deskGraceSeconds: 120,
    ...options.settings,
  }
  let running: { listening: Listening; platform: Platform; close(): Promise<void> } | undefined
  const start = async (): Promise<void> => {
    const log = openLog((process.env['TEST_LOG'] as 'debug' | undefined) ?? 'silent')
    const database = openDatabase(connection, log)
    const bell = openBell(connection, database.pool, log)
    const platform: Platform = {
      settings,
      database,
      bell,
      log,
      keys: openKeys(settings.masterKey),
      clock: options.clock ?? systemClock,
      metrics: openMetrics(),
    }
    const chat = chatChannel(platform, createTurns(platform, echoBot), options.times)
    const listening = await serve(
      platform,
      [...chat.routes, ...(options.routes ?? [])],
      chat.sockets,
      async () => undefined,
    )
    running = {
      platform,
      listening,
      async close() {
        chat.close()
        await listening.close(500)
        await bell.close()
        await database.close()
      },
    }
  }
  await start()
  return {
    url: `http://127.0.0.1:${port}`,
    get platform() {
      if (running === undefined) throw new Error('the node is down')
      return running.platform
    },
    start,
    async halt() {
      const ending = running
      running = undefined
      await ending?.close()
    },
  }
}

interface Gate {
  connection: pg.ClientConfig
  cut(): void
  restore(): void
  refused(): number
  close(): void
}

/** A TCP door in front of the database's socket, which a test can shut. */
async function databaseGate({ host, port, ...rest }: pg.PoolConfig): Promise<Gate> {
  const socketPath = join(String(host), `.s.PGSQL.${port ?? 5432}`)
  const open = new Set<Socket>()
  let isCut = false
  let refused = 0
  const gate: Server = createTcpServer((client) => {
    client.on('error', () => client.destroy())
    if (isCut) {
      refused += 1
      return void client.destroy()
    }
    const server = connect(socketPath)
    for (const side of [client, server]) {
      open.add(side)
      side.on('close', () => open.delete(side))
    }
    server.on('error', () => client.destroy())
    server.on('close', () => client.destroy())
    client.on('close', () => server.destroy())
    client.pipe(server).pipe(client)
  })
  await new Promise<void>((listening) => gate.listen(0, '127.0.0.1', listening))
  return {
    connection: { ...rest, host: '127.0.0.1', port: (gate.address() as AddressInfo).port },
    cut() {
      isCut = true
      for (const socket of open) socket.destroy()
    },
    restore: () => void (isCut = false),
    refused: () => refused,
    close: () => gate.close(),
  }
}
