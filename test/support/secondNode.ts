import type pg from 'pg'
import { openBell } from '../../services/platform/bell.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { openDatabase } from '../../services/platform/database.ts'
import { openKeys } from '../../services/platform/keys.ts'
import { openLog } from '../../services/platform/log.ts'
import { openMetrics } from '../../services/platform/metrics.ts'
import type { Platform } from '../../services/platform/platform.ts'
import { readSettings } from '../../services/platform/settings.ts'

/** A node without a port, on the database of a server process: what a test writes and rings there, the server pushes. */
export function openSecondNode(
  connection: pg.PoolConfig,
  { masterKey, publicUrl }: { masterKey: string; publicUrl: string },
): Platform & { close(): Promise<void> } {
  const settings = readSettings({
    DATABASE_URL: 'postgres://tests.invalid/never-used',
    MASTER_KEY: masterKey,
    PUBLIC_URL: publicUrl,
  })
  const log = openLog('silent')
  const database = openDatabase({ ...connection, max: 6 }, log)
  const bell = openBell(connection, database.pool, log)
  return {
    settings,
    database,
    bell,
    log,
    keys: openKeys(settings.masterKey),
    clock: systemClock,
    metrics: openMetrics(),
    async close() {
      await bell.close()
      await database.close()
    },
  }
}
