/**
 * A stand-in for the server's desk routes, in memory, for looking at the page and testing it alone.
 * It decides nothing of its own: whoever holds may write, the rest is told to it by the test. The real
 * rules are tested against the real server.
 */
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import type { AgentView, ConversationCard, ConversationView, LiveFrame, MessageView } from '../../api/types.ts'
import { agents, conversations } from './deskStory.ts'

/** A conversation of the stand-in: what its routes answer, plain and changeable by the test. */
export interface StandInConversation {
  card: ConversationCard
  file: ConversationView['file']
  notes: ConversationView['notes']
  messages: MessageView[]
  closed: boolean
}

export interface DeskStandIn {
  url: string
  conversations: Map<string, StandInConversation>
  agents: AgentView[]
  /** `method path` of each request answered, for looking at what the page asked. */
  asked: string[]
  push(frame: LiveFrame): void
  /** Adds to the log and pushes the hint. */
  says(id: string, author: MessageView['author'], text: string): void
  /** Cuts all sockets, and refuses new ones until `restore`. */
  cut(): void
  restore(): void
  /** Answers the next requests that match with this status and code. */
  refuse(match: RegExp, status: number, code: string, times: number): void
  stop(): Promise<void>
}

/** Page's security policy, as the server sets it: a page that breaks it fails here too. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws:; img-src 'self' blob: data:; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const kinds: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

const pageSize = 20

/** Starts it on a free loopback port. `built` is the folder of the web build; the token of the sign-in link is `good`. */
export async function deskStandIn(built: string): Promise<DeskStandIn> {
  const all = conversations()
  const staff = agents()
  const me = staff[0] as AgentView
  const sockets = new Set<WebSocket>()
  const asked: string[] = []
  const refusals: { match: RegExp; status: number; code: string; times: number }[] = []
  let signedIn = false
  let isCut = false

  const push = (frame: LiveFrame): void => {
    for (const socket of sockets) socket.send(JSON.stringify(frame))
  }

  function append(id: string, entry: Omit<MessageView, 'id' | 'seq' | 'at' | 'status'>): MessageView {
    const conversation = found(id)
    const seq = (conversation.messages.at(-1)?.seq ?? 0) + 1
    const at = new Date().toISOString()
    const message: MessageView = { id: `m-${id}-${seq}`, seq, at, status: 'done', ...entry }
    conversation.messages.push(message)
    conversation.card.lastMessageAt = at
    if (entry.author === 'newcomer') {
      conversation.card.unread += 1
      conversation.card.waitsFor = 'agent'
    }
    if (entry.author === 'agent') conversation.card.waitsFor = 'newcomer'
    push({ type: 'news', conversationId: id, seq })
    push({ type: 'people' })
    return message
  }

  function found(id: string): StandInConversation {
    const conversation = all.get(id)
    if (conversation === undefined || conversation.closed) throw new Refusal(404, 'notFound')
    return conversation
  }

  function view({ card, file, notes, messages }: StandInConversation): ConversationView {
    const mine = card.heldBy?.id === me.id
    return {
      card,
      file,
      notes,
      may: {
        take: card.mode === 'waiting',
        write: mine,
        handBack: mine,
        close: mine,
        note: true,
      },
      seq: messages.at(-1)?.seq ?? 0,
      deliveries: {},
      reach: {},
    }
  }

  function changed(): void {
    push({ type: 'queue' })
    push({ type: 'people' })
  }

  function page(id: string, query: URLSearchParams): unknown {
    const { messages } = found(id)
    const after = query.get('after')
    if (after !== null) {
      const rest = messages.filter((m) => m.seq > Number(after))
      return { messages: rest.slice(0, pageSize), more: rest.length > pageSize }
    }
    const before = Number(query.get('before') ?? Number.MAX_SAFE_INTEGER)
    const rest = messages.filter((m) => m.seq < before)
    return { messages: rest.slice(-pageSize), more: rest.length > pageSize }
  }

  function onConversation(id: string, verb: string, body: Body, query: URLSearchParams): unknown {
    const conversation = found(id)
    const { card } = conversation
    switch (verb) {
      case 'GET ':
        return view(conversation)
      case 'GET messages':
        return page(id, query)
      case 'POST messages': {
        if (card.heldBy?.id !== me.id) throw new Refusal(409, 'notYours')
        const clientMessageId = String(body['clientMessageId'])
        const first = conversation.messages.find((m) => m.clientMessageId === clientMessageId)
        if (first !== undefined) return first
        const text = String(body['text'])
        return append(id, { author: 'agent', agentId: me.id, agentName: me.name, text, clientMessageId })
      }
      case 'POST take':
        if (card.heldBy !== null) throw new Refusal(409, 'alreadyTaken')
        card.heldBy = { id: me.id, name: me.name }
        card.mode = 'human'
        if (card.handoff !== null) card.handoff.state = 'taken'
        changed()
        return null
      case 'POST hand-back':
        card.heldBy = null
        card.mode = 'bot'
        card.handoff = null
        changed()
        return null
      case 'POST close':
        conversation.closed = true
        changed()
        return null
      case 'POST read':
        card.unread = 0
        push({ type: 'people' })
        return null
      case 'POST typing':
        return null
      case 'POST notes': {
        const note = {
          id: `n-${conversation.notes.length}`,
          agentName: me.name,
          text: String(body['text']),
          at: new Date().toISOString(),
        }
        conversation.notes.push(note)
        return note
      }
      default:
        throw new Refusal(404, 'notFound')
    }
  }

  function onAgents(id: string | undefined, verb: string, body: Body, origin: string): unknown {
    const invitation = (agent: AgentView): unknown => ({
      agent,
      link: `${origin}/desk#sign-in=once-${staff.length}-${agent.id}`,
      expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
    })
    if (verb === 'GET ') return staff
    if (verb === 'POST ' && id === undefined) {
      const agent: AgentView = {
        id: `a-${staff.length + 1}`,
        name: String(body['name']),
        role: body['role'] as AgentView['role'],
        languages: body['languages'] as string[],
        region: body['region'] as string | null,
        active: true,
        present: false,
      }
      staff.push(agent)
      return invitation(agent)
    }
    const agent = staff.find((one) => one.id === id)
    if (agent === undefined) throw new Refusal(404, 'notFound')
    if (verb === 'POST link') return invitation(agent)
    agent.active = false
    agent.present = false
    return agent
  }

  function answer(method: string, url: URL, body: Body): unknown {
    const [area, id, what] = url.pathname.split('/').slice(3)
    if (area === 'session') {
      if (method === 'POST' && body['token'] !== 'good') throw new Refusal(401, 'unauthenticated')
      signedIn = method === 'POST'
      return null
    }
    if (!signedIn) throw new Refusal(401, 'unauthenticated')
    const cards = [...all.values()].filter((c) => !c.closed).map((c) => c.card)
    if (area === 'me') {
      return { agent: me, sessionEndsAt: new Date(Date.now() + 8 * 3_600_000).toISOString() }
    }
    if (area === 'queue') {
      const waiting = cards.filter((card) => card.mode === 'waiting' && card.handoff !== null)
      waiting.sort(
        (a, b) =>
          (a.handoff?.priority ?? 0) - (b.handoff?.priority ?? 0) ||
          (a.handoff?.requestedAt ?? '').localeCompare(b.handoff?.requestedAt ?? ''),
      )
      return { waiting }
    }
    if (area === 'my-people') return { people: cards.filter((card) => card.heldBy?.id === me.id) }
    if (area === 'agents') return onAgents(id, `${method} ${what ?? ''}`, body, url.origin)
    if (area === 'conversations' && id !== undefined) {
      return onConversation(id, `${method} ${what ?? ''}`, body, url.searchParams)
    }
    throw new Refusal(404, 'notFound')
  }

  async function onApi(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const method = request.method ?? 'GET'
    asked.push(`${method} ${url.pathname}`)
    let status = 200
    let said: unknown
    try {
      const planned = refusals.find((r) => r.times > 0 && r.match.test(`${method} ${url.pathname}`))
      if (planned !== undefined) {
        planned.times -= 1
        throw new Refusal(planned.status, planned.code)
      }
      said = answer(method, url, method === 'GET' ? {} : await bodyOf(request))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      status = error.status
      said = { error: { code: error.code, message: `(${error.code})` } }
    }
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said))
  }

  async function onPage(response: ServerResponse, pathname: string): Promise<void> {
    const isDesk = pathname === '/desk' || pathname.startsWith('/desk/')
    const path = isDesk ? 'desk/index.html' : normalize(pathname).replace(/^(\.\.[/\\])+/, '')
    try {
      const bytes = await readFile(join(built, path))
      response
        .writeHead(200, {
          'content-type': kinds[extname(path)] ?? 'application/octet-stream',
          'content-security-policy': policy,
        })
        .end(bytes)
    } catch {
      response.writeHead(404).end()
    }
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`)
    void (url.pathname.startsWith('/api/v1/') ? onApi(request, response, url) : onPage(response, url.pathname))
  })
  const live = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    if (isCut || !signedIn) return void socket.destroy()
    live.handleUpgrade(request, socket, head, (one) => {
      sockets.add(one)
      one.on('close', () => sockets.delete(one))
      one.send(JSON.stringify({ type: 'hello' } satisfies LiveFrame))
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    conversations: all,
    agents: staff,
    asked,
    push,
    says: (id, author, text) => void append(id, { author, text }),
    cut() {
      isCut = true
      for (const socket of sockets) socket.terminate()
    },
    restore() {
      isCut = false
    },
    refuse: (match, status, code, times) => void refusals.push({ match, status, code, times }),
    async stop() {
      for (const socket of sockets) socket.terminate()
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

type Body = Record<string, unknown>

class Refusal extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string) {
    super(code)
    this.status = status
    this.code = code
  }
}

async function bodyOf(request: IncomingMessage): Promise<Body> {
  const parts: Uint8Array[] = []
  for await (const part of request) parts.push(part as Uint8Array)
  const text = Buffer.concat(parts).toString('utf8')
  return text === '' ? {} : (JSON.parse(text) as Body)
}
