import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import type { TestDatabase } from './database.ts'

/** A door before the database at which a connection dies between a statement and its commit. */
export interface CommitCutter extends TestDatabase {
  /** How often it was cut there so far. */
  readonly cuts: number
  close(): void
}

/**
 * Opens one. `shall` is asked each time a commit passes of what wrote to the log of messages: yes, and
 * the commit never arrives: the database sees the connection go, as when the process was killed there.
 * A statement outside a transaction commits with its Sync.
 */
export async function openCommitCutter(database: TestDatabase, shall: () => boolean): Promise<CommitCutter> {
  const { host, port, ...rest } = database.connection
  const path = join(String(host), `.s.PGSQL.${port ?? 5432}`)
  let cuts = 0
  const door = createServer((client) => {
    const server = connect(path)
    const end = (): void => {
      client.destroy()
      server.destroy()
    }
    for (const side of [client, server]) side.on('error', end).on('close', end)
    server.pipe(client)
    forwardUntil(client, server, () => {
      if (!shall()) return false
      cuts += 1
      server.end(() => client.destroy()) // what came before is executed, and has no answer
      return true
    })
  })
  await new Promise<void>((listening) => door.listen(0, '127.0.0.1', listening))
  return {
    connection: { ...rest, host: '127.0.0.1', port: (door.address() as AddressInfo).port },
    drop: () => database.drop(),
    get cuts() {
      return cuts
    },
    close: () => door.close(),
  }
}

/** Hands on what a client says, message by message, until `cut` says yes to a commit of the log. */
function forwardUntil(client: Socket, server: Socket, cut: () => boolean): void {
  let bytes: Buffer = Buffer.alloc(0)
  let started = false
  let inTransaction = false
  let wroteLog = false
  client.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk])
    for (;;) {
      const head = started ? 1 : 0 // the first message has no letter
      if (bytes.length < head + 4) return
      const length = head + bytes.readInt32BE(head)
      if (bytes.length < length) return
      const message = bytes.subarray(0, length)
      const letter = started ? String.fromCharCode(message[0] ?? 0) : ''
      bytes = bytes.subarray(length)
      started = true
      const text = 'QPB'.includes(letter) && letter !== '' ? message.toString('latin1') : ''
      if (/insert into "?messages|messages-insert|update "messages" set "status"/.test(text)) wroteLog = true
      const commits = (letter === 'Q' && text.includes('commit')) || (letter === 'S' && !inTransaction)
      if (commits && wroteLog && cut()) return void client.removeAllListeners('data')
      if (commits) wroteLog = false
      if (letter === 'Q') inTransaction = text.includes('begin')
      server.write(message)
    }
  })
}
