import type pg from 'pg'
import { openBell, type Bell } from './bell.ts'
import { systemClock, type Clock } from './clock.ts'
import { openDatabase, type Database } from './database.ts'
import { openKeys, type Keys } from './keys.ts'
import type { Log } from './log.ts'
import { openMetrics, type Metrics } from './metrics.ts'
import type { Settings } from './settings.ts'

/** What every domain stands on. Opened once by a server or a command; a test opens it with another clock. */
export interface Platform {
  readonly settings: Settings
  readonly database: Database
  readonly keys: Keys
  readonly bell: Bell
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
}

/** A platform and the way to close it, once nothing uses it any more. */
export interface OpenPlatform extends Platform {
  close(): Promise<void>
}

/** Opens the platform on a database that is there and migrated. Nothing connects before it is needed, but the bell. */
export function openPlatform(
  settings: Settings,
  connection: pg.PoolConfig,
  { log, clock = systemClock }: { log: Log; clock?: Clock },
): OpenPlatform {
  const database = openDatabase(connection, log)
  const bell = openBell(connection, database.pool, log)
  return {
    settings,
    database,
    bell,
    keys: openKeys(settings.masterKey),
    clock,
    log,
    metrics: openMetrics(),
    async close() {
      await bell.close()
      await database.close()
    },
  }
}
