import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import busboy from 'busboy'
import { WebSocketServer, type WebSocket } from 'ws'

/** An activity of the stand-in's log; `seq` is its place. */
export interface StandInActivity {
  id: string
  seq: number
  type: string
  text: string
  [property: string]: unknown
}

/** One refusal: the next `times` requests that match get `status`. */
export interface Fault {
  method?: string
  path: RegExp
  status: number
  times: number
  headers?: Record<string, string>
  /** The request does its work first; only its answer is lost (the connection is cut). */
  after?: boolean
}

/** A server of one conversation that speaks our Direct Line, and misbehaves when asked. */
export interface StandIn {
  origin: string
  log: StandInActivity[]
  /** What was asked, as `POST /v3/…`, in order. */
  requests: string[]
  files: { name: string; size: number }[]
  typings: number
  conversationId: string
  /** The bot, or whoever `extra` says, writes. */
  says(text: string, extra?: { parcours?: Record<string, unknown>; [property: string]: unknown }): StandInActivity
  /** Sent on the stream and kept nowhere. */
  passes(activity: Record<string, unknown>): void
  fail(fault: Fault): void
  dropSockets(): void
  /** Tokens that were given are worth nothing from now on. */
  expireTokens(): void
  /** The conversation is erased; the same cookie opens another. */
  erase(): void
  /** No socket opens. */
  blockSockets(blocked: boolean): void
  /** Every frame is sent twice. */
  stutter(on: boolean): void
  sockets(): number
  close(): Promise<void>
}

const REPLAY = 50
const PAGE = 20

/**
 * @param pages serves everything else, for a browser
 * @param replies called after each message of the newcomer
 */
