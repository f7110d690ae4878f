import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import restify from 'restify'
import { WebSocketServer } from 'ws'
import { describe, pickLanguage } from './errors.ts'
import { isAway } from '../services/platform/database.ts'
import {
  forbidden,
  invalid,
  notFound,
  ParcoursError,
  unauthenticated,
  unavailable,
} from '../services/platform/errors.ts'
import type { Platform } from '../services/platform/platform.ts'
import { callerAddress } from './address.ts'
import { check, drain, readJson } from './body.ts'
import type { AgentActor, Answer, Call, Route, SocketRoute, Who } from './route.ts'

/** Who a cookie belongs to; the one function that knows, for HTTP and sockets alike. */
export type Authenticate = (cookies: string | undefined) => Promise<AgentActor | undefined>

export interface Listening {
  readonly port: number
  /** Stops accepting, ends requests that run and closes sockets with 1012 (service restart). */
  close(graceMs: number): Promise<void>
}

const MAX_JSON = 64 * 1024
const ROLES: Record<Exclude<Who, 'anyone' | 'directline'>, readonly AgentActor['role'][]> = {
  agent: ['agent', 'supervisor', 'administrator'],
  supervisor: ['supervisor', 'administrator'],
  administrator: ['administrator'],
}

const HEADERS: Record<string, string> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(self), payment=()',
}

