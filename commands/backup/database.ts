import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import { PostgresStartError, runningPostgres, startPostgres } from '../../services/platform/postgres/index.ts'
import type { Settings } from '../../services/platform/settings.ts'

/** A database to visit, and how to leave it as it was found. */
interface VisitedDatabase {
  readonly connection: pg.PoolConfig
  leave(): Promise<void>
}

/** How long a server that is just starting or stopping is waited for, in ms. */
const PATIENCE_MS = 15_000

/**
 * The database of these settings: the one at `DATABASE_URL`; else that of the server which runs on `DATA_DIR`; else
 * the same, started for the time of the visit.
 */
export async function visitDatabase({ databaseUrl, dataDir }: Settings): Promise<VisitedDatabase> {
  if (databaseUrl !== undefined)
    return { connection: { connectionString: databaseUrl }, leave: () => Promise.resolve() }
  const folder = join(dataDir, 'postgres')
  for (const until = performance.now() + PATIENCE_MS; ;) {
    const connection = await runningPostgres(folder)
    if (connection !== undefined) return { connection, leave: () => Promise.resolve() }
    try {
      const postgres = await startPostgres({ folder })
      return { connection: postgres.connection, leave: () => postgres.stop() }
    } catch (error) {
      const taken = error instanceof PostgresStartError && error.code === 'already_running'
      if (!taken || performance.now() > until) throw error
      await delay(100)
    }
  }
}

/** The database of these settings, for us alone: the local one must not be in use. */
export async function takeDatabase({ databaseUrl, dataDir }: Settings): Promise<VisitedDatabase> {
  if (databaseUrl !== undefined)
    return { connection: { connectionString: databaseUrl }, leave: () => Promise.resolve() }
  const postgres = await startPostgres({ folder: join(dataDir, 'postgres') })
  return { connection: postgres.connection, leave: () => postgres.stop() }
}