export async function directLineStandIn(
  replies: (message: StandInActivity, standIn: StandIn) => void = () => {},
  pages?: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<StandIn> {
  let log: StandInActivity[] = []
  let generation = 0
  let conversation = randomUUID()
  let socketsBlocked = false
  let stuttering = false
  const faults: Fault[] = []
  const open = new Set<WebSocket>()
  const server = createServer((request, response) => void answer(request, response))
  const upgrades = new WebSocketServer({ noServer: true })

  const token = (): string => `t.${conversation}.${generation}.${randomUUID()}`
  const valid = (given: string | undefined): boolean => given?.startsWith(`t.${conversation}.${generation}.`) === true
  const visible = (after: number): StandInActivity[] => log.filter((activity) => activity.seq > after)
  const streamUrl = (after: number): string =>
    `ws://elsewhere.example/v3/directline/conversations/${conversation}/stream?watermark=${after > 0 ? after : '-'}&t=${token()}`

  function push(activities: Record<string, unknown>[], watermark?: number): void {
    const frame = JSON.stringify({ activities, ...(watermark === undefined ? {} : { watermark: String(watermark) }) })
    for (const socket of open) {
      socket.send(frame)
      if (stuttering) socket.send(frame)
    }
  }

  function append(activity: Record<string, unknown> & { text: string }): StandInActivity {
    const seq = (log.at(-1)?.seq ?? 0) + 1
    const channelData = {
      ...(activity['channelData'] as Record<string, unknown> | undefined),
      'webchat:sequence-id': seq,
    }
    const logged = {
      type: 'message',
      timestamp: new Date().toISOString(),
      ...activity,
      id: randomUUID(),
      seq,
      channelData,
    }
    log.push(logged)
    push([logged], seq)
    return logged
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://local')
    const asked = `${request.method} ${url.pathname}`
    const api = /^\/(v3|api)\//.test(url.pathname)
    if (!api && pages !== undefined) return pages(request, response)
    standIn.requests.push(asked)
    const body = await read(request)
    const fault = faults.find(
      (candidate) => candidate.path.test(url.pathname) && (candidate.method ?? request.method) === request.method,
    )
    if (fault !== undefined) {
      fault.times -= 1
      if (fault.times <= 0) faults.splice(faults.indexOf(fault), 1)
      if (fault.after !== true)
        return send(response, fault.status, { error: { code: 'Fault', message: '' } }, fault.headers)
    }
    const [status, json] = act(request, url, body)
    if (fault?.after === true) return void response.destroy()
    send(response, status, json)
  }

  function act(request: IncomingMessage, url: URL, body: Body): [number, unknown] {
    const path = url.pathname
    const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    if (path === '/api/chat/tokens')
      return [200, { token: token(), conversationId: conversation, userId: 'dl_me', expires_in: 1800 }]
    if (!valid(given)) return [given === undefined ? 401 : 403, { error: { code: 'TokenExpired', message: '' } }]
    if (path === '/api/chat/history') {
      const before = log.filter((activity) => activity.seq < Number(url.searchParams.get('before')))
      return [200, { activities: before.slice(-PAGE), more: before.length > PAGE }]
    }
    const started = { conversationId: conversation, token: token(), expires_in: 1800 }
    if (path === '/v3/directline/tokens/refresh') return [200, started]
    if (path === '/v3/directline/conversations')
      return [log.length === 0 ? 201 : 200, { ...started, streamUrl: streamUrl(0) }]
    const base = `/v3/directline/conversations/${conversation}`
    const after = Number(url.searchParams.get('watermark')) || 0
    if (path === base) return [200, { ...started, streamUrl: streamUrl(after) }]
    if (path === `${base}/activities` && request.method === 'GET') {
      const page = visible(after).slice(0, PAGE)
      return [200, { activities: page, watermark: String(page.at(-1)?.seq ?? after) }]
    }
    if (path === `${base}/activities`) return post(JSON.parse(body.text) as Posted, [])
    if (path === `${base}/upload`) return post(JSON.parse(body.parts['activity'] ?? '{}') as Posted, body.files)
    return [404, { error: { code: 'NotFound', message: '' } }]
  }

  function post(activity: Posted, files: StandIn['files']): [number, unknown] {
    const from = { id: 'dl_me', name: '', role: 'user' }
    const channelData = { ...activity.channelData, parcours: { author: 'newcomer' } }
    if (activity.type === 'typing') {
      standIn.typings += 1
      push([{ ...activity, id: randomUUID(), from, channelData }])
      return [200, { id: randomUUID() }]
    }
    const posted = activity.channelData?.clientActivityID
    const known = log.find((logged) => (logged['channelData'] as Posted['channelData'])?.clientActivityID === posted)
    if (known !== undefined) return [200, { id: known.id }]
    standIn.files.push(...files)
    const attachments = files.map(({ name }) => ({
      name,
      contentType: 'application/octet-stream',
      contentUrl: `http://elsewhere.example/api/files/${name}?s=1`,
    }))
    const logged = append({
      ...activity,
      text: activity.text ?? '',
      from,
      channelData,
      ...(files.length === 0 ? {} : { attachments }),
    })
    replies(logged, standIn)
    return [200, { id: logged.id }]
  }

  server.on('upgrade', (request, socket, head) => {
    const url = new URL(request.url ?? '/', 'http://local')
    standIn.requests.push(`SOCKET ${url.pathname}`)
    if (socketsBlocked || !valid(url.searchParams.get('t') ?? undefined))
      return void socket.end('HTTP/1.1 403 Refused\r\n\r\n')
    upgrades.handleUpgrade(request, socket, head, (stream) => {
      open.add(stream)
      stream.on('close', () => open.delete(stream))
      const after = Number(url.searchParams.get('watermark')) || 0
      const missed = after > 0 ? visible(after) : log.slice(-REPLAY)
      stream.send('')
      if (missed.length > 0) stream.send(JSON.stringify({ activities: missed, watermark: String(missed.at(-1)?.seq) }))
    })
  })

  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const standIn: StandIn = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get log() {
      return log
    },
    get conversationId() {
      return conversation
    },
    requests: [],
    files: [],
    typings: 0,
    says(text, extra = {}) {
      const { parcours = { author: 'bot' }, ...rest } = extra
      return append({
        text,
        from: { id: 'parcours', name: 'Parcours', role: 'bot' },
        ...rest,
        channelData: { parcours },
      })
    },
    passes: (activity) => push([{ id: randomUUID(), ...activity }]),
    fail: (fault) => void faults.push(fault),
    dropSockets() {
      for (const socket of open) socket.terminate()
    },
    expireTokens() {
      generation += 1
    },
    erase() {
      conversation = randomUUID()
      log = []
      for (const socket of open) socket.terminate()
    },
    blockSockets(blocked) {
      socketsBlocked = blocked
    },
    stutter(on) {
      stuttering = on
    },
    sockets: () => open.size,
    async close() {
      for (const socket of open) socket.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return standIn
}

interface Posted {
  type: string
  text?: string
  channelData?: { clientActivityID?: string }
  [property: string]: unknown
}

interface Body {
  text: string
  parts: Record<string, string>
  files: StandIn['files']
}

async function read(request: IncomingMessage): Promise<Body> {
  const body: Body = { text: '', parts: {}, files: [] }
  if (request.headers['content-type']?.startsWith('multipart') !== true) {
    for await (const chunk of request) body.text += String(chunk)
    return body
  }
  const form = busboy({ headers: request.headers, defParamCharset: 'utf8' })
  form.on('file', (field, stream, { filename }) => {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => {
      const bytes = Buffer.concat(chunks)
      if (field === 'activity') body.parts[field] = bytes.toString()
      else body.files.push({ name: filename ?? '', size: bytes.length })
    })
  })
  await new Promise((resolve, reject) => {
    form.on('close', resolve).on('error', reject)
    request.pipe(form)
  })
  return body
}

function send(response: ServerResponse, status: number, json: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(json))
}
