import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Account } from './account.ts'
import { errorBody, refusal, type Refusal } from './errors.ts'
import { acceptsFirst, nameOf, type Fault, type Faults } from './faults.ts'
import { listing } from './listing.ts'
import type { Media } from './media.ts'
import { messageJson, type Message } from './messages.ts'
import type { RecordedRequest } from './record.ts'

/** What the API does to the rest of the stand-in. */
interface RestWorld {
  account: Account
  faults: Faults
  media: Media
  /** The log, oldest first. */
  log: readonly Message[]
  /** Accepts a message, or refuses it. */
  send(form: URLSearchParams): Message | Refusal
  cancel(message: Message): Refusal | undefined
  /** Before the answer of an accepted message. */
  beforeAnswer(message: Message): Promise<void>
  record(request: RecordedRequest): void
}

/** Twilio's API on a port of loopback. */
export interface Rest {
  readonly url: string
  /** New connections are refused, and those that are open end, until `plugIn`. */
  unplug(): Promise<void>
  plugIn(): Promise<void>
  close(): Promise<void>
}

const BAD_GATEWAY =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n'

export async function startRest(world: RestWorld): Promise<Rest> {
  const { account, faults, media } = world
  let underWay = 0
  const base = `/2010-04-01/Accounts/${account.sid}`

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await textOf(request))
    const entry: RecordedRequest = {
      at: account.now(),
      method: request.method ?? '',
      path: request.url ?? '',
      form,
      status: undefined,
      code: undefined,
      fault: undefined,
      sid: undefined,
    }
    world.record(entry)
    underWay += 1
    response.on('close', () => (underWay -= 1))
    const isSend = request.method === 'POST' && pathOf(request) === `${base}/Messages.json`
    const fault = faults.next(isSend ? 'send' : 'read')
    if (fault !== undefined) entry.fault = nameOf(fault)
    if (underWay > account.maxConcurrent) return answerFault({ tooMany: {} }, entry, response)
    if (fault !== undefined && !acceptsFirst(fault)) return answerFault(fault, entry, response)
    if (!isAuthorized(account, request) && !/\/Media\/ME/.test(entry.path))
      return refuse(refusal(20003), entry, response)
    if (isSend) return sendMessage(form, fault, entry, response)
    if (typeof fault === 'object' && 'slow' in fault) await waited(fault.slow, response)
    return read(request, form, entry, response)
  }

  async function sendMessage(
    form: URLSearchParams,
    fault: Fault | undefined,
    entry: RecordedRequest,
    response: ServerResponse,
  ): Promise<void> {
    const sent = world.send(form)
    if ('code' in sent) return refuse(sent, entry, response)
    entry.sid = sent.sid
    const body = JSON.stringify(messageJson(account, sent))
    await world.beforeAnswer(sent)
    if (fault !== undefined) return answerAccepted(fault, body, entry, response)
    answer(201, body, entry, response)
  }

  function read(
    request: IncomingMessage,
    form: URLSearchParams,
    entry: RecordedRequest,
    response: ServerResponse,
  ): void {
    const path = pathOf(request)
    const query = new URL(entry.path, 'http://twilio').searchParams
    if (/\/Media\/ME[0-9a-f]{32}(\.json)?$/.test(path)) {
      response.on('finish', () => (entry.status = response.statusCode))
      return media.answer(request, response, !account.mediaNeedsAuth || isAuthorized(account, request))
    }
    if (request.method === 'GET' && path === `${base}/Messages.json`)
      return answer(200, JSON.stringify(listing(account, world.log, query)), entry, response)
    const message = world.log.find(({ sid }) => path === `${base}/Messages/${sid}.json`)
    if (message === undefined) return refuse(refusal(20404, path), entry, response)
    if (request.method === 'POST') {
      const refused = form.get('Status') === 'canceled' ? world.cancel(message) : undefined
      if (refused !== undefined) return refuse(refused, entry, response)
      if (form.get('Body') === '') message.body = ''
    }
    const redacted = account.redactBodies
    answer(200, JSON.stringify(messageJson(account, message, { redacted })), entry, response)
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy())
  })
  const listen = (port: number): Promise<void> =>
    new Promise((listening) => server.listen(port, '127.0.0.1', () => listening()))
  const stop = (): Promise<void> =>
    new Promise((closed) => {
      server.close(() => closed())
      server.closeAllConnections()
    })
  await listen(0)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    unplug: stop,
    plugIn: () => listen(port),
    close: stop,
  }
}

const pathOf = (request: IncomingMessage): string => new URL(request.url ?? '/', 'http://twilio').pathname

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

/** Basic, by the account and one of its tokens, or by the API key. */
function isAuthorized({ sid, tokens, apiKey }: Account, request: IncomingMessage): boolean {
  const given = Buffer.from(/^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '', 'base64').toString()
  const pairs = [...tokens.map((token) => `${sid}:${token}`), `${apiKey.sid}:${apiKey.secret}`]
  return pairs.includes(given)
}

/** What goes wrong after a message was accepted; `body` is the whole JSON of its 201. */
async function answerAccepted(
  fault: Fault,
  body: string,
  entry: RecordedRequest,
  response: ServerResponse,
): Promise<void> {
  const half = body.slice(0, Math.floor(body.length / 2))
  if (fault === 'truncated') return answer(201, half, entry, response)
  if (fault === 'cutBody') {
    response.writeHead(201, { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) })
    return void response.write(half, () => response.destroy())
  }
  if (fault === 'acceptThenReset') return reset(response)
  if (fault === 'acceptThen500') return refuse(refusal(20500), entry, response)
  if (fault === 'acceptThen502html') return badGateway(entry, response)
  if (typeof fault === 'object' && 'slow' in fault) {
    await waited(fault.slow, response)
    return answer(201, body, entry, response)
  }
  // A hang: the connection stays until somebody closes it.
}

/** What goes wrong instead of what was asked. */
function answerFault(fault: Fault, entry: RecordedRequest, response: ServerResponse): void {
  if (fault === 'resetBefore') return reset(response)
  if (fault === '502html') return badGateway(entry, response)
  if (fault === 500) return refuse(refusal(20500), entry, response)
  if (fault === 503) return refuse(refusal(20503), entry, response)
  if (typeof fault !== 'object') return
  if ('tooMany' in fault) {
    const { retryAfter } = fault.tooMany
    return refuse(
      refusal(20429),
      entry,
      response,
      retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
    )
  }
  if ('twilio' in fault) {
    const { status, code, message } = fault.twilio
    refuse({ status, code, message: message ?? refusal(code).message }, entry, response)
  }
}

function answer(
  status: number,
  body: string,
  entry: RecordedRequest,
  response: ServerResponse,
  headers: Record<string, string> = {},
): void {
  entry.status = status
  // Not chained: restify, in the same process, changes what writeHead gives back.
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(body)
}

function refuse(
  refused: Refusal,
  entry: RecordedRequest,
  response: ServerResponse,
  headers: Record<string, string> = {},
): void {
  entry.code = refused.code
  answer(refused.status, errorBody(refused), entry, response, headers)
}

const badGateway = (entry: RecordedRequest, response: ServerResponse): void =>
  answer(502, BAD_GATEWAY, entry, response, { 'content-type': 'text/html' })

const reset = (response: ServerResponse): void => void response.socket?.resetAndDestroy()

/** Resolves after so many milliseconds, or when the client has gone. */
const waited = (ms: number, response: ServerResponse): Promise<void> =>
  new Promise((over) => {
    const timer = setTimeout(over, ms)
    response.once('close', () => {
      clearTimeout(timer)
      over()
    })
  })
