import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { callerOf, checkToken, checkVersion } from './access.ts'
import type { Echoes } from './echoes.ts'
import { errorBody, Refusal, type GraphError } from './errors.ts'
import type { Faults, Plan, Reply } from './faults.ts'
import { newRates } from './rates.ts'
import type { GraphRecord, RecordedRequest } from './record.ts'
import { workOf, type Sent, type Work } from './routes.ts'
import { isFields, type Fields } from './shapes.ts'
import type { World } from './world.ts'

/** The HTTP side: calls come in, are refused or done, and are answered as the fault says. */
export interface GraphServer {
  readonly url: string
  /** Answers all that hangs or is slow, and does what waits to be done. */
  release(): Promise<void>
  /** Resolves when nothing is under way but what hangs. */
  settled(): Promise<void>
  /** Refuses connections, as a host that is down; the port stays ours. */
  down(): Promise<void>
  up(): Promise<void>
  close(): Promise<void>
}

interface Task {
  letGo: (() => void) | undefined
}

const USAGE = { idle: 3, full: 100 }
const HTML =
  '<!DOCTYPE html>\n<html lang="en"><head><title>Error</title></head><body>Sorry, something went wrong.</body></html>\n'

export async function startServer(options: {
  port: number
  world: World
  faults: Faults
  echoes: Echoes
  record: GraphRecord
  enforcesRates: boolean
}): Promise<GraphServer> {
  const { world, faults, echoes, record } = options
  const checkRate = newRates(world.now)
  /** Requests that are being carried out. A held one waits for its client or for `release()`. */
  const tasks = new Set<Task>()
  const server = createServer((request, response) => void handle(request, response))

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://graph')
    const body = await bodyOf(request)
    if (body === undefined) return
    const caller = callerOf(url, request.headers.authorization, body)
    const method = request.method ?? 'GET'
    const entry: RecordedRequest = {
      at: world.now(),
      method,
      path: caller.path,
      version: caller.version,
      body,
      token: caller.tokenIn,
      hasProof: caller.proof !== undefined,
      status: 0,
    }
    record.requests.push(entry)
    try {
      checkVersion(caller)
      const page = checkToken(caller, world)
      const work = workOf({ method, path: caller.path, params: url.searchParams, body, page }, world)
      if (options.enforcesRates) checkRate(page.id, work, isFields(body['message']) && 'attachment' in body['message'])
      const plan = faults.take(work.surface, work.psid, work.key)
      if (plan.name !== 'none') entry.fault = plan.name
      settle(plan)
      await carryOut(plan, work, entry, response)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      answer(response, entry, { kind: 'error', error: error.error }, undefined)
    }
  }

  /** What a fault changes for good begins with the request that meets it. */
  function settle({ state }: Plan): void {
    if (state === undefined) return
    world.states.add(state)
    if (state === 'tokenRevoked') throw new Refusal({ code: 190, subcode: 460 })
    if (state === 'pageRestricted') throw new Refusal({ code: 10, subcode: 1893063 })
  }

  async function carryOut(plan: Plan, work: Work, entry: RecordedRequest, response: ServerResponse): Promise<void> {
    const task: Task = { letGo: undefined }
    tasks.add(task)
    try {
      const sent = await carriedOut(plan, work, entry, response, task)
      if (sent !== undefined) echoes.afterReply(sent, plan)
    } finally {
      tasks.delete(task)
    }
  }

  /** Does the work and answers, in the order of the plan; gives what was sent, if it was. */
  async function carriedOut(
    plan: Plan,
    work: Work,
    entry: RecordedRequest,
    response: ServerResponse,
    task: Task,
  ): Promise<Sent | undefined> {
    const act = (): ReturnType<Work['act']> => {
      const done = work.act()
      if (done.sent !== undefined) accept(done.sent, entry)
      return done
    }
    if (plan.reply.kind === 'silence') {
      await held(task, response, undefined, plan.work !== 'onRelease')
      const done = plan.work === 'never' ? undefined : act()
      if (done !== undefined) await answered(response, entry, { kind: 'good' }, done.body)
      response.destroy()
      return done?.sent
    }
    const done = plan.work === 'now' ? act() : undefined
    if (done?.sent !== undefined) await echoes.beforeReply(done.sent, plan)
    if (plan.delayMs > 0) await held(task, response, plan.delayMs, true)
    await answered(response, entry, plan.reply, done?.body)
    return done?.sent
  }

  function accept({ thread, message, request }: Sent, entry: RecordedRequest): void {
    record.messages.push({
      mid: message.mid,
      page: thread.page,
      psid: thread.psid,
      at: message.at,
      metadata: message.metadata,
      text: message.text ?? '',
      message: request.message,
      messagingType: request.messagingType ?? '',
      tag: request.tag,
      personaId: request.personaId,
      isHumanAgent: request.tag === 'HUMAN_AGENT',
      fault: entry.fault,
    })
  }

  /** Waits for `release()`, for `ms` if they are given, and, if `orHangUp`, for the client to go. */
  function held(task: Task, response: ServerResponse, ms: number | undefined, orHangUp: boolean): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(go, ms)
      function go(): void {
        clearTimeout(timer)
        response.off('close', go)
        task.letGo = undefined
        resolve()
      }
      task.letGo = go
      if (orHangUp) response.on('close', go)
      if (orHangUp && response.destroyed) go()
    })
  }

  /** Answers, and waits until the client has it or never will. */
  async function answered(
    response: ServerResponse,
    entry: RecordedRequest,
    reply: Reply,
    body: unknown,
  ): Promise<void> {
    if (response.destroyed) return
    const closed = new Promise<void>((resolve) => response.once('finish', resolve).once('close', resolve))
    answer(response, entry, reply, body)
    await closed
  }

  function answer(response: ServerResponse, entry: RecordedRequest, reply: Reply, body: unknown): void {
    if (reply.kind === 'reset') return void response.socket?.resetAndDestroy()
    const error = reply.kind === 'error' ? reply.error : undefined
    const status = reply.kind === 'html' ? reply.status : (error?.status ?? 200)
    const text =
      reply.kind === 'html' ? HTML : JSON.stringify(error === undefined ? shaped(reply, body) : errorBody(error))
    entry.status = status
    if (error !== undefined) entry.error = nameOf(error)
    const bytes = Buffer.from(reply.kind === 'truncated' ? text.slice(0, text.length / 2) : text)
    response.writeHead(status, {
      'content-type': reply.kind === 'html' ? 'text/html; charset=utf-8' : 'application/json; charset=UTF-8',
      'content-length': String(bytes.length),
      'facebook-api-version': entry.version,
      ...usageHeaders(world),
      ...(error?.code === 190
        ? { 'www-authenticate': `OAuth "Facebook Platform" "invalid_token" "${error.message}"` }
        : {}),
    })
    if (reply.kind === 'cut') response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy())
    else response.end(bytes)
  }

  // An idle connection is kept longer than clients keep theirs: no reset that was not asked for.
  server.keepAliveTimeout = 65_000

  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject)
        resolve()
      })
    })
  const stopListening = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  }
  const settled = async (): Promise<void> => {
    while ([...tasks].some(({ letGo }) => letGo === undefined)) await new Promise(setImmediate)
    await echoes.settled()
  }
  const release = async (): Promise<void> => {
    for (const { letGo } of tasks) letGo?.()
    await settled()
  }

  await listen(options.port)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    release,
    settled,
    down: stopListening,
    up: () => listen(port),
    async close() {
      await release()
      if (server.listening) await stopListening()
      await echoes.settled()
    },
  }
}

