import type pg from 'pg'
import { startBot, type BotParts } from '../bots/bot.ts'
import { loadAnswers } from '../services/answers/index.ts'
import { openCatalogue } from '../services/catalogue/index.ts'
import { createDispatcher, type Dispatcher } from '../bots/delivery/dispatcher.ts'
import { providersOf } from '../bots/delivery/providers.ts'
import { createTurns } from '../bots/turn.ts'
import type { Turns } from '../bots/inbound.ts'
import type { Clock } from '../services/platform/clock.ts'
import { proveMasterKey } from '../services/platform/masterKey.ts'
import type { Log } from '../services/platform/log.ts'
import { openPlatform, type Platform } from '../services/platform/platform.ts'
import type { Settings } from '../services/platform/settings.ts'
import { authenticate, firstAdministratorLink } from '../services/sign-in/index.ts'
import { createTaker } from './channels/taker.ts'
import { startClockwork } from './clockwork.ts'
import { tableOfRoutes } from './routes.ts'
import { serve } from './server.ts'

/** A server that runs: what `index.ts` prints and stops, and what tests drive. */
export interface Running {
  readonly platform: Platform
  readonly turns: Turns
  readonly dispatcher: Dispatcher
  /** Resolves when what webhooks brought to this node has been taken. */
  webhooksTaken(): Promise<void>
  /** The port that it listens on; another than the setting when that is 0. */
  readonly port: number
  /** The one-time link of the first administrator, until somebody has signed in. */
  firstAdministratorLink(): Promise<string | undefined>
  /** Drains: no new work, requests that run may end within `graceMs`, sockets are told to come back. */
  stop(graceMs: number): Promise<void>
}

/**
 * Builds a server on a database that is there and migrated, and starts to listen. Every part is made
 * here and passed on; a test builds the same with another clock or other `parts` of the bot.
 */
export async function compose(
  settings: Settings,
  connection: pg.PoolConfig,
  { log, clock, parts = {} }: { log: Log; clock?: Clock; parts?: Partial<BotParts> },
): Promise<Running> {
  const platform = openPlatform(settings, connection, { log, ...(clock === undefined ? {} : { clock }) })
  await proveMasterKey(platform.database, platform.keys)
  const catalogue = parts.catalogue ?? (await openCatalogue())
  await loadAnswers(platform.database, catalogue.answers())
  const bot = await startBot(platform.keys, { ...parts, catalogue })
  const turns = createTurns(platform, bot)
  const dispatcher = createDispatcher(platform, providersOf(settings))
  const taker = createTaker(platform, turns)
  const table = await tableOfRoutes(platform, turns, taker)
  const listening = await serve(platform, table.routes, table.sockets, (cookies) => authenticate(platform, cookies))
  const closeMetrics = settings.metricsPort === 0 ? undefined : await platform.metrics.listen(settings.metricsPort)
  const clockwork = startClockwork(platform, turns, dispatcher)
  return {
    platform,
    turns,
    dispatcher,
    webhooksTaken: () => taker.idle(),
    port: listening.port,
    firstAdministratorLink: () => firstAdministratorLink(platform),
    async stop(graceMs) {
      const drained = listening.close(graceMs)
      table.close()
      await drained
      await Promise.all([taker.idle(), clockwork.stop(), dispatcher.stop()])
      await Promise.all([bot.stop(), closeMetrics?.()])
      await platform.close()
    },
  }
}