/** Serves the routes and sockets of the table on one port. There is no other way in. */
export async function serve(
  platform: Platform,
  routes: readonly Route[],
  sockets: readonly SocketRoute[],
  authenticate: Authenticate,
): Promise<Listening> {
  const { settings, log } = platform
  const server = restify.createServer({ name: 'parcours', ignoreTrailingSlash: false, handleUncaughtExceptions: false })
  const http = server.server as HttpServer
  Object.assign(http, {
    keepAliveTimeout: 65_000,
    headersTimeout: 10_000,
    requestTimeout: 120_000,
    maxHeadersCount: 100,
  })
  const origin = new URL(settings.publicUrl).origin

  const answerError = async (
    request: IncomingMessage,
    response: ServerResponse,
    error: unknown,
    route: string,
  ): Promise<void> => {
    const known = error instanceof ParcoursError ? error : isAway(error) ? unavailable(error) : undefined
    if (known === undefined) log.error('request.failed', { route, method: request.method ?? '', error })
    if (response.headersSent) return void response.destroy()
    const status = known?.status ?? 500
    await drain(request)
    // A body that was refused is not waited for longer.
    if (!request.complete) response.setHeader('connection', 'close')
    if (known?.params['seconds'] !== undefined) response.setHeader('retry-after', String(known.params['seconds']))
    send(response, { status, json: describe(known, pickLanguage(request.headers['accept-language'])) })
  }

  async function run(row: Route, request: restify.Request, response: restify.Response): Promise<void> {
    response.setHeader('cache-control', 'no-store')
    if (row.crossOrigin === true) response.setHeader('access-control-allow-origin', '*')
    try {
      const agent = await admit(row.who, request, row.method !== 'GET')
      const url = new URL(request.url ?? '/', 'http://local')
      const call: Call<unknown, unknown, unknown> = {
        params: check(row.params, request.params ?? {}, 'path'),
        query: check(row.query, Object.fromEntries(url.searchParams), 'query'),
        body:
          row.body === undefined || 'raw' in row.body
            ? undefined
            : check(
                row.body.optional === true ? row.body.json.optional() : row.body.json,
                await readJson(request, row.maxBytes ?? MAX_JSON, row.body.optional === true),
                'body',
              ),
        agent: agent as AgentActor,
        get address() {
          return callerAddress(request, settings.trustedProxies)
        },
        request,
        response,
      }
      const answer = await row.handle(call)
      if (answer !== 'answered') send(response, answer)
    } catch (error) {
      await answerError(request, response, error, row.path)
    }
  }

  async function admit(who: Who, request: IncomingMessage, mutates: boolean): Promise<AgentActor | undefined> {
    if (who === 'anyone' || who === 'directline') return undefined
    if (mutates && !sameOrigin(request, origin)) throw forbidden('crossSite')
    const agent = await authenticate(request.headers.cookie)
    if (agent === undefined) throw unauthenticated()
    if (!ROLES[who].includes(agent.role)) throw forbidden()
    return agent
  }

  for (const row of routes) {
    // `async` even so: restify tells a handler without `next` by it.
    const handler = async (request: restify.Request, response: restify.Response): Promise<void> =>
      run(row, request, response)
    const verb = { GET: 'get', POST: 'post', PUT: 'put', DELETE: 'del', OPTIONS: 'opts' } as const
    server[verb[row.method]](row.path, handler)
  }
  for (const path of new Set(routes.filter((row) => row.crossOrigin).map((row) => row.path)))
    server.opts(path, async (_request, response) => send(response, { status: 204, headers: PREFLIGHT }))
  // What the router itself refuses. Its third argument is not called: restify would then answer a second
  // time, which throws outside any request and ends the process.
  server.on('restifyError', (request: restify.Request, response: restify.Response, error: { statusCode?: number }) => {
    void answerError(request, response, refusal(error.statusCode ?? 500), 'none')
  })

  // Before restify sees a request: it takes an address apart without asking whether it is one.
  const [handle] = http.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[]
  http.removeAllListeners('request')
  let closing = false
  http.on('request', (request, response) => {
    // Kept alive, a busy connection would hold up the stop, and be cut in the middle of a later request.
    if (closing) response.shouldKeepAlive = false
    // On every answer, also on those that no row gives.
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
    if (settings.publicUrl.startsWith('https:')) response.setHeader('strict-transport-security', 'max-age=31536000')
    if (hasPlainPath(request)) handle?.(request, response)
    else void answerError(request, response, invalid('path'), 'none')
  })

  const upgrades = new WebSocketServer({ noServer: true, maxPayload: 1024, perMessageDeflate: false })
  /** Sockets that asked for an upgrade, opened or refused: http itself no longer knows them. */
  const upgraded = new Set<Socket>()
  http.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => {}) // a client that leaves during the handshake
    upgraded.add(socket)
    socket.once('close', () => upgraded.delete(socket))
    void upgrade(request, socket, head)
  })

  async function upgrade(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    try {
      if (!hasPlainPath(request)) throw invalid('path')
      const url = new URL(request.url ?? '/', 'http://local')
      const found = matchSocket(sockets, url.pathname)
      if (found === undefined) throw notFound()
      const agent = await admit(found.row.who, request, false)
      const open = await found.row.open({
        params: found.params,
        query: url.searchParams,
        agent,
        origin: request.headers.origin,
        request,
      })
      upgrades.handleUpgrade(request, socket, head, (opened) => {
        opened.on('error', () => opened.terminate())
        if (closing) opened.close(1012)
        else open(opened)
      })
    } catch (error) {
      const known = error instanceof ParcoursError ? error : isAway(error) ? unavailable(error) : undefined
      if (known === undefined) log.error('upgrade.failed', { error })
      socket.write(`HTTP/1.1 ${known?.status ?? 500} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      socket.destroySoon() // does not wait for a client that keeps its half open
    }
  }

  await new Promise<void>((resolve, reject) => {
    http.once('error', reject)
    server.listen(settings.port, settings.host, () => resolve())
  })
  const address = http.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : settings.port,
    async close(graceMs) {
      closing = true
      const closed = new Promise<void>((resolve) => http.close(() => resolve()))
      for (const client of upgrades.clients) client.close(1012)
      http.closeIdleConnections()
      const late = setTimeout(() => {
        for (const socket of upgraded) socket.destroy()
        http.closeAllConnections()
      }, graceMs)
      await closed
      clearTimeout(late)
    },
  }
}

/**
 * Whether a request names a path here, as browsers and clients do: neither another host nor nonsense. restify reads
 * the address with the `Host` header before it, outside any handler: one that is no host would end the process, and
 * one with a path in it would choose the route.
 */
function hasPlainPath({ url = '', headers: { host = '' } }: IncomingMessage): boolean {
  if (!url.startsWith('/') || url.startsWith('//')) return false
  const here = URL.parse(url, 'http://local')
  const read = URL.parse(`http://${host === '' ? 'localhost' : host}${url}`)
  return here !== null && here.pathname === read?.pathname && here.search === read.search
}

/** What the router says no with, in our own words. */
function refusal(status: number): ParcoursError {
  if (status === 404) return notFound()
  if (status === 405) return new ParcoursError('methodNotAllowed', 405)
  return status < 500 ? invalid('request') : new ParcoursError('failed', status)
}

const PREFLIGHT = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-allow-headers': 'Authorization, Content-Type, X-Requested-With, x-ms-bot-agent',
  'access-control-max-age': '86400',
}

/** True unless a browser says that another site's page sent it. Programs send neither header. */
export function sameOrigin(request: IncomingMessage, origin: string): boolean {
  const from = request.headers.origin
  if (from !== undefined) return from === origin
  const site = request.headers['sec-fetch-site']
  return site === undefined || site === 'same-origin' || site === 'none'
}

function send(response: ServerResponse, answer: Exclude<Answer, 'answered'>): void {
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value)
  const body = answer.json === undefined ? '' : JSON.stringify(answer.json)
  if (body !== '') response.setHeader('content-type', 'application/json; charset=utf-8')
  response.writeHead(answer.status, { 'content-length': Buffer.byteLength(body) }) // restify's own returns nothing to chain on
  response.end(body)
}

/** Finds the socket route of a path; `:name` parts become parameters. */
export function matchSocket(
  sockets: readonly SocketRoute[],
  path: string,
): { row: SocketRoute; params: Record<string, string> } | undefined {
  const parts = path.split('/')
  for (const row of sockets) {
    const wanted = row.path.split('/')
    if (wanted.length !== parts.length) continue
    const params: Record<string, string> = {}
    const fits = wanted.every((part, i) => {
      const given = parts[i] ?? ''
      if (!part.startsWith(':')) return part === given
      params[part.slice(1)] = given
      return /^[A-Za-z0-9_-]{1,200}$/.test(given)
    })
    if (fits) return { row, params }
  }
  return undefined
}
