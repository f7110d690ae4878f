import { Agent, request as openRequest } from 'node:http'
import type { Route, SocketRoute } from '../../api/route.ts'
import { tableOfRoutes } from '../../api/routes.ts'
import { inviteAgent } from '../../services/agents/index.ts'
import { findOrCreateConversation } from '../../services/conversations/index.ts'
import { fileLink, receiveFile, storeFiles } from '../../services/files/index.ts'
import { requestPerson, takeConversation } from '../../services/handoff/index.ts'
import { randomId, type AgentId, type ConversationId } from '../../services/platform/ids.ts'
import { openTokens, type Tokens } from '../../services/platform/tokens.ts'
import { openSession } from '../../services/sign-in/index.ts'
import { deskPeople } from './deskWorld.ts'
import { CHANNELS } from './channelSettings.ts'
import { startTestServer, type SignedIn, type TestServer } from './server.ts'

/** Everybody who may knock at a route. `visitorA` is in the conversation `ours`, which `holder` holds; `visitorB` in `theirs`. */
export const ACTORS = [
  'nobody',
  'visitorA',
  'visitorB',
  'holder',
  'bystander',
  'supervisor',
  'administrator',
  'deactivated',
  'expired',
  'forged',
] as const
export type ActorName = (typeof ACTORS)[number]

/** What a request is about; which of them a row has depends on its path. */
export type TargetName = 'none' | 'ours' | 'theirs' | 'waiting' | 'absent' | 'mixed' | 'self' | 'colleague' | 'chief'

export interface Target {
  name: TargetName
  params: Record<string, string>
}

export interface Sent {
  method: string
  /** With its query, escaped. */
  path: string
  headers: Record<string, string>
  body?: Uint8Array | string | undefined
}

export interface Answered {
  status: number
  text: string
  headers: Record<string, string | string[] | undefined>
  ms: number
}

/** A running server with all its rows, and the people and things that requests are made of. */
export interface RouteWorld {
  readonly server: TestServer
  readonly rows: readonly Route[]
  readonly sockets: readonly SocketRoute[]
  /** Fresh conversations, accounts and sessions: what a request has changed is as before. */
  renew(): Promise<void>
  headersOf(actor: ActorName): Record<string, string>
  /** The signed link with which a person opens a file; of somebody else's making for those who have none. */
  ticketOf(actor: ActorName): string
  /** The token of a person's stream; of somebody else's making for those who have none. */
  streamTicketOf(actor: ActorName): string
  /** The server's own signer: for tokens that it would not give. */
  readonly tokens: Tokens
  targetsOf(row: Pick<Route, 'path'>, actor: ActorName): Target[]
  /** Sends to the byte what it is given. Rejects when the connection ends without an answer. */
  send(sent: Sent): Promise<Answered>
  close(): Promise<void>
}

/** The secret of the server for `tokens/generate`. */
export const SECRET = 'a-secret-of-the-tests-that-is-long-enough'
const ABSENT = 'AAAAAAAAAAAAAAAAAAAAAA'
const FORGED = 'A'.repeat(43)

/** Stands in the words and in the file of a conversation of this name, and nowhere else. */
export const canaryOf = (name: 'ours' | 'theirs' | 'waiting'): string => `canary-of-${name}`

interface Scene {
  ours: ConversationId
  theirs: ConversationId
  waiting: ConversationId
  files: Record<'ours' | 'theirs' | 'waiting', string>
  colleague: string
}

