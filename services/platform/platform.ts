import type { Bell } from './bell.ts'
import type { Clock } from './clock.ts'
import type { Database } from './database.ts'
import type { Keys } from './keys.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import type { Settings } from './settings.ts'

/** What every domain stands on. Built once in `api/compose.ts`; a test builds it with another clock. */
export interface Platform {
  readonly settings: Settings
  readonly database: Database
  readonly keys: Keys
  readonly bell: Bell
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
}
