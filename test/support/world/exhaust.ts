import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'

const FULL = '53300'

/**
 * Takes every connection that PostgreSQL has, also those of the nodes, and keeps them for `ms`. Resolves when they
 * are free again, to how many sessions of nodes were ended for it.
 */
export async function exhaustConnections(connection: pg.ClientConfig, ms: number): Promise<number> {
  const taken: pg.Client[] = []
  let ended = 0
  const open = async (): Promise<boolean> => {
    const client = new pg.Client({ ...connection, application_name: 'hoarder' })
    client.on('error', () => {})
    try {
      await client.connect()
      taken.push(client)
      return true
    } catch (error) {
      if ((error as { code?: unknown }).code !== FULL) throw error
      return false
    }
  }
  await open()
  const control = taken[0] as pg.Client
  const until = performance.now() + ms
  let full = false
  try {
    while (performance.now() < until || !full) {
      const { rowCount } = await control.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'parcours' or query like 'listen news%'",
      )
      ended += rowCount ?? 0
      while (await open());
      full ||= rowCount === 0
      await delay(full ? 100 : 5)
    }
    return ended
  } finally {
    await Promise.all(taken.map((client) => client.end()))
  }
}
