import pg from 'pg'
import { PostgresStartError, systemCode } from './errors.ts'

/** What a pg client needs to reach the server. `host` is the folder of its socket. */
export interface Connection {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly database: string
  /** Never on a private socket, whatever PGSSLMODE says. */
  readonly ssl: false
  /** Only for a server reached over TCP. */
  readonly password?: string
}

/** Parcours's own database in the cluster. */
const DATABASE = 'parcours'

/** How the application connects to the server whose socket is in `sockets`. */
export function connectionTo(sockets: string): Connection {
  return { host: sockets, port: 5432, user: 'postgres', database: DATABASE, ssl: false }
}

/**
 * Whether the server accepts sessions. False while it starts or replays its log.
 * @throws PostgresStartError `start_failed` for an answer that waiting will not change
 */
export async function answers(sockets: string): Promise<boolean> {
  try {
    await session(sockets, async () => undefined)
    return true
  } catch (error) {
    if (isFinal(error))
      throw new PostgresStartError('start_failed', `PostgreSQL refuses our session: ${String(error)}`, { cause: error })
    return false
  }
}

/** Makes the application's database when it is missing. */
export async function ensureDatabase(sockets: string): Promise<void> {
  await session(sockets, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE])
    if (rowCount === 0) await client.query(`create database ${DATABASE}`)
  })
}

async function session(sockets: string, use: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({
    ...connectionTo(sockets),
    database: 'postgres',
    ssl: false,
    connectionTimeoutMillis: 2_000,
  })
  // A server that dies between two queries is told by the query; without a listener it would end our process.
  client.on('error', () => undefined)
  try {
    await client.connect()
    await use(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** 57P: starting or stopping. 53: short of something for now. */
function isFinal(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return !/^(57P|53)/.test(error.code ?? '')
  return systemCode(error) === 'EACCES'
}