function shaped(reply: Reply, body: unknown): unknown {
  if (reply.kind !== 'noMessageId' || !isFields(body)) return body
  const { message_id: _left, ...rest } = body
  return rest
}

const nameOf = ({ code, subcode }: GraphError): string => (subcode === undefined ? String(code) : `${code}/${subcode}`)

/** Percentages of what the app and the Page may do. */
function usageHeaders(world: World): Record<string, string> {
  const isFull = world.states.has('usageFull')
  const percent = isFull ? USAGE.full : USAGE.idle
  const usage = { call_count: percent, total_cputime: percent, total_time: percent }
  const minutes = isFull ? 20 : 0
  return {
    'x-app-usage': JSON.stringify(usage),
    'x-business-use-case-usage': JSON.stringify(
      Object.fromEntries(
        world.pages.map(({ id }) => [id, [{ type: 'messenger', ...usage, estimated_time_to_regain_access: minutes }]]),
      ),
    ),
  }
}

/** JSON, or a form whose values may be JSON; nothing readable is an empty body. `undefined`: the client went away. */
async function bodyOf(request: IncomingMessage): Promise<Fields | undefined> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer)
  } catch {
    return undefined
  }
  const text = Buffer.concat(chunks).toString()
  if (request.headers['content-type']?.includes('x-www-form-urlencoded') === true)
    return Object.fromEntries([...new URLSearchParams(text)].map(([name, value]) => [name, formValue(value)]))
  const parsed = parsedOr(text, {})
  return isFields(parsed) ? parsed : {}
}

const formValue = (value: string): unknown => (/^[[{]/.test(value) ? parsedOr(value, value) : value)

function parsedOr(text: string, otherwise: unknown): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return otherwise
  }
}
