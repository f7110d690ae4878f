import type { Running } from '../../api/compose.ts'
import { findOrCreateConversation, readLog, type LoggedMessage } from '../../services/conversations/index.ts'
import type { ConversationId } from '../../services/platform/ids.ts'
import type { TestDatabase } from './database.ts'
import { deskPeople, type DeskPeople } from './deskWorld.ts'
import { startTestServer, type TestServer, type TestServerOptions } from './server.ts'

/** Two whole servers in this process on one database: what the row's lock and its indexes must decide between. */
export interface TwoNodes {
  /** The one or the other: even numbers go to the first. */
  node(i: number): Running
  /** The address of the one or the other. Both are known to the world by the first one's. */
  url(i: number): string
  /** For a third one. */
  readonly database: TestDatabase
  /** Agents and conversations, made on the first node. */
  readonly people: DeskPeople
  signInAgent: TestServer['signInAgent']
  /** A conversation of a contact of its own. */
  conversation(channel?: string, language?: string): Promise<ConversationId>
  /** The whole log, oldest first. */
  log(id: ConversationId): Promise<LoggedMessage[]>
  stop(): Promise<void>
}

/** Starts them; on a database of the caller's, when `database` is given. */
export async function startTwoNodes(options: TestServerOptions = {}): Promise<TwoNodes> {
  const first = await startTestServer(options)
  const { settings, database, keys } = first.running.platform
  const second = await startTestServer({
    ...options,
    database: first.database,
    masterKey: settings.masterKey.toString('base64'),
    env: { ...options.env, PUBLIC_URL: settings.publicUrl },
  })
  const node = (i: number): Running => (i % 2 === 0 ? first : second).running
  let contacts = 0
  return {
    node,
    url: (i) => `http://localhost:${node(i).port}`,
    database: first.database,
    people: deskPeople(first.running.platform),
    signInAgent: (agent) => first.signInAgent(agent),
    async conversation(channel = 'directline', language = 'fr') {
      const contact = `contact-${(contacts += 1)}`
      return (await findOrCreateConversation(database, keys, { channel, contact, userId: contact, language })).id
    },
    log: async (id) => (await readLog(database.db, keys, id, { after: 0 }, 10_000)).messages,
    async stop() {
      await second.stop()
      await first.stop()
    },
  }
}
