/**
 * A process that starts PostgreSQL on the folder it is given, prints one line of JSON (`{pid, connection, uid}` or
 * `{code, message}`), and stops at the end of its stdin. For tests that kill a whole server, or need another account.
 */
import { once } from 'node:events'
import { PostgresStartError, startPostgres } from '../../services/platform/postgres/index.ts'

const folder = process.argv[2] ?? ''
try {
  const server = await startPostgres({ folder })
  console.log(JSON.stringify({ pid: server.pid, connection: server.connection, uid: process.getuid?.() }))
  process.stdin.resume()
  await once(process.stdin, 'end')
  await server.stop()
} catch (error) {
  if (!(error instanceof PostgresStartError)) throw error
  console.log(JSON.stringify({ code: error.code, message: error.message }))
}
