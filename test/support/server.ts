import { randomBytes } from 'node:crypto'
import { compose, type Running } from '../../api/compose.ts'
import { ensureWebBuild } from '../../api/webBuild.ts'
import type { BotParts } from '../../bots/bot.ts'
import { inviteAgent, listAgents } from '../../services/agents/index.ts'
import type { Clock } from '../../services/platform/clock.ts'
import { openLog, type LogLevel } from '../../services/platform/log.ts'
import { readSettings } from '../../services/platform/settings.ts'
import { openSession } from '../../services/sign-in/index.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'
import { freePort } from './serverProcess.ts'

/** A whole server in this process, on a database of its own. */
export interface TestServer {
  readonly url: string
  readonly running: Running
  readonly database: TestDatabase
  /** Stops and starts it on the same port and database, as a deployment does. */
  restart(): Promise<void>
  stop(): Promise<void>
  /** An agent with an open session: the cookie to send. */
  signInAgent(
    agent?: Partial<{ name: string; role: 'agent' | 'supervisor' | 'administrator'; languages: string[] }>,
  ): Promise<SignedIn>
}

export interface SignedIn {
  agentId: string
  cookie: string
}

export interface TestServerOptions {
  clock?: Clock
  /** Settings, as environment variables. */
  env?: Record<string, string>
  /** Serve the built pages too: for browsers. */
  pages?: boolean
  /** Another bot, for tests of what is around it. */
  parts?: Partial<BotParts>
  /** A second node on the database of a first. */
  database?: TestDatabase
  masterKey?: string
  /** Reached as 127.0.0.1, for those who do not call `localhost`. */
  byAddress?: boolean
}

/** Starts one. Address limits are off unless `env` says `RATE_LIMIT: 'on'`. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  if (options.pages === true) await ensureWebBuild()
  const database = options.database ?? (await createTestDatabase())
  const port = await freePort()
  const settings = readSettings({
    PORT: String(port),
    ...(options.byAddress === true ? { PUBLIC_URL: `http://127.0.0.1:${port}` } : {}),
    DATABASE_URL: 'postgres://tests.invalid/never-used',
    MASTER_KEY: options.masterKey ?? randomBytes(32).toString('base64'),
    RATE_LIMIT: 'off',
    METRICS_PORT: '0',
    ...options.env,
  })
  const log = openLog((process.env['LOG_LEVEL'] ?? 'silent') as LogLevel)
  const start = (): Promise<Running> =>
    compose(
      settings,
      { ...database.connection, max: 8 },
      {
        log,
        ...(options.clock === undefined ? {} : { clock: options.clock }),
        ...(options.parts === undefined ? {} : { parts: options.parts }),
      },
    )
  let running = await start()
  return {
    url: settings.publicUrl,
    get running() {
      return running
    },
    database,
    async restart() {
      await running.stop(1_000)
      running = await start()
    },
    async stop() {
      await running.stop(1_000)
      if (options.database === undefined) await database.drop()
    },
    async signInAgent({ name = 'Camille Roy', role = 'agent', languages = ['fr', 'en'] } = {}) {
      const { platform } = running
      await running.firstAdministratorLink() // makes the first administrator, who invites
      const founder = (await listAgents(platform)).find((one) => one.role === 'administrator')
      if (founder === undefined) throw new Error('no administrator')
      const { agent } = await inviteAgent(platform, founder, { name, role, languages, region: null })
      const { token } = await openSession(platform, agent.id)
      return { agentId: agent.id, cookie: `parcours_desk=${token}` }
    },
  }
}