/** Opens one. */
export async function openRouteWorld(): Promise<RouteWorld> {
  const server = await startTestServer({ env: { ...CHANNELS, DIRECT_LINE_SECRET: SECRET } })
  const { platform, turns } = server.running
  const { database, keys, settings, clock } = platform
  const table = await tableOfRoutes(platform, turns)
  const people = deskPeople(platform)
  const tokens = openTokens(keys, settings.publicUrl, clock)
  const connections = new Agent({ keepAlive: true })

  const staff: Record<string, SignedIn> = {
    holder: await server.signInAgent({ name: 'Holder' }),
    third: await server.signInAgent({ name: 'Third' }),
    bystander: await server.signInAgent({ name: 'Bystander' }),
    supervisor: await server.signInAgent({ name: 'Supervisor', role: 'supervisor' }),
    administrator: await server.signInAgent({ name: 'Administrator', role: 'administrator' }),
    chief: await server.signInAgent({ name: 'Chief', role: 'administrator' }),
    deactivated: await server.signInAgent({ name: 'Deactivated' }),
    expired: await server.signInAgent({ name: 'Expired' }),
  }
  const idOf = (name: string): string => staff[name]?.agentId ?? ABSENT
  // Their sessions stay in the table: that they end is a matter of each request.
  await database.db.updateTable('agents').set({ active: false }).where('id', '=', idOf('deactivated')).execute()
  await database.db
    .updateTable('agent_sessions')
    .set({ expires_at: new Date(clock.now().epochMilliseconds - 1_000) })
    .where('agent_id', '=', idOf('expired'))
    .execute()

  /** A conversation with a file, which waits, or which `by` holds. */
  async function conversation(
    name: 'ours' | 'theirs' | 'waiting',
    by?: string,
  ): Promise<{ id: ConversationId; file: string }> {
    const id = randomId() as ConversationId
    const contact = { id, channel: 'directline' as const, contact: id, userId: `dl_${id}`, language: 'fr' }
    await findOrCreateConversation(database, keys, contact)
    await people.says(id, `Bonjour ${canaryOf(name)}`)
    const [file] = await people.turn(id, async (tx, c, at) => {
      requestPerson(tx, c, { reason: 'asked', lastWords: canaryOf(name), known: {}, at })
      return storeFiles(tx, c, randomId(), [receiveFile('a.txt', Buffer.from(canaryOf(name)))], at)
    })
    if (by !== undefined) await takeConversation(platform, { id: idOf(by), name: by, role: 'agent' }, id)
    return { id, file: file?.id ?? ABSENT }
  }

  async function newScene(): Promise<Scene> {
    await database.db.updateTable('agents').set({ active: true }).where('id', '<>', idOf('deactivated')).execute()
    const invitee = { name: 'Colleague', role: 'agent' as const, languages: ['fr'], region: null }
    const session = async (name: string): Promise<void> => {
      const { token } = await openSession(platform, idOf(name) as AgentId)
      staff[name] = { agentId: idOf(name), cookie: `parcours_desk=${token}` }
    }
    const [ours, theirs, waiting, { agent }] = await Promise.all([
      conversation('ours', 'holder'),
      conversation('theirs', 'third'),
      conversation('waiting'),
      inviteAgent(platform, { id: idOf('chief'), role: 'administrator' }, invitee),
      ...['holder', 'bystander', 'supervisor', 'administrator'].map(session),
    ])
    return {
      ours: ours.id,
      theirs: theirs.id,
      waiting: waiting.id,
      files: { ours: ours.file, theirs: theirs.file, waiting: waiting.file },
      colleague: agent.id,
    }
  }

  let scene = await newScene()
  const bearer = (conv: string): Record<string, string> => ({
    authorization: `Bearer ${tokens.issue('conv', { conv, user: `dl_${conv}` }, 1800)}`,
  })

  return {
    server,
    rows: table.routes,
    sockets: table.sockets,
    tokens,
    async renew() {
      scene = await newScene()
    },
    headersOf(actor) {
      if (actor === 'nobody') return {}
      if (actor === 'visitorA') return bearer(scene.ours)
      if (actor === 'visitorB') return bearer(scene.theirs)
      return { cookie: staff[actor]?.cookie ?? `parcours_desk=${FORGED}` }
    },
    ticketOf(actor) {
      if (actor !== 'visitorA' && actor !== 'visitorB') return 'forged'
      const file = scene.files[actor === 'visitorA' ? 'ours' : 'theirs']
      return new URL(fileLink(tokens, file), server.url).searchParams.get('t') ?? ''
    },
    streamTicketOf(actor) {
      if (actor !== 'visitorA' && actor !== 'visitorB') return 'forged'
      const conv = actor === 'visitorA' ? scene.ours : scene.theirs
      return tokens.issue('stream', { conv, user: `dl_${conv}` }, 1800)
    },
    targetsOf({ path }, actor) {
      const names = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
      if (names.length === 0) return [{ name: 'none', params: {} }]
      if (path.startsWith('/api/v1/agents/:id')) {
        const of = (name: TargetName, id: string): Target => ({ name, params: { id } })
        const self = of('self', actor in staff ? idOf(actor) : ABSENT)
        return [self, of('colleague', scene.colleague), of('chief', idOf('chief')), of('absent', ABSENT)]
      }
      const { ours, theirs, waiting, files } = scene
      const target = (name: TargetName, id: string, file: string): Target => ({
        name,
        params: Object.fromEntries(
          names.map((param) => [param, path.startsWith('/files/') || param === 'file' ? file : id]),
        ),
      })
      return [
        target('ours', ours, files.ours),
        target('theirs', theirs, files.theirs),
        target('waiting', waiting, files.waiting),
        ...(names.length > 1 ? [target('mixed', ours, files.theirs)] : []),
        target('absent', ABSENT, ABSENT),
      ]
    },
    send: ({ method, path, headers, body }) =>
      new Promise((resolve, reject) => {
        const started = performance.now()
        const bytes = body === undefined ? undefined : Buffer.from(body)
        const length = bytes === undefined ? {} : { 'content-length': String(bytes.length) }
        const { port } = server.running
        const options = {
          host: '127.0.0.1',
          port,
          method,
          path,
          headers: { ...headers, ...length },
          agent: connections,
        }
        const sending = openRequest(options, (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('error', reject)
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString()
            const ms = performance.now() - started
            resolve({ status: response.statusCode ?? 0, text, headers: response.headers, ms })
          })
        })
        sending.on('error', reject)
        sending.end(bytes)
      }),
    async close() {
      connections.destroy()
      table.close()
      await server.stop()
    },
  }
}

/** A row's path with its parameters, each escaped. */
export const pathOf = (row: Pick<Route, 'path'>, params: Readonly<Record<string, string>>): string =>
  row.path.replaceAll(/:(\w+)/g, (_whole, name: string) => encodeURIComponent((params[name] ?? '').toWellFormed()))
