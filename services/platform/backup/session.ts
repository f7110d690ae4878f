import pg from 'pg'

/** Times and bytes in one spelling, whatever the server's settings, and no time limit: a large table takes its time. */
export const SESSION = `
  set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres'; set bytea_output = 'hex';
  set extra_float_digits = 1; set statement_timeout = 0; set idle_in_transaction_session_timeout = 0;
  set lock_timeout = '10s'`

/**
 * Runs `work` on a connection of its own. `signal` cuts it: what runs on it fails, nothing is committed, and the
 * signal's reason is thrown.
 */
export async function inSession<T>(
  connection: pg.PoolConfig,
  signal: AbortSignal | undefined,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted()
  const client = new pg.Client({ ...connection, keepAlive: true, connectionTimeoutMillis: 10_000 })
  client.on('error', () => undefined) // the statement that ran tells it
  const cut = (): void => void client.end().catch(() => undefined)
  await client.connect()
  signal?.addEventListener('abort', cut)
  try {
    await client.query(SESSION)
    return await work(client)
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  } finally {
    signal?.removeEventListener('abort', cut)
    await client.end()
  }
}
